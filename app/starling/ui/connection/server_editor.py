"""Which server: typed, or chosen among those found on this machine; and the key for it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QInputDialog, QLineEdit, QPushButton, QVBoxLayout, QWidget

from starling.pipeline import events
from starling.pipeline.panel import Panel
from starling.settings.schema import Setting, Value
from starling.ui.connection import presenter
from starling.ui.connection.presenter import FoundLook, Said
from starling.ui.kit.text import ElidedLabel
from starling.ui.look.icons import icon
from starling.ui.look.tokens import SPACE_M, SPACE_S
from starling.ui.preferences.announce import announce
from starling.ui.preferences.editor import TextEditor
from starling.ui.preferences.surroundings import Surroundings
from starling.ui.preferences.verdict import Verdict

MOST_FOUND = 6
"""Places that are asked; all could answer."""
EXAMPLE = "http://127.0.0.1:11434/v1"


class ServerEditor(TextEditor):
    """The address, a search on this machine, and what follows from the address. Asks nobody by itself."""

    wide = True

    def __init__(self, setting: Setting, around: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(setting, parent)
        self._around = around
        self._servers: tuple[events.Server, ...] | None = None
        self._searching = False
        self._line.setPlaceholderText(EXAMPLE)
        self.search = QPushButton(icon("search"), self.tr("Find on this machine"))
        self.search.setAutoDefault(False)
        self.search.clicked.connect(self._search)
        self._row.setSpacing(SPACE_S)
        self._row.addWidget(self.search)
        self.beside = (self.search,)
        self.place, self.searched = Verdict(), Verdict()
        self.found = [FoundRow() for _ in range(MOST_FOUND)]
        self.key = KeyLine(around)
        self.extra = QWidget()
        self._lay_out(QVBoxLayout(self.extra))
        around.bridge.event.connect(self._hear)
        around.bridge.panel_changed.connect(self._show_panel)
        self._show_panel(around.bridge.panel)
        self._show_found()

    def show_value(self, value: Value) -> None:
        """Show the address in use, and which of the found servers that is."""
        super().show_value(value)
        self._show_found()
        self.key.show_server(str(value), self._around.bridge.panel.connection.local)

    def _lay_out(self, column: QVBoxLayout) -> None:
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_S)
        for widget in (self.place, self.searched, *self.found, self.key):
            column.addWidget(widget)
        for row in self.found:
            row.chosen.connect(self._choose)
        self.searched.hide()

    # -- searching -----------------------------------------------------------------------------------------------

    def _search(self) -> None:
        failed = self._around.bridge.panel.failed
        if self._searching:
            return  # it goes on, and the keyboard stays on the button
        if failed:
            self._say(Said("bad", failed))
            return
        self._searching = True
        self._say(Said("busy", self.tr("Looking for servers on this machine.")))
        self._around.service.find_servers()

    def _hear(self, event: events.Event) -> None:
        match event:
            case events.ServersFound(servers=servers):
                self._searching = False
                self._servers = servers
                self._say(presenter.searched(self._show_found()))
            case events.Stopped() if self._searching:
                self._searching = False
                self._say(Said("bad", self.tr("Starling has stopped, so nothing was found.")))

    def _show_found(self) -> tuple[FoundLook, ...]:
        looks = presenter.found(self._servers or (), self._shown_url())
        for place, row in enumerate(self.found):
            row.show_look(looks[place] if place < len(looks) else None)
        return looks

    def _say(self, said: Said) -> None:
        self.searched.show_state(said.kind, said.text)
        self.searched.show()
        announce(self.searched, said.text)

    def _choose(self, url: str) -> None:
        """Use it from now on."""
        self._line.setText(url)
        self._pause.stop()
        self._send()
        self._show_found()
        self._line.setFocus(Qt.FocusReason.OtherFocusReason)  # the button is of no more use

    # -- the address ---------------------------------------------------------------------------------------------

    def _shown_url(self) -> str:
        """As servers are named: what is typed may be written otherwise."""
        return self._around.bridge.panel.connection.url or self.value()

    def _show_panel(self, panel: Panel) -> None:
        said = presenter.place(panel.connection)
        self.place.show_state(said.kind, said.text)
        self.key.show_server(str(self._held), panel.connection.local)
        self._show_found()


class FoundRow(QWidget):
    """One server that was found; ``chosen`` carries its address."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._url = ""
        self.name, self.detail = ElidedLabel(), ElidedLabel()
        self.detail.setProperty("step", "caption")
        self.detail.setProperty("tone", "muted")
        self.use = QPushButton(self.tr("Use"))
        self.use.setAutoDefault(False)
        self.use.clicked.connect(lambda: self.chosen.emit(self._url))
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addWidget(self.name)
        texts.addWidget(self.detail)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_M + SPACE_S, 0, 0, 0)  # below the sentence about the search
        row.setSpacing(SPACE_M)
        row.addLayout(texts, 1)
        row.addWidget(self.use)
        self.hide()

    def show_look(self, look: FoundLook | None) -> None:
        """Show a server; None: nothing."""
        self.setVisible(look is not None)
        if look is None:
            return
        self._url = look.url
        self.name.setText(look.name)
        self.detail.setText(f"{look.url} · {look.detail}")
        self.use.setText(self.tr("In use") if look.in_use else self.tr("Use"))
        self.use.setEnabled(look.can_use)
        self.use.setAccessibleName(self.tr("Use {name} at {url}").format(name=look.name, url=look.url))
        self.use.setAccessibleDescription(look.detail)


