"""Random expressions, spoken and written, against Fraction arithmetic."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from starling.assistant.expression import MOST_TOKENS, MathError, evaluate, tokenise
from starling.core.text import normalise
from tests.helpers.number_words import cardinal

Case = tuple[str, Fraction | None]
"""How it is written, and its value; None where it divides by zero."""
BINARY = {
    "+": ("plus", "+"),
    "-": ("minus", "-"),
    "*": ("times", "*", "multiplied by"),
    "/": ("divided by", "/", "over"),
}


def value_of(text: str) -> Fraction | None:
    tokens = tokenise(normalise(text).split())
    result = evaluate(tokens) if tokens else None
    return result.number if result else None


def _leaf(number: int) -> st.SearchStrategy[Case]:
    return st.sampled_from([(str(number), Fraction(number)), (cardinal(number), Fraction(number))])


def _join(left: Case, operator: str, word: str, right: Case) -> Case:
    text = f"( {left[0]} ) {word} ( {right[0]} )"
    a, b = left[1], right[1]
    if a is None or b is None or (operator == "/" and b == 0):
        return text, None
    return text, {"+": a + b, "-": a - b, "*": a * b}[operator] if operator != "/" else a / b


def _branch(inner: st.SearchStrategy[Case]) -> st.SearchStrategy[Case]:
    operators = st.sampled_from([(sign, word) for sign, words in BINARY.items() for word in words])
    binary = st.builds(lambda left, op, right: _join(left, op[0], op[1], right), inner, operators, inner)
    unary = inner.map(lambda case: (f"minus ( {case[0]} )", None if case[1] is None else -case[1]))
    squared = inner.map(lambda case: (f"( {case[0]} ) squared", None if case[1] is None else case[1] ** 2))
    return binary | unary | squared


EXPRESSIONS = st.recursive(st.integers(0, 9999).flatmap(_leaf), _branch, max_leaves=6)


@settings(deadline=None)  # a loaded machine pauses at will
@given(EXPRESSIONS)
def test_bracketed_expressions(case: Case) -> None:
    text, value = case
    if value is None:
        with pytest.raises(MathError, match="zero"):
            value_of(text)
    else:
        assert value_of(text) == value


@settings(deadline=None)  # a loaded machine pauses at will
@given(st.lists(st.tuples(st.sampled_from("+-*"), st.integers(0, 999)), min_size=1, max_size=8), st.integers(0, 999))
def test_precedence_and_association_are_those_of_python(rest: list[tuple[str, int]], first: int) -> None:
    python = str(first) + "".join(f"{sign}{number}" for sign, number in rest)
    spoken = cardinal(first) + "".join(f" {BINARY[sign][0]} {cardinal(number)}" for sign, number in rest)
    expected = eval(python)
    assert value_of(python) == expected
    assert value_of(spoken) == expected


@settings(deadline=None)  # a loaded machine pauses at will
@given(st.decimals(0, 10**6, places=4), st.decimals(0, 10**6, places=4))
def test_decimals_are_exact(a: object, b: object) -> None:
    assert value_of(f"{a} + {b}") == Fraction(str(a)) + Fraction(str(b))


@settings(deadline=None)  # a loaded machine pauses at will
@given(st.text(alphabet="0123456789.+-*/^()% ", max_size=40))
def test_any_line_of_symbols_is_a_value_a_refusal_or_no_expression(text: str) -> None:
    try:
        value = value_of(text)
    except MathError:
        return
    assert value is None or isinstance(value, Fraction)


PRECEDENCE = [
    ("two plus three squared", 11),
    ("minus two squared", -4),
    ("(-2)^2", 4),
    ("2^3^2", 512),
    ("2^-1", Fraction(1, 2)),
    ("square root of nine plus seven", 10),
    ("the square root of (9 + 7)", 4),
    ("half of ten plus one", 6),
    ("200 minus 50 percent", 100),
    ("two times 10 percent", Fraction(1, 5)),
    ("square root of 0.25", Fraction(1, 2)),
    ("cube root of -27", -3),
    ("4^0.5", 2),
    ("1^1000000000000", 1),
    ("0^0", 1),
    ("-17 mod 5", 3),
]


@pytest.mark.parametrize(("text", "value"), PRECEDENCE)
def test_precedence(text: str, value: Fraction | int) -> None:
    assert value_of(text) == value


@pytest.mark.parametrize("text", ["plus", "2 +", "(2", "2)", "()", "2 3", "2 + * 3", "percent", "50 off 3", "^ 2"])
def test_no_expression(text: str) -> None:
    assert value_of(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "9^9^9",
        "2^5000",
        "10^999999999999",
        "(2^4000) * (2^4000)",
        "0.5^5000",
        "9^0.5^-99",
        "1e0 / 0",
        "5 mod 0",
        "0^-1",
    ],
)
def test_what_cannot_be_said_is_refused_at_once(text: str) -> None:
    with pytest.raises(MathError):
        value_of(text.replace("1e0", "1"))


def test_an_endless_expression_is_not_taken() -> None:
    assert tokenise(["(", ")"] * MOST_TOKENS) is None
    assert value_of("(" * 90 + "1" + ")" * 9) is None


def test_an_irrational_root_is_marked_as_rounded() -> None:
    tokens = tokenise("square root of two".split())
    assert tokens
    root = evaluate(tokens)
    assert root
    assert not root.exact
    assert abs(root.number**2 - 2) < Fraction(1, 10**50)
