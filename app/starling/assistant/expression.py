"""Arithmetic in words and digits: tokens, a recursive-descent parser, exact values."""

from __future__ import annotations

import decimal
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from starling.assistant.spoken import number
from starling.core.numbers import read_number, read_ordinal

MOST_TOKENS = 100
_MOST_BITS = 4096
_DIGITS = 60

_PHRASES: dict[tuple[str, ...], str] = {
    tuple(phrase.split()): name
    for name, phrases in {
        "+": ("plus", "+", "added to"),
        "-": ("minus", "-", "take away", "subtract", "negative"),
        "*": ("times", "time", "x", "*", "multiplied by"),
        "/": ("divided by", "divide by", "/", "over"),
        "mod": ("mod", "modulo"),
        "^": ("to the power of", "raised to the power of", "raised to the", "^"),
        "sqrt": ("the square root of", "square root of"),
        "cbrt": ("the cube root of", "cube root of"),
        "sq": ("squared",),
        "cube": ("cubed",),
        "%": ("percent", "per cent"),
        "of": ("of",),
        "off": ("off",),
        "(": ("(",),
        ")": (")",),
        "last": ("that", "it", "the result", "the answer"),
    }.items()
    for phrase in phrases
}
_LONGEST_PHRASE = max(map(len, _PHRASES))
_SPOKEN = {
    "+": "plus", "-": "minus", "*": "times", "/": "divided by", "^": "to the power of", "sqrt": "the square root of",
    "cbrt": "the cube root of", "sq": "squared", "cube": "cubed", "%": "percent",
}  # fmt: skip
_SIMPLE: dict[str, Callable[[Fraction, Fraction], Fraction]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "mod": operator.mod,
}  # fmt: skip
BINARY = frozenset({"+", "-", "*", "/", "mod", "^", "of", "off"})


class MathError(Exception):
    """What cannot be computed; the text is a sentence for the user."""


class Token(NamedTuple):
    """An operator's name, or ``number`` with its value and, for ``half`` or ``two thirds``, the words."""

    kind: str
    value: Fraction = Fraction(0)
    said: str = ""

    def __str__(self) -> str:
        return self.said or number(self.value) if self.kind == "number" else _SPOKEN.get(self.kind, self.kind)


@dataclass(frozen=True)
class Value:
    """A result; ``exact`` is False once an irrational root has been rounded."""

    number: Fraction
    exact: bool = True
    percent: bool = False


def tokenise(words: Sequence[str]) -> list[Token] | None:
    """Tokens of the whole word list, or None if a word is neither number nor operator."""
    tokens: list[Token] = []
    index = 0
    while index < len(words):
        if len(tokens) >= MOST_TOKENS:
            return None
        step = _phrase(words, index) or _ordinal_power(words, index) or _number(words, index)
        if step is None:
            return None
        tokens += step[0]
        index = step[1]
    return tokens


def _phrase(words: Sequence[str], index: int) -> tuple[list[Token], int] | None:
    for size in range(_LONGEST_PHRASE, 0, -1):
        kind = _PHRASES.get(tuple(words[index : index + size]))
        if kind:
            return [Token(kind)], index + size
    return None


def _ordinal_power(words: Sequence[str], index: int) -> tuple[list[Token], int] | None:
    """``to the fourth power``, ``to the tenth``."""
    if tuple(words[index : index + 2]) != ("to", "the") or not (power := read_ordinal(words, index + 2)):
        return None
    after = power[1] + (words[power[1] : power[1] + 1] == ["power"])
    return [Token("^"), Token("number", Fraction(power[0]))], after


def _number(words: Sequence[str], index: int) -> tuple[list[Token], int] | None:
    read = read_number(words, index, pairs=True)
    if not read:
        return None
    said = " ".join(words[index : read[1]])
    in_words = read[0].denominator > 1 and "point" not in said and not any(map(str.isdigit, said))
    return [Token("number", read[0], said if in_words else "")], read[1]


def evaluate(tokens: Sequence[Token]) -> Value | None:
    """The value, or None if the tokens are no expression. Raises MathError for what has no answer."""
    parser = _Parser(tokens)
    value = parser.sum()
    return value if value and parser.at_end() else None


def echo(tokens: Sequence[Token]) -> str:
    """The expression as Starling understood it."""
    text = " ".join(map(str, tokens)).replace("( ", "(").replace(" )", ")")
    return text[:1].upper() + text[1:]