class KeyLine(QWidget):
    """Whether a key is stored; it can be replaced and removed, and is never shown."""

    def __init__(self, around: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._service = around.service
        self._url, self._asked, self._local = "", "", True
        self._shown: events.KeyShown | None = None
        self.state = Verdict()
        self.store, self.remove = QPushButton(self.tr("Store a key…")), QPushButton(self.tr("Remove"))
        self.remove.setAccessibleName(self.tr("Remove the key"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_S)
        row.addWidget(self.state, 1)
        for button in (self.store, self.remove):
            button.setAutoDefault(False)
            row.addWidget(button)
        self.store.clicked.connect(self.ask)
        self.remove.clicked.connect(lambda: self._service.save_key(self._url, ""))
        around.bridge.event.connect(self._hear)
        self._show()

    def show_server(self, url: str, local: bool) -> None:
        """The server that the key is for."""
        if (url, local) != (self._url, self._local):
            if url != self._url:
                self._shown = None
            self._url, self._local = url, local
            self._look_up()
            self._show()

    def ask(self) -> None:
        """Ask for the key; what is typed is not readable on the screen."""
        dialog = QInputDialog(self)
        dialog.setWindowTitle(self.tr("Key of the server"))
        dialog.setLabelText(
            self.tr("The key for {url}. It is kept in the system's keyring and nowhere else.").format(url=self._url)
        )
        dialog.setTextEchoMode(QLineEdit.EchoMode.Password)
        dialog.setOkButtonText(self.tr("Store"))
        dialog.setCancelButtonText(self.tr("Cancel"))
        dialog.textValueSelected.connect(self._save)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _save(self, key: str) -> None:
        if key.strip():
            self._service.save_key(self._url, key)

    def _look_up(self) -> None:
        """A keyring may ask its user to unlock it, so only where a key is likely to be needed, and once a server."""
        if self.isVisible() and self._url and not self._local and self._asked != self._url:
            self._asked = self._url
            self._service.find_key(self._url)

    def _hear(self, event: events.Event) -> None:
        match event:
            case events.KeyShown(url=url) if url == self._url:
                self._shown = event
                self._show()
                announce(self, self.state.text)
            case events.ConnectionTested(url=url, error={"code": "llm.unauthorised"}) if url == self._url:
                self._service.find_key(self._url)

    def _show(self) -> None:
        said = presenter.key(self._shown, self._local)
        self.state.show_state(said.kind, said.text)
        stored = self._shown is not None and self._shown.stored
        self.store.setText(self.tr("Replace the key…") if stored else self.tr("Store a key…"))
        keyring = self._shown is None or (self._shown.error or {}).get("code") != "llm.no_keyring"
        self.store.setEnabled(keyring)
        if self.remove.hasFocus() and not stored:
            self.store.setFocus()
        self.remove.setEnabled(stored)
        self.setVisible(bool(self._url))

    def showEvent(self, event: QShowEvent) -> None:  # noqa: D102 - Qt's
        super().showEvent(event)
        self._look_up()
