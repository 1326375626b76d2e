"""The talk key: hold it to talk, or tap it to begin and tap again to end. Pure; times are seconds of one clock."""

from __future__ import annotations

from enum import Enum

TAP_S = 0.4
"""A press shorter than this is a tap."""


class Talk(Enum):
    """What the key asks for."""

    BEGIN = "hear from now on"
    LATCH = "go on without the key: it was tapped"
    END = "that was all"


class TalkKey:
    """Turns presses and releases into what they mean. Repeated presses and releases without a press mean nothing."""

    def __init__(self) -> None:
        self._pressed_at: float | None = None
        self._latched = False
        self._ending = False

    @property
    def active(self) -> bool:
        """Whether it is held, or was tapped and not yet ended."""
        return self._latched or (self._pressed_at is not None and not self._ending)

    @property
    def latched(self) -> bool:
        """Whether it was tapped and not yet ended."""
        return self._latched

    def press(self, now_s: float) -> Talk | None:
        """The key went down."""
        if self._pressed_at is not None:
            return None
        self._pressed_at = now_s
        if self._latched:
            self._latched, self._ending = False, True
            return Talk.END
        return Talk.BEGIN

    def release(self, now_s: float) -> Talk | None:
        """The key went up."""
        pressed_at, self._pressed_at = self._pressed_at, None
        ending, self._ending = self._ending, False
        if pressed_at is None or ending:
            return None
        if now_s - pressed_at < TAP_S:
            self._latched = True
            return Talk.LATCH
        return Talk.END

    def reset(self) -> None:
        """Whatever was held or tapped is over; a key that is still down means nothing when it goes up."""
        self._latched = False
        self._ending = self._pressed_at is not None
