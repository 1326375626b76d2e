"""Relates stream time to the wall clock, pure."""

from __future__ import annotations

from collections import deque

WINDOW_S = 10.0
"""Long enough to hold a block that came at once; short enough to follow a device whose clock drifts."""


class StreamClock:
    """Estimates when, by a monotonic clock, a stream time was recorded.

    Blocks arrive late by a varying delay; the smallest difference between arrival and stream time of the last seconds
    is the best estimate of the stream's start. After a gap begin with a new one.
    """

    def __init__(self) -> None:
        self._origins: deque[tuple[float, float]] = deque()  # (arrival, origin), growing in both

    def arrived(self, stream_s: float, now_s: float) -> None:
        """A block that ends at ``stream_s`` arrived at ``now_s``."""
        origin = now_s - stream_s
        while self._origins and self._origins[-1][1] >= origin:
            self._origins.pop()
        self._origins.append((now_s, origin))
        while self._origins[0][0] < now_s - WINDOW_S:
            self._origins.popleft()

    def wall(self, stream_s: float) -> float:
        """The monotonic time at which ``stream_s`` was recorded; the stream time itself before the first block."""
        return stream_s + (self._origins[0][1] if self._origins else 0.0)

    def since(self, stream_s: float, now_s: float) -> float | None:
        """Seconds from ``stream_s`` to now, None before the first block."""
        return now_s - self.wall(stream_s) if self._origins else None
