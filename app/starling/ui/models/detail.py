"""Everything about one model, and what can be done with it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QApplication,
    QGridLayout,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from starling.ui.kit.badge import Badge
from starling.ui.kit.card import Card
from starling.ui.kit.row import ValueRow
from starling.ui.kit.text import restyle, wrapped
from starling.ui.look.icons import icon
from starling.ui.look.tokens import FOCUS_ROOM, SPACE_M, SPACE_S, SPACE_XS
from starling.ui.models.presenter import Action, Look
from starling.ui.preferences.verdict import Verdict

PER_MILLE = 1000


class ModelDetail(QScrollArea):
    """Shows a look; sends what the user wants."""

    acted = Signal(str, str)
    """An :data:`Action` and the name of the model."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Details"))
        self.setWidgetResizable(True)
        self.setProperty("part", "panel")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._name = ""
        self._look: Look | None = None
        self.title, self.state, self.good_for = wrapped("display"), Badge(), wrapped()
        self.problem, self.compared = Verdict(), wrapped("body", "muted")
        self.bar, self.progress = QProgressBar(), wrapped("caption", "muted")
        self.facts, self.measured = Card(self.tr("What it is"), "info"), Card(self.tr("On this machine"), "gauge")
        self.buttons = self._make_buttons()
        self._holder = self._column()
        self.setWidget(self._holder)
        self.show_look(None)

    def show_look(self, look: Look | None) -> None:
        """Show a model; None: there is none to show."""
        if look == self._look and look is not None:
            return
        before, self._look = self._look, look
        self._holder.setVisible(look is not None)
        if look is None:
            return
        self._name = look.name
        if before is None or before.name != look.name:
            self.verticalScrollBar().setValue(0)
        self.title.setText(look.title)
        self.state.show_state(look.kind, look.state)
        self.good_for.setText(look.good_for)
        self.good_for.setVisible(bool(look.good_for))
        self.problem.show_state("bad" if look.problem_kind == "error" else "warning", look.problem)
        self.problem.setVisible(bool(look.problem))
        self._show_work(look)
        self._show_actions(look)
        self._show_rows(look)

    def _show_work(self, look: Look) -> None:
        work = look.work
        self.bar.setVisible(work is not None and work.per_mille is not None)
        self.progress.setText(work.text if work is not None else "")
        if work is not None and work.per_mille is not None:
            self.bar.setValue(work.per_mille)
            self.bar.setAccessibleDescription(work.text)

    def _show_actions(self, look: Look) -> None:
        focus = QApplication.focusWidget()
        held = isinstance(focus, QPushButton) and focus in self.buttons.values()
        for action, button in self.buttons.items():
            button.setVisible(action in look.actions)
        if held and focus is not None and focus.isHidden():  # the keyboard goes on where the next thing is
            following = next((self.buttons[action] for action in look.actions), None)
            (following or self).setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_rows(self, look: Look) -> None:
        _fill(self.facts.body, look.facts)
        _fill(self.measured.body, tuple((name, value, "") for name, value in look.measured))
        self.compared.setText(look.compared)
        self.compared.setVisible(bool(look.compared))
        self.measured.setVisible(bool(look.measured or look.compared))
        self.measured.body.addWidget(self.compared)

    def _make_buttons(self) -> dict[Action, QPushButton]:
        texts: dict[Action, tuple[str, str, str, str]] = {
            "install": (self.tr("&Download"), "download", "primary", self.tr("Downloads it from the address below")),
            "resume": (self.tr("&Go on"), "download", "primary", self.tr("Goes on where the download stopped")),
            "pause": (self.tr("&Pause"), "pause", "", self.tr("What is downloaded is kept")),
            "cancel": (self.tr("&Cancel"), "close", "", self.tr("What is downloaded is deleted")),
            "use": (self.tr("&Use this one"), "check", "primary", self.tr("Speech is recognised with it from now on")),
            "auto": (self.tr("Let Starling &choose"), "reset", "", self.tr("Use the largest installed model again")),
            "test": (
                self.tr("&Test its speed"),
                "gauge",
                "",
                self.tr("Lets it work on one sentence and measures that"),
            ),
            "verify": (self.tr("&Verify"), "check", "", self.tr("Hashes every file again")),
            "remove": (self.tr("&Remove"), "delete", "danger", self.tr("Deletes it from this machine")),
        }
        made = {}
        for action, (text, drawing, kind, tip) in texts.items():
            button = QPushButton(icon(drawing, "on_accent" if kind == "primary" else "text"), text)
            button.setAutoDefault(False)
            button.setToolTip(tip)
            button.setAccessibleDescription(tip)
            restyle(button, "kind", kind)
            button.clicked.connect(lambda _=False, wanted=action: self.acted.emit(wanted, self._name))
            made[action] = button
        return made

    def _column(self) -> QWidget:
        holder = QWidget()
        holder.setProperty("part", "column")
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, FOCUS_ROOM, 0)
        column.setSpacing(SPACE_M)
        self.bar.setRange(0, PER_MILLE)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("Progress"))
        self.bar.setFixedHeight(SPACE_S)
        keep = self.bar.sizePolicy()
        keep.setRetainSizeWhenHidden(True)  # nothing below moves when a download begins
        self.bar.setSizePolicy(keep)
        self.progress.setMinimumHeight(self.progress.fontMetrics().height())
        for widget in (self.title, self.state, self.good_for, self.problem):
            column.addWidget(widget)
        column.addLayout(self._grid())
        progress = QVBoxLayout()
        progress.setSpacing(SPACE_XS)
        progress.addWidget(self.bar)
        progress.addWidget(self.progress)
        column.addLayout(progress)
        column.addWidget(self.measured)
        column.addWidget(self.facts)
        column.addStretch(1)
        return holder

    def _grid(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(SPACE_S)
        rows: tuple[tuple[Action, ...], ...] = (
            ("install", "resume", "pause", "use", "auto"),
            ("cancel", "test"),
            ("verify",),
            ("remove",),
        )
        for place, actions in enumerate(rows):
            for action in actions:  # of those in one place one is visible
                grid.addWidget(self.buttons[action], place // 2, place % 2)
        grid.setColumnStretch(2, 1)
        return grid


def _fill(body: QVBoxLayout, facts: tuple[tuple[str, str | None, str], ...]) -> None:
    """Show facts in the rows that are there, making or hiding some."""
    items = (body.itemAt(place) for place in range(body.count()))
    kept = [row for item in items if item is not None and isinstance(row := item.widget(), ValueRow)]
    for place, (name, value, tip) in enumerate(facts):
        if place < len(kept):
            row = kept[place]
            row.name.setText(name)
        else:
            row = ValueRow(name)
            body.addWidget(row)
        row.set_value(value, tip)
        row.setAccessibleName(f"{name}: {row.value.text()}")
        row.show()
    for row in kept[len(facts) :]:
        row.hide()
