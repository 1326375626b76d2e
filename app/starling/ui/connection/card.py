"""The language model in the status panel."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from starling.pipeline import events
from starling.ui.connection import presenter
from starling.ui.kit.badge import Badge
from starling.ui.kit.card import Card
from starling.ui.status.parts import add_note, add_row, change_button, say


class LanguageModelCard(Card):
    """Which one is connected, where texts go, and what its last reply took. ``change`` carries a setting's key."""

    change = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", "assistant", parent)
        self.set_title(self.tr("Language model"))
        self._shown: events.ConnectionShown | None = None
        self.badge = Badge()
        self.header.addWidget(self.badge)
        self.server = add_row(self.body, self.tr("Server"))
        self.model = add_row(self.body, self.tr("Model"))
        self.first = add_row(self.body, self.tr("First words"))
        self.place, self.problem = add_note(self.body, "muted"), add_note(self.body, "danger")
        button = change_button(self.server, self.tr("Change"), self.tr("Change the language model's server"))
        button.clicked.connect(lambda: self.change.emit("assistant.llm_url"))
        self.show_connection(events.ConnectionShown())

    def show_connection(self, shown: events.ConnectionShown) -> None:
        """Show what is known of it; cheap when nothing changes."""
        if shown == self._shown:
            return
        self._shown = shown
        said = presenter.state(shown)
        self.badge.show_state(said.kind, said.text)
        self.server.set_value(shown.url or self.tr("none"))
        self.model.set_value(shown.model or self.tr("not known yet"))
        self.first.set_value(presenter.ms(shown.first_text_ms))
        for row in (self.model, self.first):
            row.setVisible(bool(shown.url))
        say(self.place, "" if shown.state == "failed" and not shown.url else presenter.place(shown).text)
        say(self.problem, presenter.told(shown.error))
