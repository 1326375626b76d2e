"""When Starling listens: the recogniser is loaded, sound arrives, and someone is there to hear it."""

from __future__ import annotations

import threading
from collections.abc import Callable

from starling.pipeline import events


class Readiness:
    """Passes every event on, and adds one :class:`events.Ready` when everything that listening needs is there.

    The voice is not waited for: it loads after the recogniser, and is needed last.
    """

    def __init__(self, emit: Callable[[events.Event], None]) -> None:
        self._emit = emit
        self._lock = threading.Lock()
        self._recogniser = ""
        self._microphone: str | None = None
        self._built = False
        self._told = False

    def __call__(self, event: events.Event) -> None:
        """Take one event, from any thread."""
        self._emit(event)
        with self._lock:
            if isinstance(event, events.EngineChanged) and (event.family, event.kind) == ("stt", "EngineStarted"):
                self._recogniser = event.name
            elif isinstance(event, events.MicrophoneChanged) and event.state in ("open", "back"):
                self._microphone = event.device
        self._tell()

    def built(self) -> None:
        """Detector, lines and history are there."""
        with self._lock:
            self._built = True
        self._tell()

    def _tell(self) -> None:
        with self._lock:
            ready = self._built and self._recogniser and self._microphone is not None and not self._told
            self._told |= bool(ready)
        if ready:
            self._emit(events.Ready(self._recogniser, self._microphone or ""))
