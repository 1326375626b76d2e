"""``what time is it``, ``what time is it in tokyo``."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo, available_timezones

from starling.assistant import spoken
from starling.assistant.answer import Answer, Utterance

_ASKED = re.compile(
    r"(?:and )?(?:what time is it|what time it is|what time do you have|what time do we have|what is the time|the time|"
    r"what is the (?:current|exact) time|what the time is|(?:give|say)(?: me)? the time|the current time|the time)"
    r"(?: (?:here|today|at the moment))?"
)
_ELSEWHERE = re.compile(r"(?:and )?(?:what time is it|what time it is|what is the time|the time) in (?P<place>.+)")


class Clock:
    """Says the time of day."""

    def match(self, said: Utterance, now: datetime) -> Callable[[], Answer] | None:
        """See :class:`starling.assistant.answer.Skill`."""
        if elsewhere := _ELSEWHERE.fullmatch(said.text):
            zone = _zones().get(elsewhere["place"])
            return (lambda: Answer(_there(now, zone), "time")) if zone else None
        if not _ASKED.fullmatch(said.text):
            return None
        return lambda: Answer(f"It is {spoken.clock(now)}.", "time")


def _there(now: datetime, zone: str) -> str:
    there = now.astimezone(ZoneInfo(zone))
    day = "" if there.date() == now.date() else f" {spoken.near_day(there.date(), now.date())}"
    return f"It is {spoken.clock(there)}{day} in {_city(zone)}."


def _city(zone: str) -> str:
    return zone.rsplit("/", 1)[-1].replace("_", " ")


@functools.cache
def _zones() -> dict[str, str]:
    """Zones by the city that names them; empty where the system has no zone data."""
    return {_city(zone).lower(): zone for zone in sorted(available_timezones()) if "/" in zone and "Etc" not in zone}
