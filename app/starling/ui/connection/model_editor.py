"""Which of the server's models; a test of it, and a new conversation."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QInputDialog, QPushButton, QVBoxLayout, QWidget

from starling.pipeline import events
from starling.pipeline.panel import Panel
from starling.settings.schema import Setting
from starling.ui.connection import presenter
from starling.ui.connection.presenter import Said
from starling.ui.kit.row import ValueRow
from starling.ui.look.icons import icon
from starling.ui.look.tokens import SPACE_S, SPACE_XS
from starling.ui.preferences.announce import announce
from starling.ui.preferences.lists import ListEditor, Option
from starling.ui.preferences.surroundings import Surroundings
from starling.ui.preferences.verdict import Verdict

_OTHER = "\0other"
"""Stands for the entry that asks for a name; no model is called that."""
MOST_FACTS = 5


class LanguageModelEditor(ListEditor):
    """A model that the server has told of, its first one, or any name."""

    def __init__(self, setting: Setting, around: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(setting, parent)
        self._adopt(self.box)
        self._around = around
        self._models: dict[str, tuple[str, ...]] = {}
        self._url = around.bridge.panel.connection.url
        self.check = ConnectionCheck(around)
        self.extra = self.check
        self._offer()
        around.bridge.event.connect(self._hear)

    def missing(self, value: str) -> str:
        """A model that the server has not told of."""
        known = self._known()
        return self.tr("{name} (not on this server)").format(name=value) if known else value

    def choose_name(self) -> None:
        """Ask for a name: some servers do not tell what they have."""
        dialog = QInputDialog(self)
        dialog.setWindowTitle(self.tr("Language model"))
        dialog.setLabelText(self.tr("The model's name, as the server calls it:"))
        dialog.setTextValue(str(self._held))
        dialog.setOkButtonText(self.tr("Use"))
        dialog.setCancelButtonText(self.tr("Cancel"))
        dialog.textValueSelected.connect(self._take)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _known(self) -> tuple[str, ...]:
        typed = self._around.settings.read("assistant.llm_url", str)
        return self._models.get(self._url) or self._models.get(typed) or ()

    def _offer(self) -> None:
        first, other = self.tr("The server's first"), self.tr("Another name…")
        self.set_options([Option("", first), *(Option(name, name) for name in self._known()), Option(_OTHER, other)])

    def _picked(self) -> None:
        if self.value() == _OTHER:
            self.show_value(self._held)
            self.choose_name()
        else:
            super()._picked()

    def _take(self, name: str) -> None:
        name = " ".join(name.split())
        if name != self._held:
            self.show_value(name)
            self.changed.emit(name)

    def _hear(self, event: events.Event) -> None:
        match event:
            case events.ServersFound(servers=servers):
                self._models |= {server.url: server.models for server in servers if server.models}
            case events.ConnectionTested(url=url, models=models) if models:
                self._models[url] = models
            case events.ConnectionShown(url=url):
                self._follow(url)
            case _:
                return
        self._offer()

    def _follow(self, url: str) -> None:
        """On another server, a model that it does not have would answer nothing."""
        moved, self._url = url != self._url, url
        if moved and self._held and (models := self._models.get(url)) and self._held not in models:
            self._take("")


class ConnectionCheck(QWidget):
    """Says whether the model answers, tries it, and begins a new conversation."""

    def __init__(self, around: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._around = around
        self._testing = ""
        self._tested: events.ConnectionTested | None = None
        self.test = QPushButton(icon("play"), self.tr("Test the connection"))
        self.forget = QPushButton(icon("clear"), self.tr("New conversation"))
        self.forget.setToolTip(self.tr("Forget what was said to the language model so far"))
        self.forget.setAccessibleDescription(self.forget.toolTip())
        self.state = Verdict()
        self.facts = [ValueRow("") for _ in range(MOST_FACTS)]
        self._lay_out()
        self.test.clicked.connect(self._test)
        self.forget.clicked.connect(around.service.forget_conversation)
        around.bridge.event.connect(self._hear)
        around.bridge.panel_changed.connect(self._show_panel)
        self._show_panel(around.bridge.panel)

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE_S)
        for button in (self.test, self.forget):
            button.setAutoDefault(False)
            buttons.addWidget(button)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_S)
        column.addLayout(buttons)
        column.addWidget(self.state)
        facts = QVBoxLayout()
        facts.setSpacing(SPACE_XS)
        for row in self.facts:
            row.hide()
            facts.addWidget(row)
        column.addLayout(facts)

    def _test(self) -> None:
        settings, panel = self._around.settings, self._around.bridge.panel
        url = settings.read("assistant.llm_url", str)
        if self._testing == url:
            return  # it goes on
        if panel.failed:
            self._say(Said("bad", panel.failed))
            return
        self._testing, self._tested = url, None
        self._show_facts(())
        self._enable(panel)
        self._say(Said("busy", self.tr("Asking for a short reply. A server that loads its model first takes longer.")))
        self._around.service.test_connection(url, settings.read("assistant.llm_model", str))

    def _hear(self, event: events.Event) -> None:
        match event:
            case events.ConnectionTested(url=url) if url == self._testing:
                self._testing, self._tested = "", event
                self._say(presenter.test_result(event))
                self._show_facts(presenter.test_facts(event))
            case events.ConversationForgotten():
                self._say(Said("good", self.tr("A new conversation has begun.")))
            case events.Stopped() if self._testing:
                self._testing = ""
                self._say(Said("bad", self.tr("Starling has stopped, so the test was given up.")))
            case _:
                return
        self._enable(self._around.bridge.panel)

    def _show_panel(self, panel: Panel) -> None:
        """The state in use, unless a test of this server says more."""
        self._enable(panel)
        if self._tested is not None and self._tested.url != self._around.settings.read("assistant.llm_url", str):
            self._tested = None
            self._show_facts(())
        if not self._testing and self._tested is None and not panel.failed:
            said = presenter.state(panel.connection)
            self.state.show_state(said.kind, presenter.told(panel.connection.error) or said.text)

    def _enable(self, panel: Panel) -> None:
        connected = bool(panel.connection.url)
        self.test.setEnabled(connected)  # also while it runs: the keyboard stays on it
        self.forget.setEnabled(connected)

    def _say(self, said: Said) -> None:
        self.state.show_state(said.kind, said.text)
        announce(self.state, said.text)

    def _show_facts(self, facts: tuple[tuple[str, str | None], ...]) -> None:
        for place, row in enumerate(self.facts):
            row.setVisible(place < len(facts))
            if place < len(facts):
                name, value = facts[place]
                row.name.setText(name)
                row.set_value(value)
                row.setAccessibleName(f"{name}: {row.value.text()}")
