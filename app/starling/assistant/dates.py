"""Days as people name them: ``the 24th of december``, ``christmas``, ``friday``, ``in ten days``."""

from __future__ import annotations

import re
from datetime import date, timedelta
from fractions import Fraction

from starling.assistant.spoken import MONTHS, WEEKDAYS
from starling.core.numbers import parse_number, read_below_hundred, read_number, read_ordinal

_MONTH = {name.lower(): index + 1 for index, name in enumerate(MONTHS)} | {
    name[:3].lower(): index + 1 for index, name in enumerate(MONTHS)
}
WEEKDAY = {name.lower(): index for index, name in enumerate(WEEKDAYS)}
_FEASTS = {
    "christmas": (12, 25), "christmas day": (12, 25), "christmas eve": (12, 24), "boxing day": (12, 26),
    "halloween": (10, 31), "valentines day": (2, 14), "new years eve": (12, 31), "new year": (1, 1),
    "new years": (1, 1), "new years day": (1, 1), "the new year": (1, 1),
}  # fmt: skip
_RELATIVE = {
    "today": 0, "tomorrow": 1, "yesterday": -1, "the day after tomorrow": 2, "the day before yesterday": -2,
}  # fmt: skip
_SHIFT = re.compile(r"(in )?(.+) (day|week)s?( from (?:now|today)| ago)?")


def parse_day(text: str, today: date) -> date | None:
    """The day a normalised phrase names, or None. Without a year it is the next such day, today included."""
    text = text.removeprefix("on ").removeprefix("this ")
    if text in _RELATIVE:
        return today + timedelta(days=_RELATIVE[text])
    if text in _FEASTS:
        return _next(today, *_FEASTS[text])
    if text.removeprefix("next ") in WEEKDAY:
        ahead = (WEEKDAY[text.removeprefix("next ")] - today.weekday()) % 7
        return today + timedelta(days=ahead or 7 * text.startswith("next "))
    return _shifted(text, today) or _calendar_day(text.split(), today)


def _shifted(text: str, today: date) -> date | None:
    """``in ten days``, ``three weeks ago``."""
    found = _SHIFT.fullmatch(text)
    if not found or bool(found[1]) == bool(found[4]):
        return None
    amount = Fraction(1) if found[2] in {"a", "one"} else parse_number(found[2].split())
    if amount is None or amount.denominator != 1 or not 0 <= amount <= 100_000:
        return None
    days = int(amount) * (7 if found[3] == "week" else 1)
    try:
        return today + timedelta(days=-days if found[4] == " ago" else days)
    except OverflowError:
        return None


def _calendar_day(words: list[str], today: date) -> date | None:
    """``24th of december 2026``, ``december twenty fourth``, ``the third of may``."""
    words = [word for word in words if word not in {"the", "of"}]
    if words and words[0] in _MONTH:
        month, day = _MONTH[words[0]], _read_day(words, 1)
        after = day[1] if day else 0
    else:
        day = _read_day(words, 0)
        month = _MONTH.get(words[day[1]], 0) if day and day[1] < len(words) else 0
        after = day[1] + 1 if day else 0
    if not day or not month:
        return None
    year = _read_year(words, after)
    if year is None:
        return None
    return _on(year, month, day[0]) if year else _next(today, month, day[0])


def _read_day(words: list[str], start: int) -> tuple[int, int] | None:
    return read_ordinal(words, start) or read_below_hundred(words, start)


def _read_year(words: list[str], start: int) -> int | None:
    """The year at the end; 0 if there is none, None if what stands there is no year."""
    if start == len(words):
        return 0
    start += words[start] == "in"
    read = read_number(words, start, pairs=True)
    year = int(read[0]) if read and read[1] == len(words) and read[0].denominator == 1 else 0
    return year if 1583 <= year <= 9999 else None  # the Gregorian calendar's first whole year


def _on(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _next(today: date, month: int, day: int) -> date | None:
    """This day in the first year from today on that has it: the 29th of February may be years away."""
    candidates = (_on(year, month, day) for year in range(today.year, min(today.year + 9, 10_000)))
    return next((found for found in candidates if found and found >= today), None)
