"""Durations and times of day as people say them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from fractions import Fraction

from starling.assistant.dates import WEEKDAY
from starling.core.numbers import parse_number, read_below_hundred, read_number

UNIT_SECONDS = {
    name: size
    for size, names in {
        1: ("second", "seconds", "sec", "secs"),
        60: ("minute", "minutes", "min", "mins"),
        3_600: ("hour", "hours", "hr", "hrs"),
        86_400: ("day", "days"),
    }.items()
    for name in names
}
_HALVES: dict[tuple[str, ...], Fraction] = {
    ("and", "a", "half"): Fraction(1, 2),
    ("and", "a", "quarter"): Fraction(1, 4),
}


def parse_duration(words: Sequence[str]) -> int | None:
    """Whole seconds if all the words are one duration: ``an hour and a half``, ``90 seconds``; else None."""
    total, index, smallest = Fraction(0), 0, 10**9
    while index < len(words):
        part = _read_part(words, index + (index > 0 and words[index] == "and"))
        if part is None or part[1] >= smallest:
            return None
        amount, smallest, index = part
        total += amount * smallest
    return round(total) if index else None


def _read_part(words: Sequence[str], start: int) -> tuple[Fraction, int, int] | None:
    """Amount, seconds of its unit, next index: ``ten minutes``, ``half an hour``, ``an hour and a half``."""
    if read := read_number(words, start):
        amount, index = read
        index += words[index : index + 1] == ["of"]
        index += amount < 1 and words[index : index + 1] in (["a"], ["an"])
    elif words[start : start + 1] in (["a"], ["an"], ["one"]):
        amount, index = Fraction(1), start + 1
    else:
        return None
    unit = UNIT_SECONDS.get(words[index]) if index < len(words) else None
    if not unit:
        return None
    extra = _HALVES.get(tuple(words[index + 1 : index + 4]))
    return (amount + extra, unit, index + 4) if extra else (amount, unit, index + 1)


@dataclass(frozen=True)
class SpokenTime:
    """A time of day as said; ``hour`` is 0..23 and, unless ``sure``, may as well be twelve hours later."""

    hour: int
    minute: int
    sure: bool
    day: str = ""

    def in_half(self, half: str) -> SpokenTime:
        """The same with ``am`` or ``pm`` settled."""
        return SpokenTime(self.hour % 12 + (12 if half == "pm" else 0), self.minute, True, self.day)

    def after(self, now: datetime) -> datetime | None:
        """The next such moment, naive local time; None if the day that was named leaves it in the past."""
        today = now.date()
        moment = datetime.combine(self._day(today), time(self.hour, self.minute))
        passed = moment <= now.replace(tzinfo=None)
        if passed and self.day in WEEKDAY:
            return moment + timedelta(days=7)
        if passed and not self.day:
            return moment + timedelta(days=1)
        return None if passed else moment

    def _day(self, today: date) -> date:
        if self.day in WEEKDAY:
            return today + timedelta(days=(WEEKDAY[self.day] - today.weekday()) % 7)
        return today + timedelta(days=self.day == "tomorrow")


_DAY = re.compile(rf"\b(?:on )?(today|tomorrow|{'|'.join(WEEKDAY)})\b")
_HALF = re.compile(
    r"\b(?:(?P<am>am|in the morning|this morning|morning)|"
    r"(?P<night>at night|tonight|night)|"
    r"(?P<pm>pm|in the afternoon|in the evening|this afternoon|this evening|afternoon|evening))\b"
)
_NIGHT_ENDS = 5
"""``two at night`` is 2 AM, ``eight at night`` is 8 PM."""
_FIXED = {"noon": (12, 0), "midday": (12, 0), "midnight": (0, 0), "12 noon": (12, 0), "twelve noon": (12, 0)}
_RELATIVE = re.compile(r"(?P<minutes>.+?)(?: minutes?)? (?P<side>past|after|to|before) (?P<hour>.+?)(?: oclock)?")
_DIGITAL = re.compile(r"(\d{1,2}):?(\d{2})")


def parse_time(text: str) -> SpokenTime | None:
    """``7:30``, ``seven thirty pm``, ``quarter past five tomorrow``, ``noon``, ``six in the morning``; else None."""
    days, halves = _DAY.findall(text), list(_HALF.finditer(text))
    kinds = {found.lastgroup for found in halves}
    if len(days) > 1 or len(kinds) > 1:
        return None
    bare = re.sub(r"^at | at$", "", " ".join(_HALF.sub(" ", _DAY.sub(" ", text)).split()))
    parts = _FIXED.get(bare) or _read_time(bare)
    if parts is None or (kinds and parts[0] > 12):
        return None
    said = SpokenTime(*parts, sure=bare in _FIXED or parts[0] > 12 or parts[0] == 0, day=days[0] if days else "")
    return said.in_half(_half(kinds.pop() or "", said.hour)) if kinds and not said.sure else said


def _half(kind: str, hour: int) -> str:
    if kind == "night":
        return "am" if hour == 12 or hour < _NIGHT_ENDS else "pm"
    return kind


def _read_time(text: str) -> tuple[int, int] | None:
    if digital := _DIGITAL.fullmatch(text):
        return _checked(int(digital[1]), int(digital[2]))
    if relative := _RELATIVE.fullmatch(text):
        return _relative(relative["minutes"], relative["side"], relative["hour"])
    words = text.removesuffix(" oclock").split()
    hour = read_below_hundred(words, 0)
    if not hour:
        return None
    if hour[1] == len(words):
        return _checked(hour[0], 0)
    zero = words[hour[1]] in {"oh", "o", "zero"}
    minute = read_below_hundred(words, hour[1] + zero)
    if minute and minute[1] == len(words) and zero == (minute[0] < 10):
        return _checked(hour[0], minute[0])
    return None


def _relative(minutes: str, side: str, hour_text: str) -> tuple[int, int] | None:
    named = {"half": 30, "a quarter": 15, "quarter": 15}.get(minutes)
    amount = Fraction(named) if named else parse_number(minutes.split())
    hour = _FIXED.get(hour_text, (0, 0))[0] or parse_number(hour_text.split())
    if amount is None or hour is None or amount.denominator != 1 or not 0 < amount < 60:
        return None
    if side in {"to", "before"}:
        return _checked(int(hour - 1) or 12, 60 - int(amount)) if minutes != "half" else None
    return _checked(int(hour), int(amount))


def _checked(hour: int, minute: int) -> tuple[int, int] | None:
    return (hour, minute) if 0 <= hour < 24 and 0 <= minute < 60 else None
