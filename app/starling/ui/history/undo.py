"""What was deleted can be had back for a few seconds."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from starling.ui.history import words
from starling.ui.kit.glyph import Glyph
from starling.ui.kit.text import ElidedLabel
from starling.ui.look.tokens import SPACE_M, SPACE_S

LASTS_MS = 8_000


class UndoBar(QFrame):
    """Says how many are gone; its time stands still while the keyboard or the pointer is on it.

    Attributes:
        undone: these numbers are wanted back.
        over: nothing can be had back any more.
    """

    undone = Signal(object)
    over = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("part", "banner")
        self.setProperty("kind", "info")
        self.setAccessibleName(self.tr("Deleted"))
        self._numbers: list[int] = []
        self._text = ElidedLabel()
        self.button = QPushButton(self.tr("&Undo"))
        self.button.setAutoDefault(False)
        self.button.setToolTip(self.tr("Bring back what was deleted (Ctrl+Z)"))
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_M, SPACE_S, SPACE_S, SPACE_S)
        row.setSpacing(SPACE_M)
        row.addWidget(Glyph("delete", "info"))
        row.addWidget(self._text, 1)
        row.addWidget(self.button)
        self.button.clicked.connect(self.undo)
        self._time = QTimer(self, singleShot=True, interval=LASTS_MS)
        self._time.timeout.connect(self._pass)
        self.hide()

    @property
    def numbers(self) -> list[int]:
        """What can be had back."""
        return list(self._numbers)

    def add(self, numbers: list[int]) -> None:
        """These were deleted too."""
        self._numbers += numbers
        self._text.setText(words.deleted_text(len(self._numbers)))
        self.setAccessibleDescription(self._text.text())
        self.show()
        self._time.start()

    def undo(self) -> None:
        """Have them back."""
        if self._numbers:
            numbers, self._numbers = self._numbers, []
            self._close()
            self.undone.emit(numbers)

    def finish(self) -> None:
        """Let them go now."""
        if self._numbers:
            self._numbers = []
            self._close()
            self.over.emit()

    def _pass(self) -> None:
        if self.underMouse() or self.button.hasFocus():
            self._time.start()
        else:
            self.finish()

    def _close(self) -> None:
        self._time.stop()
        self.hide()
