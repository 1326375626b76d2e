"""Timers and alarms that run: listed, asked about, cancelled, announced."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

from starling.assistant import spoken
from starling.assistant.answer import Announcement, Answer, Utterance
from starling.assistant.durations import parse_duration, parse_time
from starling.assistant.schedule import Entry, Schedule
from starling.core.numbers import read_ordinal

_KIND = r"(?P<kind>timers and alarms|alarms and timers|timers?|alarms?)"
_ITS = rf"(?: (?:my|the|that|this))?(?: (?P<name>.+?))?? ?{_KIND}"
_LIST = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?:what|which|how many) {_KIND}"
        r"(?: (?:do i have|have i set|are (?:there|set|running|on|active)))?(?: set| running)?",
        rf"(?:list|show|read)(?: me)?(?: all)?(?: of)?(?: my| the)? {_KIND}",
        rf"what are (?:my|the) {_KIND}",
        rf"(?:do i have|have i got|are there|is there) (?:any|an?) {_KIND}(?: set| running| on| active)?",
    )
)
_LEFT = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?:how much (?:more )?time|how much longer|how long|how many minutes|what)(?: is| are| do i have| have i)?"
        rf"(?: there)?(?: still)? (?:left|remaining)(?: (?:on|for|in|until|of){_ITS})?",
        rf"time (?:left|remaining) (?:on|for){_ITS}",
        rf"how (?:long|much longer|much time) (?:until|till|before|for|is|does|has|on){_ITS}"
        r"(?: (?:goes off|rings|is done|ends|is up|finishes|have left|has left|have|got|got left|left))?",
        rf"(?:when|what time) (?:does|will|do|is|are){_ITS}"
        r"(?: (?:go off|ring|end|be done|finish|set for|set|due|done))?",
        rf"(?:check|how is){_ITS}(?: doing)?",
    )
)
_CANCEL = re.compile(
    r"(?:cancel|delete|remove|clear|end|stop|turn off|switch off|dismiss|disable|get rid of)"
    rf"(?: (?P<all>all|every|both))?(?: of)?{_ITS}(?: (?:for|called|named) (?P<after>.+))?"
)
_CANNOT = re.compile(
    r"(?:pause|resume|snooze|extend|restart|reset)(?: (?:my|the))?(?: \w+){0,3}? (?:timer|alarm)s?|snooze"
)
_MOST_NAME_WORDS = 3
_MOST_TOLD = 5
_ALL = frozenset({"all", "both", "all of them", "both of them", "every one", "everything"})
_KEPT = " But I could not save that, so it may come back after a restart."
_LATE_S = 90.0
"""Later than this a due entry is told with the time it was due."""


class Running:
    """Answers about the schedule and announces what comes due."""

    def __init__(self, schedule: Schedule, clock: Callable[[], datetime]) -> None:
        self._schedule = schedule
        self._clock = clock
        self._missed = schedule.take_due()

    def match(self, said: Utterance, now: datetime) -> Callable[[], Answer] | None:
        """See :class:`starling.assistant.answer.Skill`."""
        if listed := _first_match(_LIST, said.text):
            kinds = _kinds(listed["kind"])
            return lambda: Answer(self._list(kinds, self.named(kinds, ""), now), "timers")
        if left := _first_match(_LEFT, said.text):
            return self._left(_kinds(left["kind"] or "timer"), left["name"] or "", now)
        if cancel := _CANCEL.fullmatch(said.text):
            name = " ".join(filter(None, (cancel["name"], cancel["after"])))
            every = bool(cancel["all"]) or name in _ALL or (not name and cancel["kind"].endswith("s"))
            return self._cancel(_kinds(cancel["kind"]), "" if every else name, every, now)
        if _CANNOT.fullmatch(said.text):
            return lambda: Answer(
                "I cannot pause, change or snooze timers and alarms, only set and cancel them.", "timers"
            )
        return None

    def announcements(self) -> list[Announcement]:
        """What came due since the last call, and once what came due while Starling was off."""
        told = [Announcement(self._missed_text())] if self._missed else []
        self._missed = []
        return told + [Announcement(self._due_text(entry)) for entry in self._schedule.take_due()]

    def next_due_s(self) -> float | None:
        """Seconds until the next announcement, 0 if one waits; None if nothing runs."""
        if self._missed:
            return 0.0
        entries = self._schedule.entries()
        return max(0.0, self._schedule.left(entries[0])) if entries else None

    def _due_text(self, entry: Entry) -> str:
        late = self._clock().timestamp() - self._ended(entry).timestamp() > _LATE_S
        if late:
            return f"{_upper_first(self._past(entry))}; I could not say so then."
        if entry.kind == "timer":
            return f"Your {_label(entry)} is done."
        return f"It is {spoken.clock(entry.moment)}. This is your alarm."

    def _missed_text(self) -> str:
        return f"While I was off, {spoken.listing([self._past(entry) for entry in self._missed])}."

    def _past(self, entry: Entry) -> str:
        ended, today = self._ended(entry), self._clock().date()
        day = "" if ended.date() == today else f" {spoken.near_day(ended.date(), today)}"
        what = f"{_label(entry)} ended" if entry.kind == "timer" else "alarm was due"
        return f"your {what} at {spoken.clock(ended)}{day}"

    def _ended(self, entry: Entry) -> datetime:
        return self._schedule.ended_at(entry)

    def _list(self, kinds: tuple[str, ...], entries: list[Entry], now: datetime) -> str:
        sentences = []
        for kind in kinds:
            told = [self.describe(entry, now) for entry in entries if entry.kind == kind]
            if told:
                sentences.append(f"You have {spoken.count(len(told), kind)}: {_shortened(told)}.")
        return " ".join(sentences) or f"You have no {' and no '.join(f'{kind}s' for kind in kinds)}."

    def describe(self, entry: Entry, now: datetime) -> str:
        """``the pasta timer with 5 minutes left``, ``6 AM tomorrow``."""
        if entry.kind == "timer":
            return f"the {_label(entry)} with {spoken.remaining(self._schedule.left(entry))} left"
        return f"{spoken.clock(entry.moment)} {spoken.near_day(entry.moment.date(), now.date())}"

    def _left(self, kinds: tuple[str, ...], name: str, now: datetime) -> Callable[[], Answer] | None:
        entries = self.named(kinds, name)
        if name and not entries:
            return self._unknown(kinds, name)
        if len(entries) != 1:
            return lambda: Answer(self._list(kinds, entries, now), "timers")
        left = spoken.remaining(self._schedule.left(entries[0]))
        if entries[0].kind == "timer":
            return lambda: Answer(f"You have {left} left on the {_label(entries[0])}.", "timers")
        return lambda: Answer(f"The alarm is set for {self.describe(entries[0], now)}, {left} from now.", "timers")

    @staticmethod
    def label(entry: Entry) -> str:
        """``pasta timer``, ``10 minute timer``, ``6 AM alarm``."""
        return _label(entry)

    def named(self, kinds: tuple[str, ...], name: str) -> list[Entry]:
        """Those of these kinds that a name, a length, an hour or a place means; all of them without a name."""
        entries = [entry for kind in kinds for entry in self._schedule.entries(kind)]
        ordinal = read_ordinal(name.split())
        if ordinal and ordinal[1] == len(name.split()):
            return entries[ordinal[0] - 1 : ordinal[0]]
        return [entry for entry in entries if not name or _is_called(entry, name)]

    def _unknown(self, kinds: tuple[str, ...], name: str) -> Callable[[], Answer] | None:
        """No such entry: said for a plausible name, not taken for a longer phrase."""
        if len(name.split()) > _MOST_NAME_WORDS:
            return None
        return lambda: Answer(f"There is no {name} {kinds[0]}.", "timers")

    def _cancel(self, kinds: tuple[str, ...], name: str, every: bool, now: datetime) -> Callable[[], Answer] | None:
        entries = self.named(kinds, name)
        if name and not entries:
            return self._unknown(kinds, name)
        if not entries:
            return lambda: Answer(f"You have no {' and no '.join(f'{kind}s' for kind in kinds)} to cancel.", "timers")
        if len(entries) > 1 and not every:
            return lambda: self._ask_which(entries, now)
        return lambda: self.cancel(entries)

    def cancel(self, entries: list[Entry]) -> Answer:
        """Take these out."""
        saved = self._schedule.remove(entries)
        kinds = {entry.kind for entry in entries}
        if len(entries) == 1:
            told = f"{_upper_first(_label(entries[0]))} cancelled."
        else:
            told = f"All {len(entries)} {f'{kinds.pop()}s' if len(kinds) == 1 else 'timers and alarms'} cancelled."
        return Answer(told if saved else told + _KEPT, "timers")

    def _ask_which(self, entries: list[Entry], now: datetime) -> Answer:
        def follow(said: Utterance, _now: datetime) -> Answer | None:
            text = re.sub(r"^(?:cancel )?(?:the |my )?| (?:timer|alarm|one)$", "", said.text)
            if said.text in _ALL:
                return self.cancel(entries)
            chosen = [
                entry for entry in self.named(tuple(dict.fromkeys(e.kind for e in entries)), text) if entry in entries
            ]
            return self.cancel(chosen) if text and len(chosen) == 1 else None

        labels = [f"the {_label(entry)}" for entry in entries]
        if len(set(labels)) < len(labels):
            labels = [self.describe(entry, now) for entry in entries]
        which = _shortened(labels, "or")
        return Answer(f"Which one: {which}?", "timers", follow_up=follow)


def _first_match(patterns: tuple[re.Pattern[str], ...], text: str) -> re.Match[str] | None:
    return next(filter(None, (pattern.fullmatch(text) for pattern in patterns)), None)


def _shortened(parts: list[str], joint: str = "and") -> str:
    """The first few; the rest as a number, because a voice reads them all."""
    rest = len(parts) - _MOST_TOLD
    return spoken.listing(parts if rest <= 0 else [*parts[:_MOST_TOLD], f"{rest} more"], joint)


def _kinds(word: str) -> tuple[str, ...]:
    return tuple(kind for kind in ("timer", "alarm") if kind in word)


def _upper_first(text: str) -> str:
    return text[:1].upper() + text[1:]


def _label(entry: Entry) -> str:
    """``pasta timer``, ``10 minute timer``, ``6 AM alarm``."""
    if entry.kind == "alarm":
        return f"{spoken.clock(entry.moment)} alarm"
    return f"{entry.name or spoken.length(entry.seconds)} timer"


def _is_called(entry: Entry, name: str) -> bool:
    if entry.kind == "timer":
        return name == entry.name or parse_duration(name.split()) == entry.seconds
    said = parse_time(name)
    if not said or said.minute != entry.moment.minute:
        return False
    return said.hour == entry.moment.hour or (not said.sure and said.hour % 12 == entry.moment.hour % 12)
