"""Which replies could be heard while an utterance was recorded: pure, times in seconds of one clock."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

ECHO_TAIL_S = 0.5
"""Sound of a reply still on its way through the devices when the reply has ended."""
REMEMBERED = 8
"""Replies; an utterance is 30 s at most and overlaps no more."""


@dataclass
class _Said:
    text: str
    began_s: float
    ended_s: float = float("inf")
    is_reply: bool = True


class SaidReplies:
    """The last replies and when they sounded. ``tail_s`` is how long one is heard after its end."""

    def __init__(self, tail_s: float) -> None:
        self._tail_s = tail_s
        self._replies: deque[_Said] = deque(maxlen=REMEMBERED)

    def began(self, text: str, now_s: float, *, is_reply: bool = True) -> None:
        """A reply begins to sound, or something else that the microphone hears."""
        self._replies.append(_Said(text, now_s, is_reply=is_reply))

    def grew(self, text: str) -> None:
        """The reply that sounds has more text."""
        if self._replies:
            self._replies[-1].text = text

    def ended(self, now_s: float) -> None:
        """The reply that sounds has ended."""
        for reply in self._replies:
            reply.ended_s = min(reply.ended_s, now_s)

    @property
    def last_ended_s(self) -> float:
        """When the last reply ended: in the future while one sounds, minus infinity if there was none."""
        return next((said.ended_s for said in reversed(self._replies) if said.is_reply), float("-inf"))

    def heard_between(self, start_s: float, end_s: float) -> str:
        """The texts, in order, of all replies that sounded at some time between the two; empty if none did."""
        return " ".join(
            reply.text for reply in self._replies if reply.began_s < end_s and start_s < reply.ended_s + self._tail_s
        )
