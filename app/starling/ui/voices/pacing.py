"""A preview's sound is made faster than it is heard; its waveform is drawn as it is heard. Pure, without Qt."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

Peak = tuple[float, float]


class Pacing:
    """Keeps pieces of a waveform until it is their time. Times are monotonic seconds."""

    def __init__(self) -> None:
        self._pieces: deque[tuple[Peak, float]] = deque()
        self._due_s: float | None = None

    def clear(self) -> None:
        """Forget what waits."""
        self._pieces.clear()
        self._due_s = None

    def add(self, peaks: Sequence[Peak], seconds: float, now_s: float) -> None:
        """More sound, ``seconds`` long; it is heard now, or when what came before has been."""
        if not peaks:
            return
        if self._due_s is None or (not self._pieces and self._due_s < now_s):
            self._due_s = now_s
        self._pieces.extend((peak, seconds / len(peaks)) for peak in peaks)

    def take(self, now_s: float) -> tuple[list[Peak], float]:
        """The pieces whose time has come since the last call, and their length in seconds."""
        peaks: list[Peak] = []
        total_s = 0.0
        while self._pieces and self._due_s is not None and self._due_s <= now_s:
            peak, piece_s = self._pieces.popleft()
            self._due_s += piece_s
            total_s += piece_s
            peaks.append(peak)
        return peaks, total_s
