"""One way of insertion: whether it works, why not, what helps, and a button that tries it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from starling.core.errors import StarlingError
from starling.dictation.insertion.base import Availability
from starling.ui.insertion.words import way_word
from starling.ui.kit.badge import Badge
from starling.ui.kit.text import label, wrapped
from starling.ui.look.tokens import SPACE_M, SPACE_XS
from starling.ui.status.remedy_view import RemedyView


class WayRow(QWidget):
    """A row of the doctor.

    Attributes:
        test_requested: the way's name.
    """

    test_requested = Signal(str)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = name
        self.title = label(way_word(name))
        self.badge = Badge()
        self.test = QPushButton(self.tr("Test"))
        self.test.setAutoDefault(False)
        self.test.setAccessibleName(self.tr("Test: {way}").format(way=way_word(name)))
        self.test.clicked.connect(lambda: self.test_requested.emit(self.name))
        self.reason = wrapped("caption", "muted")
        self._remedy: RemedyView | None = None
        self._fix = ""
        self._column = QVBoxLayout(self)
        self._arrange()
        self.show_looking()

    def _arrange(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(SPACE_M)
        line.addWidget(self.title, 1)
        line.addWidget(self.badge)
        line.addWidget(self.test)
        self._column.setContentsMargins(0, SPACE_XS, 0, SPACE_XS)
        self._column.setSpacing(SPACE_XS)
        self._column.addLayout(line)
        self._column.addWidget(self.reason)

    def show_looking(self) -> None:
        """Nothing is known yet."""
        self.test.setEnabled(False)
        self._show("busy", self.tr("Looking"), "", "")

    def show_available(self, told: Availability) -> None:
        """What can be known without trying."""
        self.test.setEnabled(told.ok)
        if told.ok:
            self._show("unknown", self.tr("Not tested yet"), told.reason, "")
        else:
            self._show("off", self.tr("Not here"), told.reason, told.fix)

    def show_testing(self) -> None:
        """It is being tried."""
        self._show("busy", self.tr("Being tested"), "", "")

    def show_works(self) -> None:
        """The text arrived as it was sent."""
        self._show("good", self.tr("Works"), "", "")

    def show_differs(self, arrived: str) -> None:
        """Another text arrived, or none."""
        if arrived:
            reason = self.tr("Another text arrived than was sent. Is the keyboard layout the one of the desktop?")
        else:
            reason = self.tr("No text arrived.")
        self._show("bad", self.tr("Does not work"), reason, "")

    def show_failed(self, error: StarlingError) -> None:
        """It said itself that it failed."""
        self._show("bad", self.tr("Does not work"), error.message, error.fix)

    def _show(self, kind: str, word: str, reason: str, fix: str) -> None:
        self.badge.show_state(kind, word)  # type: ignore[arg-type]
        self.reason.setText(reason)
        self.reason.setVisible(bool(reason))
        if fix == self._fix:
            return
        if self._remedy is not None:
            self._column.removeWidget(self._remedy)
            self._remedy.deleteLater()
            self._remedy = None
        self._fix = fix
        if fix:
            self._remedy = RemedyView(fix)
            self._column.addWidget(self._remedy)
