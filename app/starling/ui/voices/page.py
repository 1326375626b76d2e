"""The page of voices as the window knows it before it is seen: light, and it measures with what it hears."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from starling.pipeline import events
from starling.pipeline.service import Service
from starling.settings.store import Settings
from starling.ui.bridge import Bridge
from starling.ui.voices import state as states
from starling.ui.window.pages import Page

if TYPE_CHECKING:
    from starling.ui.voices.view import VoicesView


class VoicesPage(Page):
    """Remembers what was measured since the start; the rest is made when it is first shown."""

    def __init__(self, service: Service, bridge: Bridge, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__("", "voices", parent)
        self.set_title(self.tr("&Voices"))
        self._service, self._bridge, self._settings = service, bridge, settings
        self._state = states.State()
        self.view: VoicesView | None = None
        bridge.event.connect(self._hear)

    def build(self) -> None:
        """Make the list and the cards."""
        from starling.ui.voices.view import VoicesView  # not every run comes here

        self.view = VoicesView(self._service, self._settings)
        self.view.models_wanted.connect(lambda: self.page_wanted.emit("models"))
        self.column.addWidget(self.view)

    def activated(self) -> None:
        """Look for voices, and at what has been set meanwhile."""
        self._service.list_voices()
        if self.view is not None:
            self.view.show_settings()
            self.view.show_state(self._state)
            self.view.preview.waveform.load()

    def left(self) -> None:
        """Nothing is heard that is not seen."""
        self.stop()

    def take_focus(self) -> None:
        """To the list."""
        if self.view is not None:
            self.view.list.setFocus()

    def keys(self) -> list[tuple[str, str]]:
        """Of the list, and of the whole page."""
        return [
            (self.tr("Search"), self.tr("Ctrl+F")),
            (self.tr("Hear the chosen voice"), self.tr("Space or Enter in the list, Ctrl+Enter anywhere")),
            (self.tr("Use the chosen voice"), self.tr("U")),
            (self.tr("Add to the favourites, or take out"), self.tr("F")),
            (self.tr("Save what was heard as a file"), self.tr("Ctrl+S")),
        ]

    def stop(self) -> None:
        """End a preview."""
        if self._state.now is not None:
            self._service.stop_preview()

    def _hear(self, event: events.Event) -> None:
        before, self._state = self._state, states.after(self._state, event)
        if self.view is not None:
            if isinstance(event, events.PreviewProgress):
                self.view.add_sound(event)
            if isinstance(event, events.PreviewExported | events.Stopped):
                self.view.exported()
            if self._state is not before:
                self.view.show_state(self._state)
            if isinstance(event, events.EngineShown) and event.family == "tts" and self.isVisible():
                self._follow_engine(event)
        if (self._state.now is None) is not (before.now is None):
            self.stoppable_changed.emit(self._state.now is not None)

    def _follow_engine(self, event: events.EngineShown) -> None:
        """Another tier may speak the replies now."""
        if self._state.tiers is not None and event.tier != self._state.in_use:
            self._service.list_voices()
