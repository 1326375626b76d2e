"""The Insertion doctor: every way tried into a field of its own, what helps where it fails, and the scratchpad."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from starling.core.errors import StarlingError
from starling.dictation.insertion.inserter import Inserter
from starling.pipeline.inserting import inserter, scratchpad_of_user
from starling.settings.store import Settings
from starling.ui.insertion.background import Background
from starling.ui.insertion.scratchpad_card import ScratchpadCard
from starling.ui.insertion.way_row import WayRow
from starling.ui.insertion.words import sample, session_words
from starling.ui.kit.card import Card
from starling.ui.kit.column import Column
from starling.ui.kit.text import wrapped
from starling.ui.look.tokens import SPACE_L, SPACE_M, SPACE_S

WAYS = ("xtest", "wtype", "portal", "ydotool", "paste")
FIRST_SIZE, LEAST_SIZE = QSize(680, 860), QSize(420, 320)
ARRIVE_POLL_MS, ARRIVE_POLLS = 50, 30
"""For the text to arrive in the field after the way has ended."""
FOCUS_MS = 150
"""For the desktop to give the field the keyboard."""


class InsertionDoctor(QDialog):
    """Looks, tests on request, and shows what follows. Not modal.

    Args:
        settings: of the user.
        parent: the window.
        make: makes the inserter whose ways are tried.
    """

    def __init__(
        self, settings: Settings, parent: QWidget | None = None, make: Callable[[], Inserter] | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Insertion doctor"))
        self._make = make or (lambda: inserter(settings.get))
        self._tool: Inserter | None = None
        self._background = Background(self)
        self._queue: list[str] = []
        self._testing = ""
        self._polls = 0
        self.session = wrapped(tone="muted")
        self.rows = {name: WayRow(name) for name in WAYS}
        self.all = QPushButton(self.tr("&Test all"))
        self.field = QPlainTextEdit()
        self.failures = wrapped("caption", "muted")
        self.forget = QPushButton(self.tr("&Try everything again"))
        self.scratchpad = ScratchpadCard(scratchpad_of_user(), self._background)
        self.close_button = QPushButton(self.tr("&Close"))
        self._arrival = QTimer(self, interval=ARRIVE_POLL_MS)
        self._arrange()
        self._connect()
        self.resize(FIRST_SIZE)
        self.setMinimumSize(LEAST_SIZE)
        self._begin()

    # -- building --------------------------------------------------------------------------------------------------

    def _arrange(self) -> None:
        inside = Column()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, SPACE_S, 0)
        column.setSpacing(SPACE_M)
        column.addWidget(self._ways_card())
        column.addWidget(self.scratchpad)
        column.addStretch(1)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setWidget(inside)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.close_button)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_M)
        outer.setSpacing(SPACE_M)
        outer.addWidget(self.area, 1)
        outer.addLayout(foot)

    def _ways_card(self) -> Card:
        card = Card("", "keyboard")
        card.set_title(self.tr("How texts get into other applications"))
        self.field.setAccessibleName(self.tr("Field for tests"))
        self.field.setPlaceholderText(self.tr("Tests type into this field."))
        self.field.setTabChangesFocus(True)
        self.field.setFixedHeight(self.field.fontMetrics().lineSpacing() * 3)
        for button in (self.all, self.forget, self.close_button):
            button.setAutoDefault(False)
        line = QHBoxLayout()
        line.setSpacing(SPACE_M)
        line.addWidget(self.failures, 1)
        line.addWidget(self.forget, 0, Qt.AlignmentFlag.AlignTop)
        buttons = QHBoxLayout()
        buttons.addWidget(self.all)
        buttons.addStretch(1)
        card.body.addWidget(self.session)
        for row in self.rows.values():
            card.body.addWidget(row)
        card.body.addLayout(buttons)
        card.body.addWidget(self.field)
        card.body.addLayout(line)
        return card

    def _connect(self) -> None:
        for row in self.rows.values():
            row.test_requested.connect(self.test)
        self.all.clicked.connect(self.test_all)
        self.forget.clicked.connect(self._forget)
        self.close_button.clicked.connect(self.close)
        self.finished.connect(self.deleteLater)
        self._arrival.timeout.connect(self._look_for_text)

    # -- looking ---------------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        self.all.setEnabled(False)
        self._show_failures()
        self.scratchpad.load()

        def look() -> tuple[Inserter, dict[str, Any]]:
            tool = self._make()
            return tool, tool.availability()

        self._background.run(look, self._looked)

    def _looked(self, result: tuple[Inserter, dict[str, Any]] | StarlingError) -> None:
        if isinstance(result, StarlingError):
            self.session.setText(f"{result.message} {result.fix}")
            return
        self._tool, found = result
        self.session.setText(session_words(self._tool.session))
        for name, row in self.rows.items():
            if name in found:
                row.show_available(found[name])
            row.setVisible(name in found)
        self.all.setEnabled(any(told.ok for told in found.values()))
        self._show_failures()

    def _show_failures(self) -> None:
        failures = self._tool.memory.failures if self._tool is not None else ()
        names = sorted({failure.application for failure in failures if failure.application not in ("", "*")})
        self.failures.setText(
            self.tr("Ways that failed lately are avoided in: {applications}").format(applications=", ".join(names))
            if names
            else self.tr("Ways that failed lately are avoided for a week.")
        )
        self.failures.setVisible(bool(failures))
        self.forget.setVisible(bool(failures))

    def _forget(self) -> None:
        if self._tool is not None:
            self._background.run(self._tool.memory.forget, lambda _: self._show_failures())

    # -- testing -----------------------------------------------------------------------------------------------------

    def test_all(self) -> None:
        """Try every way that there is, one after the other."""
        self._queue = [name for name, row in self.rows.items() if row.test.isEnabled() and name != self._testing]
        self._next()

    def test(self, name: str) -> None:
        """Try one way."""
        self._queue.append(name)
        self._next()

    def _next(self) -> None:
        if self._testing or not self._queue or self._tool is None:
            return
        name = self._testing = self._queue.pop(0)
        self._enable(False)
        self.rows[name].show_testing()
        self.field.clear()
        self.activateWindow()
        self.field.setFocus()
        self.area.ensureWidgetVisible(self.field)
        QTimer.singleShot(FOCUS_MS, self, self._type)

    def _type(self) -> None:
        name, tool = self._testing, self._tool
        if not self.field.hasFocus() or tool is None:
            no_focus = self.tr("The field has lost the keyboard.")
            self._tested(StarlingError("insert.focus_moved", no_focus, self.tr("Test again.")))
            return

        def insert() -> bool | None:
            from starling.dictation.surroundings import target

            return tool.way(name).insert(sample(name), target(tool.session))

        self._background.run(insert, self._tested)

    def _tested(self, result: bool | StarlingError | None) -> None:
        if isinstance(result, StarlingError):
            self.rows[self._testing].show_failed(result)
            self._done()
        else:
            self._polls = 0
            self._arrival.start()

    def _look_for_text(self) -> None:
        self._polls += 1
        arrived = self.field.toPlainText()
        if arrived == sample(self._testing):
            self.rows[self._testing].show_works()
        elif self._polls >= ARRIVE_POLLS:
            self.rows[self._testing].show_differs(arrived)
        else:
            return
        self._arrival.stop()
        self._done()

    def _done(self) -> None:
        self._testing = ""
        self._enable(True)
        self._next()

    def _enable(self, on: bool) -> None:
        for button in (self.all, *(row.test for row in self.rows.values() if row.badge.kind != "off")):
            button.setEnabled(on)

    # -- the end -------------------------------------------------------------------------------------------------------

    def done(self, result: int) -> None:
        """However it is closed."""
        self.end()
        super().done(result)

    def end(self) -> None:
        """Save, and let go of clipboards and sessions."""
        self._arrival.stop()
        self._queue.clear()
        self.scratchpad.close_page()
        tool, self._tool = self._tool, None
        if tool is not None:
            self._background.run(tool.close)
        self._background.close()
