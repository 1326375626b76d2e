"""Presses and releases in the order in which they were made. Pure.

A compositor starts one process for the press and another for the release. After a tap the second may be the faster
one: the release comes first, means nothing, and the key would seem held for ever.
"""

from __future__ import annotations

from typing import Literal

Edge = Literal["press", "release"]


class Ordered:
    """Knows from each command's own start which of two was made first. Times are monotonic seconds of the machine."""

    def __init__(self) -> None:
        self._released_at_s: float | None = None

    def press(self, at_s: float | None) -> tuple[Edge, ...]:
        """What a press that was made then means now; None: it does not say when."""
        released, self._released_at_s = self._released_at_s, None
        late = at_s is not None and released is not None and at_s < released
        return ("press", "release") if late else ("press",)

    def release(self, at_s: float | None) -> tuple[Edge, ...]:
        """What a release that was made then means now."""
        self._released_at_s = at_s
        return ("release",)
