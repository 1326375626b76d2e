from __future__ import annotations

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from starling.core.numbers import parse_number, read_number, read_ordinal
from tests.helpers.number_words import cardinal

NUMBERS = [
    ("zero", "0"),
    ("seven", "7"),
    ("twenty three", "23"),
    ("a hundred and five", "105"),
    ("one hundred five", "105"),
    ("twelve hundred", "1200"),
    ("a thousand", "1000"),
    ("two thousand twenty six", "2026"),
    ("two thousand and twenty six", "2026"),
    ("nineteen eighty four", "1984"),
    ("twenty twenty six", "2026"),
    ("nineteen oh five", "1905"),
    ("two million three hundred thousand and four", "2300004"),
    ("one point five million", "1500000"),
    ("1.5 million", "1500000"),
    ("3 thousand", "3000"),
    ("two dozen", "24"),
    ("three point one four", "3.14"),
    ("three point fourteen", "3.14"),
    ("zero point oh five", "0.05"),
    ("point five", "0.5"),
    (".5", "0.5"),
    ("23", "23"),
    ("half", "1/2"),
    ("a half", "1/2"),
    ("a quarter", "1/4"),
    ("three quarters", "3/4"),
    ("two thirds", "2/3"),
    ("two and a half", "5/2"),
    ("five and three quarters", "23/4"),
    ("minus five", "-5"),
    ("negative point two five", "-1/4"),
]


def test_parse_number() -> None:
    assert {words: parse_number(words.split()) for words, _ in NUMBERS} == {words: Fraction(v) for words, v in NUMBERS}


def test_what_is_no_number() -> None:
    for words in ("", "one two", "two thousand million billion", "and five", "five and", "point", "times", "a"):
        assert parse_number(words.split()) is None, words


def test_years_are_pairs_only_on_request() -> None:
    words = "nineteen eighty four".split()
    assert read_number(words) == (19, 1)
    assert read_number(words, pairs=True) == (1984, 3)


def test_reading_stops_where_the_number_ends() -> None:
    assert read_number("set twenty three times seven".split(), 1) == (23, 3)
    assert read_number("five and three".split()) == (5, 1)


def test_a_literal_of_a_million_digits_is_refused() -> None:
    assert read_number(["9" * 1_000_000]) is None


@settings(deadline=None)  # a loaded machine pauses at will
@given(st.integers(0, 10**15 - 1))
def test_every_cardinal_is_read_back(value: int) -> None:
    assert parse_number(cardinal(value).split()) == value


ORDINALS = [("first", 1), ("twenty fourth", 24), ("24th", 24), ("thirty first", 31), ("thirtieth", 30), ("2nd", 2)]


def test_ordinals() -> None:
    for words, value in ORDINALS:
        assert read_ordinal(words.split()) == (value, len(words.split()))
    for words in ("", "twenty", "four", "24", "th"):
        assert read_ordinal(words.split()) is None, words