class _Parser:
    """sum > product > negation > power > postfix > atom; each rule returns None where its input does not fit."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        self._at = 0

    def at_end(self) -> bool:
        return self._at == len(self._tokens)

    def _take(self, *kinds: str) -> str:
        if self._at < len(self._tokens) and self._tokens[self._at].kind in kinds:
            self._at += 1
            return self._tokens[self._at - 1].kind
        return ""

    def sum(self) -> Value | None:
        left = self._product()
        while left and (sign := self._take("+", "-")):
            right = self._product()
            if right and right.percent:  # 50 plus 10 percent is 55, as on every pocket calculator
                right = _combine("*", left, right)
            left = right and _combine(sign, left, right)
        return left

    def _product(self) -> Value | None:
        left = self._negation()
        while left and (sign := self._take("*", "/", "mod", "of", "off")):
            right = self._negation()
            if sign == "of" and not (left.percent or 0 < left.number < 1):
                return None  # half of ten is a product, one of ten is not
            if sign == "off":
                left = Value(1 - left.number, left.exact) if left.percent else None
            left = left and right and _combine("*" if sign in {"of", "off"} else sign, left, right)
        return left

    def _negation(self) -> Value | None:
        if self._take("-"):
            value = self._negation()
            return value and Value(-value.number, value.exact, value.percent)
        return self._power()

    def _power(self) -> Value | None:
        base = self._postfix()
        if base and self._take("^"):
            exponent = self._negation()
            return exponent and _combine("^", base, exponent)
        return base

    def _postfix(self) -> Value | None:
        value = self._atom()
        while value and (sign := self._take("sq", "cube", "%")):
            if sign == "%":
                value = Value(value.number / 100, value.exact, percent=True)
            else:
                value = _combine("^", value, Value(Fraction(2 if sign == "sq" else 3)))
        return value

    def _atom(self) -> Value | None:
        if self._take("number"):
            return Value(self._tokens[self._at - 1].value)
        if root := self._take("sqrt", "cbrt"):
            inner = self._negation()
            return inner and _root(inner, 2 if root == "sqrt" else 3)
        if self._take("("):
            value = self.sum()
            return value if value and self._take(")") else None
        return None


def _combine(sign: str, left: Value, right: Value) -> Value:
    a, b = left.number, right.number
    if sign in {"/", "mod"} and b == 0:
        raise MathError("I cannot divide by zero.")
    if sign == "^":
        return _power(left, right)
    return Value(_bounded(_SIMPLE[sign](a, b)), left.exact and right.exact)


def _bits(value: Fraction) -> int:
    return max(value.numerator.bit_length(), value.denominator.bit_length())


def _bounded(value: Fraction) -> Fraction:
    if _bits(value) > _MOST_BITS:
        raise MathError("That number is too large for me to work out.")
    return value


def _power(base: Value, exponent: Value) -> Value:
    a, b = base.number, exponent.number
    if a == 0 and b < 0:
        raise MathError("I cannot divide by zero.")
    if a in (0, 1) and b > 0:
        return Value(a, base.exact and exponent.exact)
    if b.denominator == 1:
        if abs(b.numerator) * max(1, _bits(a) - 1) > _MOST_BITS:
            raise MathError("That number is too large for me to work out.")
        return Value(a**b.numerator, base.exact and exponent.exact)
    if a < 0:
        raise MathError("A negative number to a fractional power is not a real number.")
    if b.denominator == 2 and abs(b.numerator) * _bits(a) <= _MOST_BITS:
        return _root(Value(a**b.numerator, base.exact and exponent.exact), 2)
    return Value(_approximate(a, b), exact=False)


def _root(value: Value, degree: int) -> Value:
    if value.number < 0 and degree % 2 == 0:
        raise MathError("The square root of a negative number is not a real number.")
    size = abs(value.number)
    negative = -1 if value.number < 0 else 1
    top, bottom = _whole_root(size.numerator, degree), _whole_root(size.denominator, degree)
    if top is not None and bottom is not None:
        return Value(Fraction(negative * top, bottom), value.exact)
    return Value(negative * _approximate(size, Fraction(1, degree)), exact=False)


def _whole_root(value: int, degree: int) -> int | None:
    """The whole number whose power is ``value``, found by bisection, or None."""
    low, high = 0, 1 << (value.bit_length() // degree + 1)
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if middle**degree < value else (low, middle)
    return low if low**degree == value else None


def _approximate(base: Fraction, exponent: Fraction) -> Fraction:
    with decimal.localcontext(decimal.Context(prec=_DIGITS, Emax=1300, Emin=-1300)):
        try:
            power = Decimal(exponent.numerator) / Decimal(exponent.denominator)
            result = (Decimal(base.numerator) / Decimal(base.denominator)) ** power
        except decimal.Overflow as error:
            raise MathError("That number is too large for me to work out.") from error
        return _bounded(Fraction(result)) if result else Fraction(0)
