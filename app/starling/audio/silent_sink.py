"""A sink for machines without a speaker."""

from __future__ import annotations

import time

from starling.audio.base import SinkStats
from starling.audio.events import FirstSound, SinkEvent
from starling.core.results import Samples


class SilentSink:
    """An :class:`~starling.audio.base.AudioSink` that takes everything at once and plays nothing."""

    def __init__(self) -> None:
        self._tag: str | None = None
        self._taken_s = 0.0
        self._events: list[SinkEvent] = []

    def play(self, samples: Samples, rate: int, tag: str = "") -> None:
        """Count (n,) float32 as played."""
        if tag != self._tag:
            self._tag = tag
            self._events.append(FirstSound(tag, time.monotonic(), 0.0))
        self._taken_s += samples.size / rate

    def stop(self) -> None:
        """Nothing is queued."""

    @property
    def drained(self) -> bool:
        """Always."""
        return True

    def wait(self, timeout_s: float) -> bool:
        """At once."""
        return True

    def events(self) -> list[SinkEvent]:
        """First sounds since the last call."""
        events, self._events = self._events, []
        return events

    def stats(self) -> SinkStats:
        """What would have been played."""
        return SinkStats(self._taken_s, 0, 0.0)

    def close(self) -> None:
        """Nothing is open."""
