"""The talk key over the segmenter: pure but for the segmenter it drives; times are monotonic seconds.

Held: everything is heard, from the pre-roll on. Tapped: the next speech counts as addressed, until its end or the
next tap.
"""

from __future__ import annotations

from starling.core.errors import StarlingError
from starling.core.segmenter import Segmenter, SegmentEvent
from starling.core.talk_key import Talk, TalkKey
from starling.pipeline.events import Listening

IN_FLIGHT_S = 0.25
"""Sound that the device and the capture block still hold when the key goes up: the end of the last word."""
LATCHED_S = 10.0
"""A tap after which nobody speaks is forgotten."""


class Talking:
    """Turns key events into segment events."""

    def __init__(self, segmenter: Segmenter) -> None:
        self._segmenter = segmenter
        self._key = TalkKey()
        self._ends_at_s: float | None = None
        self._latched_at_s = 0.0
        self._heard = False

    @property
    def active(self) -> bool:
        """Whether somebody holds the key or has tapped it."""
        return self._key.active

    @property
    def latched(self) -> bool:
        """Whether it was tapped."""
        return self._key.latched

    def press(self, now_s: float) -> list[SegmentEvent]:
        """The key went down."""
        match self._key.press(now_s):
            case Talk.BEGIN:
                self._heard = False
                pending = self._finish() if self._ends_at_s is not None else []
                return pending + self._segmenter.hold()
            case Talk.END:
                self._segmenter.latched = False
                self._ends_at_s = now_s + IN_FLIGHT_S
        return []

    def release(self, now_s: float) -> list[SegmentEvent]:
        """The key went up."""
        match self._key.release(now_s):
            case Talk.LATCH:
                self._latched_at_s = now_s
                opened = self._segmenter.let_go()
                self._heard = self._segmenter.current is not None
                return opened
            case Talk.END:
                self._ends_at_s = now_s + IN_FLIGHT_S
        return []

    def passed(self, now_s: float) -> list[SegmentEvent]:
        """Sound up to now has been heard."""
        if self._ends_at_s is not None and now_s >= self._ends_at_s:
            return self._finish()
        self._heard |= self._key.latched and self._segmenter.current is not None
        if self._key.latched and not self._heard and now_s - self._latched_at_s > LATCHED_S:
            self.reset()
            return self._segmenter.nothing_said()
        return []

    def end(self) -> list[SegmentEvent]:
        """Nothing more will be heard: what was said is finished."""
        self.reset()
        return self._segmenter.release()

    def reset(self) -> None:
        """Forget the key: a press that is still down means nothing when it goes up."""
        self._key.reset()
        self._ends_at_s = None
        self._segmenter.latched = False

    def _finish(self) -> list[SegmentEvent]:
        self._ends_at_s = None
        ended = self._segmenter.release()
        return ended if ended or self._heard else self._segmenter.nothing_said()


def cannot_hear(listening: Listening) -> StarlingError:
    """Why the talk key does nothing."""
    if listening.muted:
        return StarlingError("listen.muted", "The microphone is muted.", "Unmute it to talk.")
    return StarlingError("listen.off", "Listening is off.", "Choose Assistant or Dictation to talk.")
