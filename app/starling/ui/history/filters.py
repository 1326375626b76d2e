"""Search and filters above the list of entries."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from starling.history.wanted import Wanted
from starling.ui.history import words
from starling.ui.kit.searching import dress
from starling.ui.look.tokens import SPACE_S
from starling.ui.words import mode_word

LEAST_LETTERS = 6
PAUSE_MS = 60
"""Between two letters that are typed quickly, nothing is looked for."""


class Filters(QWidget):
    """What is looked for.

    Attributes:
        changed: something else is wanted.
        left: Down or Enter in the search field: on to the list.
    """

    changed = Signal()
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Search what was said and answered"))
        self.search.setAccessibleName(self.tr("Search the history"))
        self.search.setToolTip(
            self.tr("All words have to be there; words between quotation marks in this order (Ctrl+F comes here)")
        )
        self.search.setMaxLength(500)
        dress(self.search)
        self.mode = _box(self.tr("Mode"), [("", self.tr("Any mode"))])
        for mode in ("assistant", "dictation"):
            self.mode.addItem(mode_word(mode), mode)
        states = [(state, words.state_name(state)) for state in words.STATES]
        self.state = _box(self.tr("State"), [("", self.tr("Any state")), *states])
        self.day = _box(self.tr("Day"), [(day, words.day_name(day)) for day in words.DAYS])
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self.changed)
        self._lay_out()
        self.search.textChanged.connect(lambda _: self._pause.start())
        for box in self._boxes:
            box.currentIndexChanged.connect(self.changed)

    @property
    def _boxes(self) -> tuple[QComboBox, ...]:
        return self.mode, self.state, self.day

    def wanted(self) -> Wanted:
        """What is to be listed."""
        since, until = words.day_span(self.day.currentData() or "", datetime.now())
        return Wanted(
            self.search.text().strip(), self.mode.currentData() or "", self.state.currentData() or "", since, until
        )

    def clear(self) -> None:
        """List everything."""
        with QSignalBlocker(self):
            self.search.clear()
            for box in self._boxes:
                box.setCurrentIndex(0)
        self._pause.stop()
        self.changed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """From the search field to the list."""
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.search.hasFocus():
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(SPACE_S)
        for box in self._boxes:
            row.addWidget(box, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_S)
        column.addWidget(self.search)
        column.addLayout(row)


def _box(name: str, items: list[tuple[str, str]]) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(name)
    box.setToolTip(name)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(LEAST_LETTERS)
    box.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    for key, text in items:
        box.addItem(text, key)
    return box
