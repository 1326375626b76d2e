"""``what day is it``, ``what day of the week is the 24th of december``, ``how many days until christmas``."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta

from starling.assistant import spoken
from starling.assistant.answer import Answer, Utterance
from starling.assistant.dates import WEEKDAY, parse_day

_TODAY = re.compile(
    r"(?:what day is it|what day it is|what date is it|what is the date|the date|what is (?:the )?todays date|"
    r"what day is today|what is the day|what is today|todays date|what is the (?:current )?date|"
    r"what day of the week is it|"
    r"what is the day of the week|which day is it|what date is today)(?: today)?"
)
_YEAR = re.compile(r"what year (?:is it|are we in|it is)|what is the year|which year is it")
_MONTH = re.compile(r"what month (?:is it|are we in|it is)|what is the month|which month is it")
_WEEK = re.compile(r"what week (?:is it|are we in|number is it)|what is the (?:week number|number of the week)")
_NAMED = re.compile(
    r"(?:what|which) (?:is (?:the )?(?:date|day)(?: of)? |(?:day of the week|weekday|day|date) "
    r"(?:is|was|will|does) (?:it be |it |be )?)(?P<day>.+?)(?: fall on| be| on)?"
)
_POSSESSIVE = re.compile(
    r"what (?:is|was) (?P<day>tomorrow|yesterday)s (?:date|day)|what (?:is|was) (?P<plain>tomorrow|yesterday)"
)
_WHEN = re.compile(r"when is (?P<day>.+)")
_UNTIL = re.compile(
    r"how (?:many (?P<unit>days|weeks)|long) (?:is it |are there |is there )?(?:left )?"
    r"(?:until|till|to|before) (?P<day>.+)"
)
_SINCE = re.compile(r"how many (?P<unit>days|weeks) (?:is it |has it been |have passed )?since (?P<day>.+)")


class Calendar:
    """Says dates, weekdays and the days between them."""

    def match(self, said: Utterance, now: datetime) -> Callable[[], Answer] | None:
        """See :class:`starling.assistant.answer.Skill`."""
        sentence = _sentence(said.text.removeprefix("and "), now.date())
        return (lambda: Answer(sentence, "date")) if sentence else None


def _sentence(text: str, today: date) -> str:
    if _TODAY.fullmatch(text):
        return f"Today is {spoken.day(today)}."
    if _YEAR.fullmatch(text):
        return f"It is {today.year}."
    if _MONTH.fullmatch(text):
        return f"It is {spoken.MONTHS[today.month - 1]} {today.year}."
    if _WEEK.fullmatch(text):
        return f"It is week {today.isocalendar().week}."
    if found := _POSSESSIVE.fullmatch(text) or _NAMED.fullmatch(text) or _WHEN.fullmatch(text):
        groups = found.groupdict()
        return _name(parse_day(groups["day"] or groups["plain"], today), today)
    if found := _UNTIL.fullmatch(text):
        return _distance(parse_day(found["day"], today), today, found["unit"] or "days")
    if found := _SINCE.fullmatch(text):
        return _distance(_past_day(found["day"], today), today, found["unit"])
    return ""


def _past_day(text: str, today: date) -> date | None:
    """The last such day: a weekday of the past week, a date without a year of the past year."""
    day = parse_day(text, today)
    if day and day > today:
        back = 7 if text in WEEKDAY else 366
        day = parse_day(text, today - timedelta(days=back))
    return day if day and day <= today else None


def _name(day: date | None, today: date) -> str:
    if day is None:
        return ""
    if abs((day - today).days) <= 1:
        return f"{spoken.near_day(day, today).capitalize()} {'was' if day < today else 'is'} {spoken.day(day)}."
    return f"That {'was' if day < today else 'is'} {spoken.day(day)}."


def _distance(day: date | None, today: date, unit: str) -> str:
    if day is None:
        return ""
    days = abs((day - today).days)
    if not days:
        return f"That is today, {spoken.day(today)}."
    amount = spoken.count(days, "day")
    if unit == "weeks" and days >= 7:
        weeks, rest = divmod(days, 7)
        amount = spoken.listing([spoken.count(weeks, "week"), *([spoken.count(rest, "day")] if rest else [])])
    verb = "since" if day < today else "until"
    return f"It is {amount} {verb} {spoken.day(day)}."
