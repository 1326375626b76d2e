# ruff: noqa: RUF001 (punctuation of other scripts is the point)
"""Clauses: early, natural, never inside a number, and nothing lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from starling.core.clauses import FIRST_LIMIT, LIMIT, UNBROKEN_LIMIT, ClauseSplitter

TEXTS = st.one_of(
    st.text(max_size=700),
    st.lists(
        st.sampled_from(
            [
                "word",
                " ",
                ", ",
                ". ",
                "! ",
                "3.14",
                "10:30",
                "1,000",
                "Dr. ",
                "e.g. ",
                "\n",
                "https://a.example/b.c?d=1,2",
                "—",
                '." ',
                "... ",
                "。",
                "，",
                "x" * 150,
                "  ",
                "1. ",
            ]
        ),
        max_size=120,
    ).map("".join),
)


def split(text: str) -> list[str]:
    splitter = ClauseSplitter()
    return splitter.feed(text) + splitter.finish()


@given(TEXTS)
def test_nothing_is_lost_and_no_clause_is_empty(text: str) -> None:
    clauses = split(text)
    assert "".join(clauses) == text
    assert all(clauses)


@given(TEXTS, st.lists(st.integers(1, 40), max_size=60))
def test_the_cuts_do_not_depend_on_how_the_text_arrived(text: str, sizes: list[int]) -> None:
    splitter = ClauseSplitter()
    clauses = []
    rest = text
    for size in sizes:
        clauses += splitter.feed(rest[:size])
        rest = rest[size:]
    clauses += splitter.feed(rest) + splitter.finish()
    assert clauses == split(text)


@given(TEXTS)
def test_no_clause_is_endless(text: str) -> None:
    assert all(len(clause) <= UNBROKEN_LIMIT + 1 for clause in split(text))


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("", []),
        ("Hello", ["Hello"]),
        ("It is ten thirty, and all is well. Good night to you, friend.",
         ["It is ten thirty,", " and all is well. Good night to you, friend."]),
        ("The answer is four. That was the whole of the sum. And another thing to say.",
         ["The answer is four.", " That was the whole of the sum.", " And another thing to say."]),
        ("Pi is about 3.14 and a day has 1,440 minutes. Yes it does indeed have them.",
         ["Pi is about 3.14 and a day has 1,440 minutes.", " Yes it does indeed have them."]),
        ("Meet me at 10:30 tomorrow: bring the book. Thanks for coming along.",
         ["Meet me at 10:30 tomorrow:", " bring the book. Thanks for coming along."]),
        ("Call Dr. Smith, who knows e.g. about J. Doe. Then rest for a little while.",
         ["Call Dr. Smith,", " who knows e.g. about J. Doe.", " Then rest for a little while."]),
        ("See https://example.org/a.b,c?d=1:2 for the rest of it. Then come back to me.",
         ["See https://example.org/a.b,c?d=1:2 for the rest of it.", " Then come back to me."]),
        ('She said "stop right now!" and left the house. He stayed where he was.',
         ['She said "stop right now!"', " and left the house. He stayed where he was."]),
        ("Hi. Yes. No. Well, that is everything I know about it.",
         ["Hi. Yes. No.", " Well, that is everything I know about it."]),
        ("Just a moment—let me look that up for you.", ["Just a moment—", "let me look that up for you."]),
        ("In the years 1990—2000 little happened.", ["In the years 1990—2000 little happened."]),
        ("Things to buy today\n1. Bread and butter\n2. Milk from the shop\n",
         ["Things to buy today\n", "1. Bread and butter\n2. Milk from the shop\n"]),
        ("今天天气很好，我们去公园散步吧。你觉得怎么样？", ["今天天气很好，我们去公园散步吧。", "你觉得怎么样？"]),
    ],
)  # fmt: skip
def test_where_it_cuts(text: str, clauses: list[str]) -> None:
    assert split(text) == clauses


def test_a_clause_comes_out_as_soon_as_its_mark_is_sure() -> None:
    splitter = ClauseSplitter()
    assert splitter.feed("It is ten thirty") == []
    assert splitter.feed(",") == []
    assert splitter.feed(" ") == ["It is ten thirty,"]


@pytest.mark.parametrize("limit_text", ["no mark at all " * 60])
def test_text_without_marks_is_cut_at_spaces(limit_text: str) -> None:
    clauses = split(limit_text)
    assert len(clauses[0]) <= FIRST_LIMIT
    assert all(len(clause) <= LIMIT for clause in clauses)
    assert all(clause.startswith(" ") for clause in clauses[1:])


def test_a_long_sentence_is_cut_at_a_comma() -> None:
    first = "This is the first one. "
    clauses = split(first + "a few more words, " * 30)
    assert all(clause.endswith(",") and len(clause) > LIMIT // 2 for clause in clauses[1:-1])


def test_an_address_is_never_cut() -> None:
    address = "https://example.org/" + "a/b.c,d:e;" * 60
    clauses = split(f"The whole address is this one: {address} and that is all there is.")
    assert any(address in clause for clause in clauses)


def test_a_megabyte_is_no_trouble() -> None:
    text = "A sentence of quite an ordinary length, I would say. " * 20_000
    assert "".join(split(text)) == text
