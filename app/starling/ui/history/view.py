"""Everything on the page of the history: search and list at the left, the chosen entry at the right."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QApplication, QBoxLayout, QStackedWidget, QWidget

from starling.history.wanted import Wanted
from starling.pipeline import events
from starling.pipeline.service import Service
from starling.settings.store import Settings
from starling.ui.bridge import Bridge
from starling.ui.history import words
from starling.ui.history.details import Details, EmptyNote
from starling.ui.history.filters import Filters
from starling.ui.history.footer import Footer
from starling.ui.history.layout import arrange, lay_out
from starling.ui.history.listing import HistoryList
from starling.ui.history.saving import Saving
from starling.ui.history.undo import UndoBar

SETTLE_MS = 250
"""What is stored in a row, as a text and its reply, is looked at once."""
MOST_COPIED = 1_000
"""Entries that are copied at once; more go into a file."""


class HistoryView(QWidget):
    """Shows what the service finds; tells it what the user wants."""

    stoppable_changed = Signal(bool)
    preferences_requested = Signal(str)

    def __init__(self, service: Service, bridge: Bridge, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._service, self._settings, self._panel = service, settings, bridge.panel
        self._token = 0
        self._wanted = self._shown = Wanted()
        self._playing = ""
        self._to_copy: list[int] = []
        self._seen = False
        self.filters, self.list, self.details = Filters(), HistoryList(), Details()
        self.empty, self.undo, self.footer = EmptyNote(), UndoBar(), Footer()
        self.stack = QStackedWidget()
        self.box: QBoxLayout = lay_out(self)
        self.saving = Saving(service, self, lambda: self._shown)
        self._refresh = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._refresh.timeout.connect(self._look_again)
        self._connect(bridge)
        self._show_panel(bridge.panel)

    # -- coming and going ------------------------------------------------------------------------------------------

    def activated(self) -> None:
        """It is seen from now on."""
        self._seen = True
        self._service.find_models()
        self._look()

    def left(self) -> None:
        """Nothing sounds that is not seen, and what was deleted is gone."""
        self._seen = False
        self.stop()
        self.undo.finish()

    def take_focus(self) -> None:
        """To the list, or to the search where it is empty."""
        (self.list if self.list.entries.numbers else self.filters.search).setFocus()

    def stop(self) -> None:
        """Silence what is played."""
        if self._playing:
            self._service.stop()

    # -- what is told ----------------------------------------------------------------------------------------------

    def _hear(self, event: events.Event) -> None:
        match event:
            case events.HistoryFound():
                self._show_found(event)
            case events.HistoryRead():
                self.list.entries.take(event)
                self._show_current()
                self._copy_read(event)
            case events.HistoryTaken() | events.HistoryChanged() | events.TurnDeleted() | events.Recovered():
                self._refresh.start()
            case events.HistoryExported():
                self.footer.show_exported(event)
            case events.ModelsFound(names=names):
                self.details.show_models(names)
            case events.ReplayBegan(turn=turn):
                self._play_began(turn)
            case events.ReplayEnded(error=error):
                self._play_began("")
                if error and self._seen:
                    self.footer.tell(error["message"], failed=True)
            case events.Retried(error=error) if error and self._seen:
                self.footer.tell(error["message"], failed=True)
            case events.Ready():
                self._refresh.start()

    def _show_found(self, found: events.HistoryFound) -> None:
        if found.token != self._token:
            return
        if found.error is not None:
            self.footer.tell(found.error["message"], failed=True)
        self._shown = self._wanted
        self.list.show_numbers(found.numbers, self._shown.terms)
        self.footer.show_count(len(found.numbers), self._narrowed)
        self._show_empty()
        self._show_current()

    def _show_panel(self, panel: object) -> None:
        self._panel = panel  # type: ignore[assignment]  # of a signal
        self.footer.private.setChecked(self._panel.private)
        self._show_empty()
        self._show_current()

    def _show_empty(self) -> None:
        keeps = bool(self._settings.get("history.keep"))
        self.empty.show_texts(*words.empty_text(self._narrowed, self._panel.private, keeps))
        self.stack.setCurrentWidget(self.list if self.list.entries.numbers else self.empty)

    def _show_current(self) -> None:
        running = not self._panel.failed
        self.details.show_entry(self.list.current, len(self.list.chosen), self._shown.terms, running=running)

    def _play_began(self, turn: str) -> None:
        before, self._playing = self._playing, turn
        if bool(before) is not bool(turn):
            self.stoppable_changed.emit(bool(turn))

    @property
    def _narrowed(self) -> bool:
        return not self._wanted.everything

    # -- what the user wants ---------------------------------------------------------------------------------------

    def _look(self) -> None:
        self._wanted = self.filters.wanted()
        self._token += 1
        self._service.find_history(self._token, self._wanted)

    def _look_again(self) -> None:
        """Something was stored or taken away; what is not seen is looked at when it is."""
        if self._seen:
            self.list.entries.forget()
            self._look()

    def _play(self) -> None:
        entry = self.list.current
        if self._playing:
            self._service.stop()
        elif entry is not None and entry.replayable:
            self._service.replay(entry.turn)

    def _retry(self, model: str) -> None:
        entry = self.list.current
        if entry is not None and entry.replayable:
            self.footer.tell(self.tr("It is being recognised again."))
            self._service.retry(entry.turn, model)

    def _delete(self) -> None:
        numbers = list(self.list.chosen)
        if numbers and not self._panel.failed:
            self._service.take_away(numbers)
            self.undo.add(numbers)

    def _bring_back(self, numbers: list[int]) -> None:
        self._service.bring_back(numbers)
        self.list.setFocus()

    def _copy(self) -> None:
        numbers = list(self.list.chosen)
        if len(numbers) > MOST_COPIED:
            self.footer.tell(self.tr("So many are better saved as a file."), failed=True)
        elif numbers:
            self._to_copy = numbers
            self._service.read_history(numbers)

    def _copy_read(self, read: events.HistoryRead) -> None:
        if self._to_copy and list(read.asked) == self._to_copy:
            self._to_copy = []
            copied = sorted(read.entries, key=lambda entry: entry.at)
            QApplication.clipboard().setText("\n".join(entry.text for entry in copied if entry.text))
            self.footer.tell(self.tr("Copied: {count}").format(count=len(copied)))

    # -- making ----------------------------------------------------------------------------------------------------

    def _connect(self, bridge: Bridge) -> None:
        bridge.event.connect(self._hear)
        bridge.panel_changed.connect(self._show_panel)
        self.filters.changed.connect(self._look)
        self.filters.left.connect(self.take_focus)
        listed, details, footer = self.list, self.details, self.footer
        listed.entries.wanted.connect(self._read)
        listed.moved.connect(self._show_current)
        listed.read_wanted.connect(details.text.setFocus)
        for part in (listed, details):
            part.play_wanted.connect(self._play)
            part.copy_wanted.connect(self._copy)
            part.delete_wanted.connect(self._delete)
        details.retry_wanted.connect(self._retry)
        details.models_wanted.connect(self._service.find_models)
        self.undo.undone.connect(self._bring_back)
        self.undo.over.connect(self._service.purge)
        footer.private.clicked.connect(self._service.set_private)
        footer.save.clicked.connect(self.saving.ask)
        footer.settings.clicked.connect(lambda: self.preferences_requested.emit("history.keep"))
        for text, icon_button in (("&Play", details.play), ("&Copy", details.copy), ("&Delete", details.delete)):
            listed.menu.addAction(icon_button.icon(), self.tr(text)).triggered.connect(icon_button.click)
        keys = {"Ctrl+F": self.filters.search.setFocus, "Ctrl+S": self.saving.ask, "Ctrl+Z": self.undo.undo}
        for key, slot in keys.items():
            QShortcut(QKeySequence(key), self, slot, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)

    def _read(self, numbers: Sequence[int]) -> None:
        self._service.read_history(numbers)

    def hideEvent(self, event: QHideEvent) -> None:
        """The window is closed or minimized: what was deleted waits for nobody."""
        super().hideEvent(event)
        self.undo.finish()

    def changeEvent(self, event: QEvent) -> None:
        """Letters may have grown."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.FontChange) and self.isVisible():
            arrange(self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Side by side where there is room."""
        super().resizeEvent(event)
        arrange(self)
