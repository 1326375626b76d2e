"""How a window's Starling is reached while another window is in front: the socket and the global keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from starling.core.errors import StarlingError
from starling.pipeline import events
from starling.pipeline.globalkeys import GlobalKeys
from starling.pipeline.outside import Outside
from starling.settings.store import Settings

if TYPE_CHECKING:
    from starling.pipeline.service import Service

SWITCHED: dict[events.Mode, events.Mode] = {"assistant": "dictation", "dictation": "assistant", "off": "assistant"}

PHRASES: dict[str, events.Mode] = {"start": "dictation", "stop": "assistant"}


class Reach:
    """Commands a service from outside, from :meth:`open` to :meth:`close`.

    Args:
        service: that is commanded.
        settings: where the keys are, and where the mode is remembered.
        emit: hears of the keys and of what goes wrong.

    Attributes:
        keys: the global keys.
    """

    def __init__(self, service: Service, settings: Settings, emit: Callable[[events.Event], None]) -> None:
        self._service, self._settings, self._emit = service, settings, emit
        self.keys = GlobalKeys(settings.get, service.press, service.release, service.cancel, self._switch, emit)
        self._outside = Outside(self, self.keys.shown)
        self.press, self.release, self.cancel = service.press, service.release, service.cancel
        self.set_private = service.set_private

    def open(self) -> None:
        """Hear commands and keys from now on."""
        error = self._outside.open()
        if error is not None:
            self._emit(events.Trouble(error))
        self.keys.apply()

    def overhear(self, event: events.Event) -> None:
        """Follow what the pipeline tells."""
        self._outside.overhear(event)
        if isinstance(event, events.Listening):
            self.keys.talking(event.held)
        elif isinstance(event, events.DictationSaid) and event.command in PHRASES:
            self.use_mode(PHRASES[event.command])

    def close(self) -> None:
        """Hear nothing more."""
        self._outside.close()
        self.keys.close()

    def use_mode(self, mode: events.Mode) -> None:
        """Set the mode and remember it, as the window does."""
        self._settings.use("listen.mode", mode)
        self._service.set_mode(mode)
        self.keys.later(lambda: self._remember("listen.mode"))

    def _switch(self) -> None:
        self.use_mode(SWITCHED[self._outside.listening.mode])

    def _remember(self, key: str) -> None:
        try:
            self._settings.save(key)
        except StarlingError as error:
            self._emit(events.Trouble(error))
