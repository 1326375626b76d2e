"""Setting alarms: ``wake me at seven thirty``, ``set an alarm for 6 am tomorrow``."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from starling.assistant import spoken
from starling.assistant.answer import Answer, Utterance
from starling.assistant.durations import SpokenTime, parse_duration, parse_time
from starling.assistant.schedule import Schedule
from starling.assistant.skills.timers import MOST, UNSAVED, Timers, Wish

_SET = re.compile(
    r"(?:set|make|create|add|put on|give me|i need|i want)(?: up| me)?(?: an?| the| another| my| one)?(?: new)? "
    r"(?:(?P<before>.+?) )??alarm(?: clock)?(?: (?P<link>for|at|to|on|in))?(?: (?P<after>.+))?"
)
_WAKE = re.compile(r"(?:wake me(?: up)?|get me up)(?: (?:at|for))? (?P<when>.+)")
_NOUN = re.compile(r"(?:an )?alarm (?:for|at) (?P<when>.+)")
_TIMER_AT = re.compile(r"(?:set|start|make|create) (?:a |the )?timer (?:for|to|at) (?P<when>.+)")
_REPEATING = re.compile(r"\b(?:every|each|daily|weekdays|weekends)\b")
_MORNING = range(4, 12)
"""Hours at which people are woken: ``wake me at seven`` needs no question."""


class Alarms:
    """Sets alarms; asks when morning or evening is open."""

    def __init__(self, schedule: Schedule, timers: Timers) -> None:
        self._schedule = schedule
        self._timers = timers

    def match(self, said: Utterance, now: datetime) -> Callable[[], Answer] | None:
        """See :class:`starling.assistant.answer.Skill`."""
        if found := _SET.fullmatch(said.text):
            when = f"{found['before'] or ''} {found['after'] or ''}".strip()
            may_ask = not found["before"] and (bool(found["link"]) or not when)
        elif found := _WAKE.fullmatch(said.text) or _NOUN.fullmatch(said.text):
            when, may_ask = found["when"], False
        elif (found := _TIMER_AT.fullmatch(said.text)) and (moment := parse_time(found["when"])) and moment.sure:
            when, may_ask = found["when"], False
        else:
            return None
        return self._read(when, now, waking=bool(_WAKE.fullmatch(said.text)), may_ask=may_ask)

    def _read(self, when: str, now: datetime, *, waking: bool, may_ask: bool) -> Callable[[], Answer] | None:
        seconds = parse_duration(when.removeprefix("in ").split())
        if seconds is not None:
            return lambda: self._timers.start(Wish(seconds=seconds))
        if _REPEATING.search(when) and (may_ask or parse_time(_REPEATING.split(when)[0].strip())):
            return lambda: Answer("I cannot set alarms that repeat, only a single one.", "alarms")
        said = parse_time(when)
        if said is None:
            return (lambda: self._ask_time(unclear=bool(when))) if may_ask else None
        if waking and not said.sure and said.hour in _MORNING:
            said = said.in_half("am")
        return lambda: self.set_for(said, now)

    def _ask_time(self, *, unclear: bool) -> Answer:
        def follow(said: Utterance, now: datetime) -> Answer | None:
            moment = parse_time(re.sub(r"^(?:for|at) ", "", said.text))
            return self.set_for(moment, now) if moment else None

        question = "I did not understand the time. For what time?" if unclear else "For what time?"
        return Answer(question, "alarms", follow_up=follow)

    def _ask_half(self, moment: SpokenTime) -> Answer:
        def follow(said: Utterance, now: datetime) -> Answer | None:
            whole = parse_time(said.text)
            half = parse_time(f"{moment.hour} {said.text.removeprefix('the ')}")
            chosen = whole if (whole and whole.sure) or not half or not half.sure else moment.in_half(_half_of(half))
            return self.set_for(replace(chosen, day=chosen.day or moment.day), now) if chosen and chosen.sure else None

        if (moment.hour, moment.minute) == (12, 0):
            return Answer("12 noon or 12 midnight?", "alarms", follow_up=follow)
        hour = f"{moment.hour}:{moment.minute:02d}" if moment.minute else f"{moment.hour}"
        return Answer(f"{hour} AM or {hour} PM?", "alarms", follow_up=follow)

    def set_for(self, said: SpokenTime, now: datetime) -> Answer:
        """Set it, or ask for what is missing, or say why not."""
        if not said.sure:
            return self._ask_half(said)
        moment = said.after(now)
        if moment is None:
            passed = now.replace(hour=said.hour, minute=said.minute)
            return Answer(f"{spoken.clock(passed)} today has already passed.", "alarms")
        name = f"{spoken.clock(moment)} {spoken.near_day(moment.date(), now.date())}"
        if any(entry.moment == moment for entry in self._schedule.entries("alarm")):
            return Answer(f"There is already an alarm for {name}.", "alarms")
        if len(self._schedule.entries()) >= MOST:
            return Answer(f"There are already {MOST} timers and alarms; cancel one first.", "alarms")
        saved = self._schedule.add("alarm", local=moment.isoformat())
        return Answer(f"Alarm set for {name}.{'' if saved else UNSAVED}", "alarms")


def _half_of(moment: SpokenTime) -> str:
    return "am" if moment.hour < 12 else "pm"
