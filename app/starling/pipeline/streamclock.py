"""Relates stream time to the wall clock, pure."""

from __future__ import annotations


class StreamClock:
    """Estimates when, by a monotonic clock, a stream time was recorded.

    Blocks arrive late by a varying delay; the smallest difference between arrival and stream time is the best
    estimate of the stream's start. After a gap (lost samples) the stream falls behind for good, so
    the estimate follows.
    """

    GAP_S = 0.5
    """Blocks later than this against the estimate mean samples were lost, not that a block was slow."""

    def __init__(self) -> None:
        self._origin_s: float | None = None
        self._late = 0

    def arrived(self, stream_s: float, now_s: float) -> None:
        """A block that ends at ``stream_s`` arrived at ``now_s``."""
        origin = now_s - stream_s
        if self._origin_s is None or origin < self._origin_s:
            self._origin_s, self._late = origin, 0
        elif origin > self._origin_s + self.GAP_S:
            self._late += 1
            if self._late >= 10:  # a slow moment catches up within a few blocks, a gap never does
                self._origin_s, self._late = origin, 0
        else:
            self._late = 0

    def wall(self, stream_s: float) -> float:
        """The monotonic time at which ``stream_s`` was recorded; the stream time itself before the first block."""
        return stream_s + (self._origin_s or 0.0)

    def since(self, stream_s: float, now_s: float) -> float | None:
        """Seconds from ``stream_s`` to now, None before the first block."""
        return None if self._origin_s is None else now_s - self.wall(stream_s)
