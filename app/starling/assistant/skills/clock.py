"""``what time is it``."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

from starling.assistant import spoken
from starling.assistant.answer import Answer, Utterance

_ASKED = re.compile(
    r"(?:and )?(?:what time is it|what time it is|what time do you have|what time do we have|what is the time|the time|"
    r"what is the (?:current|exact) time|what the time is|(?:give|say)(?: me)? the time|the current time|the time)"
    r"(?: (?:here|today|at the moment))?"
)


class Clock:
    """Says the time of day."""

    def match(self, said: Utterance, now: datetime) -> Callable[[], Answer] | None:
        """See :class:`starling.assistant.answer.Skill`."""
        if not _ASKED.fullmatch(said.text):
            return None
        return lambda: Answer(f"It is {spoken.clock(now)}.", "time")
