from __future__ import annotations

from datetime import date, datetime
from fractions import Fraction

from starling.assistant import spoken

NUMBERS = [
    ("0", "0"),
    ("161", "161"),
    ("-5", "minus 5"),
    ("1234567", "1,234,567"),
    ("0.3", "0.3"),
    ("-0.05", "minus 0.05"),
    ("1/3", "about 0.3333"),
    ("2/3", "about 0.6667"),
    ("-1/30", "about minus 0.03333"),
    ("1/3000", "about 3.3333 times 10 to the power of minus 4"),
    ("0.00001", "0.00001"),
    ("1e-9", "about 1 times 10 to the power of minus 9"),
    ("999999999999999", "999,999,999,999,999"),
    ("1e30", "about 1 times 10 to the power of 30"),
    ("99999999999999999999", "about 1 times 10 to the power of 20"),
]


def test_number() -> None:
    assert [(value, spoken.number(Fraction(value))) for value, _ in NUMBERS] == NUMBERS


MEASURES = [("8.04672", "about 8.047"), ("177.8", "177.8"), ("12345.678", "about 12,346"), ("604800", "604,800")]


def test_measure() -> None:
    assert [(value, spoken.measure(Fraction(value))) for value, _ in MEASURES] == MEASURES


DURATIONS = [
    (1, "1 second"),
    (60, "1 minute"),
    (90, "1 minute and 30 seconds"),
    (5400, "1 hour and 30 minutes"),
    (3661, "1 hour, 1 minute and 1 second"),
    (86400, "1 day"),
]


def test_duration() -> None:
    assert [(seconds, spoken.duration(seconds)) for seconds, _ in DURATIONS] == DURATIONS


def test_a_length_before_a_noun_is_singular() -> None:
    assert spoken.length(5400) == "1 hour and 30 minute"


LEFT = [(0.2, "1 second"), (59.5, "1 minute"), (599.9, "10 minutes"), (601, "11 minutes"), (3599, "1 hour")]


def test_what_is_left_is_rounded_up() -> None:
    assert [(seconds, spoken.remaining(seconds)) for seconds, _ in LEFT] == LEFT


CLOCKS = ["12 midnight", "12:05 AM", "9:30 AM", "12 noon", "3 PM", "11:59 PM"]


def test_clock() -> None:
    times = [(0, 0), (0, 5), (9, 30), (12, 0), (15, 0), (23, 59)]
    assert [spoken.clock(datetime(2026, 1, 1, hour, minute)) for hour, minute in times] == CLOCKS


def test_ordinal() -> None:
    assert [spoken.ordinal(value) for value in (1, 2, 3, 11, 21, 112)] == ["1st", "2nd", "3rd", "11th", "21st", "112th"]


def test_near_days() -> None:
    today = date(2026, 11, 22)
    told = [spoken.near_day(date(2026, 11, day), today) for day in (21, 22, 23, 25, 29)]
    assert told == ["yesterday", "today", "tomorrow", "on Wednesday", "on Sunday, November 29th, 2026"]
