"""How far an install is, and how fast it goes. Pure: time comes in as a number."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

WINDOW_S = 5.0
"""Speed is that of the last seconds, so that it follows the network and does not jump."""

Phase = Literal["checking", "downloading", "waiting", "converting", "finishing"]


@dataclass(frozen=True)
class Progress:
    """One look at an install.

    Attributes:
        phase: ``checking`` reads what is there already, ``waiting`` pauses before another try.
        done_bytes: downloaded, of all files together; while converting, a share of the same total.
        total_bytes: of all files together; an estimate unless ``exact``.
        exact: the total is known.
        bytes_per_s: of the last seconds; None while nothing is measured.
        seconds_left: at that speed; None while it cannot be told.
        file: the one in work.
        note: why it waits.
    """

    phase: Phase
    done_bytes: int
    total_bytes: int
    exact: bool = True
    bytes_per_s: float | None = None
    seconds_left: float | None = None
    file: str = ""
    note: str = ""

    @property
    def share(self) -> float:
        """Done, 0..1."""
        return min(1.0, self.done_bytes / self.total_bytes) if self.total_bytes else 0.0


OnProgress = Callable[[Progress], None]


class Speed:
    """Bytes a second over the last seconds."""

    def __init__(self, window_s: float = WINDOW_S) -> None:
        self._window_s = window_s
        self._points: deque[tuple[float, int]] = deque()

    def add(self, now_s: float, total: int) -> None:
        """So many bytes have arrived in all by now; less than before starts afresh."""
        if self._points and total < self._points[-1][1]:
            self._points.clear()
        self._points.append((now_s, total))
        while len(self._points) > 2 and now_s - self._points[0][0] > self._window_s:
            self._points.popleft()

    def per_s(self) -> float | None:
        """The speed; None before two looks at different times."""
        if len(self._points) < 2:
            return None
        (began, first), (ended, last) = self._points[0], self._points[-1]
        return (last - first) / (ended - began) if ended > began else None


def seconds_left(missing: int, per_s: float | None) -> float | None:
    """Time for the rest at that speed."""
    return missing / per_s if per_s else None
