"""Numbers as people say them: words, digits and mixtures become exact fractions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

_DIGITS = {
    "zero": 0, "oh": 0, "o": 0, "nought": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9,
}  # fmt: skip
_TEENS = {
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80,
    "ninety": 90,
}  # fmt: skip
_SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_GROUPS = {"hundred": 100, "dozen": 12}
_ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9,
    "tenth": 10, "eleventh": 11, "twelfth": 12, "thirteenth": 13, "fourteenth": 14, "fifteenth": 15, "sixteenth": 16,
    "seventeenth": 17, "eighteenth": 18, "nineteenth": 19, "twentieth": 20, "thirtieth": 30,
}  # fmt: skip
_DENOMINATORS = {"half": 2, "halves": 2, "quarter": 4, "quarters": 4} | {
    f"{word}{plural}": value for word, value in _ORDINALS.items() if 3 <= value <= 10 for plural in ("", "s")
}
_LITERAL = re.compile(r"\d+(?:\.\d+)?|\.\d+")
_LITERAL_ORDINAL = re.compile(r"(\d+)(?:st|nd|rd|th)")
_LONGEST_LITERAL = 100

Read = tuple[Fraction, int]
"""A value and the index of the word after it."""


def _word(words: Sequence[str], index: int) -> str:
    return words[index] if index < len(words) else ""


def read_below_hundred(words: Sequence[str], start: int) -> tuple[int, int] | None:
    """A whole number 0..99 at ``start``: ``("seven",)``, ``("twenty", "three")`` or ``("42",)``."""
    word, after = _word(words, start), _word(words, start + 1)
    if word.isdecimal() and len(word) <= 2:
        return int(word), start + 1
    if word in _TENS:
        unit = _DIGITS.get(after, 0)
        return _TENS[word] + unit, start + (2 if unit else 1)
    small = _DIGITS.get(word, _TEENS.get(word))
    return None if small is None else (small, start + 1)


def _read_chunk(words: Sequence[str], start: int) -> Read | None:
    """What may stand before thousand: ``twenty three``, ``a hundred and five``, ``two dozen``, ``1.5``."""
    word = _word(words, start)
    if word in {"a", "an"} and _word(words, start + 1) in {*_GROUPS, *_SCALES}:
        value, index = Fraction(1), start + 1
    elif _LITERAL.fullmatch(word) and len(word) <= _LONGEST_LITERAL:
        value, index = Fraction(word), start + 1
    elif small := read_below_hundred(words, start):
        value, index = Fraction(small[0]), small[1]
    else:
        return None
    group = _GROUPS.get(_word(words, index))
    if not group or value == 0:
        return value, index
    value, index = value * group, index + 1
    rest = read_below_hundred(words, index + (_word(words, index) == "and")) if group == 100 else None
    return (value + rest[0], rest[1]) if rest and rest[0] else (value, index)


def _read_cardinal(words: Sequence[str], start: int) -> Read | None:
    """Chunks with falling scales: ``two million three hundred thousand and four``."""
    total, index, limit = Fraction(0), start, 10**15
    while chunk := _read_chunk(words, index + (index > start and _word(words, index) == "and")):
        value, after = chunk
        scale = _SCALES.get(_word(words, after), 1)
        if scale >= limit or (index > start and value * scale >= limit):
            break
        total, index, limit = total + value * scale, after + (scale > 1), scale
        if scale == 1:
            break
    return None if index == start else (total, index)


def _read_decimals(words: Sequence[str], start: int) -> tuple[str, int]:
    """The digits after ``point``: single digits in a row, or one number such as ``fourteen``."""
    digits, index = "", start
    while (word := _word(words, index)) in _DIGITS or word.isdecimal():
        digits, index = digits + (word if word.isdecimal() else str(_DIGITS[word])), index + 1
    if not digits and (small := read_below_hundred(words, start)):
        return str(small[0]), small[1]
    return digits, index


def _read_fraction(words: Sequence[str], start: int) -> Read | None:
    """``half``, ``a quarter``, ``three quarters``, ``two thirds``."""
    if _word(words, start) in {"half", "quarter"}:
        return Fraction(1, _DENOMINATORS[words[start]]), start + 1
    top = (1, start + 1) if _word(words, start) in {"a", "an"} else read_below_hundred(words, start)
    if not top or not 1 <= top[0] < 20:
        return None
    bottom = _DENOMINATORS.get(_word(words, top[1]))
    return (Fraction(top[0], bottom), top[1] + 1) if bottom else None


def _read_pair(words: Sequence[str], start: int) -> Read | None:
    """Two numbers in the manner of years: ``nineteen eighty four``, ``twenty oh five``."""
    if _word(words, start).isdecimal() or not (first := read_below_hundred(words, start)) or first[0] < 10:
        return None
    zero = _word(words, first[1]) in {"oh", "o"}
    second = read_below_hundred(words, first[1] + zero)
    if not second or words[second[1] - 1].isdecimal() or zero != (second[0] < 10):
        return None
    return Fraction(first[0] * 100 + second[0]), second[1]


def read_number(words: Sequence[str], start: int = 0, *, pairs: bool = False) -> Read | None:
    """The longest number that begins at ``start``, or None.

    Args:
        words: normalised words (see :func:`starling.core.text.normalise`).
        start: where to begin.
        pairs: also take ``nineteen eighty four`` as 1984; where times or lists may follow, that is a wrong guess.
    """
    if fraction := _read_fraction(words, start):
        return fraction
    if pairs and (pair := _read_pair(words, start)):
        return pair
    whole = _read_cardinal(words, start)
    value, index = whole or (Fraction(0), start)
    if _word(words, index) == "point":
        digits, after = _read_decimals(words, index + 1)
        if digits:
            scale = _SCALES.get(_word(words, after), 1)
            return (value + Fraction(int(digits), 10 ** len(digits))) * scale, after + (scale > 1)
    if whole and _word(words, index) == "and" and (part := _read_fraction(words, index + 1)):
        return value + part[0], part[1]
    return whole


def parse_number(words: Sequence[str]) -> Fraction | None:
    """The number that all the words together are, with ``minus`` or ``negative`` allowed; else None."""
    sign = -1 if _word(words, 0) in {"minus", "negative", "-"} else 1
    read = read_number(words, int(sign < 0), pairs=True)
    return sign * read[0] if read and read[1] == len(words) else None


def read_ordinal(words: Sequence[str], start: int = 0) -> tuple[int, int] | None:
    """An ordinal 1..99 at ``start``: ``twenty fourth``, ``24th``, ``first``; the value and the next index."""
    word, after = _word(words, start), _word(words, start + 1)
    if literal := _LITERAL_ORDINAL.fullmatch(word):
        return (int(literal[1]), start + 1) if 1 <= len(literal[1]) <= 2 else None
    if word in _TENS and 1 <= _ORDINALS.get(after, 0) <= 9:
        return _TENS[word] + _ORDINALS[after], start + 2
    return (_ORDINALS[word], start + 1) if word in _ORDINALS else None
