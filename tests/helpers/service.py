"""The pipeline of a window without the window: its events in a list, waited for by kind."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

from starling.pipeline import events
from starling.pipeline.service import Service
from starling.settings.store import Settings

_E = TypeVar("_E")


class Served:
    """A running :class:`Service`; closed, and timed, on exit."""

    def __init__(self, folder: Path, **chosen: Any) -> None:
        self.settings = Settings(folder / "settings.toml")
        for key, value in {"stt.model": "starter", **chosen}.items():
            self.settings.set(key.replace("__", "."), value)
        self.events: list[events.Event] = []
        self.close_s = 0.0
        self._changed = threading.Condition()
        self.service = Service(self.settings, self._emit)

    def _emit(self, event: events.Event) -> None:
        with self._changed:
            self.events.append(event)
            self._changed.notify_all()

    def __enter__(self) -> Served:
        self.service.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        began = time.monotonic()
        self.service.close()
        self.close_s = time.monotonic() - began

    def of(self, kind: type[_E]) -> list[_E]:
        """The events of one kind so far."""
        with self._changed:
            return [event for event in self.events if isinstance(event, kind)]

    def wait(self, kind: type[_E], count: int = 1, timeout_s: float = 30.0) -> list[_E]:
        """Wait until ``count`` events of a kind are there."""
        deadline = time.monotonic() + timeout_s
        with self._changed:
            while len(found := [event for event in self.events if isinstance(event, kind)]) < count:
                left = deadline - time.monotonic()
                if left <= 0 or not self._changed.wait(left):
                    names = [type(event).__name__ for event in self.events[-12:]]
                    raise AssertionError(f"{len(found)} of {count} {kind.__name__}; last: {names}")
            return found

    def texts(self) -> list[str]:
        """What was heard so far."""
        return [event.utterance.text for event in self.of(events.Heard) if event.utterance.text]
