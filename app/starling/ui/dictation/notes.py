"""What came of a change: an error, a summary with its details, or a way back; and what is wrong with the file."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from starling.core.errors import StarlingError
from starling.ui.kit.glyph import Glyph
from starling.ui.kit.text import wrapped
from starling.ui.look.tokens import SPACE_S
from starling.ui.preferences.announce import announce
from starling.ui.preferences.row import ErrorLine


class Notes(QWidget):
    """One line each; no room is taken while there is nothing to say.

    Attributes:
        undo: somebody wants back what was deleted.
    """

    undo = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.fault = ErrorLine()
        self.error = ErrorLine()
        self.done = wrapped("caption")
        self.button = QPushButton(self.tr("&Undo"))
        self.button.setAutoDefault(False)
        self.button.setToolTip(self.tr("Bring back what was deleted (Ctrl+Z in the list)"))
        self.button.clicked.connect(self.undo)
        self._line = QWidget()
        row = QHBoxLayout(self._line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_S)
        row.addWidget(Glyph("info", "info"), 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.done, 1)
        row.addWidget(self.button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_S)
        for widget in (self.fault, self.error, self._line):
            column.addWidget(widget)
        self.button.hide()
        self._line.hide()
        self._show()

    def show_fault(self, text: str) -> None:
        """What is wrong with the file, and what to do; empty: nothing."""
        if text != self.fault.text:
            self.fault.show_text(text, "")
        self._show()

    def show_error(self, error: StarlingError) -> None:
        """Why something was not done."""
        self.error.show_text(" ".join(part for part in (error.message, error.fix) if part), error.code)
        self._show()

    def show_done(self, text: str, details: str = "") -> None:
        """What was done; an empty text takes away what was said before."""
        self._say("\n".join(part for part in (text, details) if part))
        self.button.hide()

    def show_undo(self, text: str) -> None:
        """What was done and can be undone."""
        self._say(text)
        self.button.show()

    def _say(self, text: str) -> None:
        self.error.show_text("", "")
        self.done.setText(text)
        self._line.setVisible(bool(text))
        announce(self, text)
        self._show()

    def _show(self) -> None:
        self.setVisible(bool(self.fault.text or self.error.text or self.done.text()))
