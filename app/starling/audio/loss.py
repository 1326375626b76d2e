"""Lost sound, measured: the device's sample clock against the wall clock. Pure arithmetic."""

from __future__ import annotations

from collections import deque

WINDOW_S = 1.0
"""A late delivery that catches up within this time lost nothing."""

THRESHOLD_S = 0.05
"""Smaller differences are jitter of delivery."""

DRIFT = 300e-6
"""Seconds per second by which a sound card's clock may differ from the wall clock."""


class LossMeter:
    """Finds jumps in ``wall time - sample time``.

    That difference wanders with delivery jitter (upwards only, for moments) and with the drift of the two clocks
    (slowly). Its minimum over a window is free of jitter; a minimum that jumped up means missing samples.
    After a pause in delivery the window starts anew, so that what is only late has time to arrive.
    """

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._lags: deque[tuple[float, float]] = deque()
        self._since = 0.0
        self._base: float | None = None
        self._base_at = 0.0

    def update(self, frames: int, now: float) -> float:
        """Account for a delivery.

        Args:
            frames: frames the device has delivered since it was opened, this delivery included.
            now: monotonic seconds at the delivery.

        Returns:
            Seconds of sound newly known to be missing; 0.0 nearly always.
        """
        if not self._lags or now - self._lags[-1][0] > WINDOW_S / 2:
            self._lags.clear()
            self._since = now
        self._lags.append((now, now - frames / self._rate))
        while now - self._lags[0][0] > WINDOW_S:
            self._lags.popleft()
        if now - self._since < WINDOW_S:
            return 0.0
        return self._compare(min(lag for _, lag in self._lags), now)

    def _compare(self, lag: float, now: float) -> float:
        if self._base is None:
            self._base, self._base_at = lag, now
        jump = lag - self._base
        lost = jump if jump > THRESHOLD_S else 0.0
        drifted = self._base + DRIFT * (now - self._base_at)
        self._base, self._base_at = lag if lost else min(lag, drifted), now
        return lost
