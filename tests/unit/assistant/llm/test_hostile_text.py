"""Text that no sound, disk or screen takes as it is, from servers that cut or lie."""

from __future__ import annotations

import json

import pytest

from starling.assistant.llm.deltas import Assembly
from starling.assistant.llm.listing import LONGEST_NAME
from starling.assistant.llm.sse import LONGEST_EVENT, EventParser, TooLongError


def chunk(escaped: str, **more: object) -> str:
    content = json.dumps({"choices": [{"delta": {"content": "@"}}], **more})
    return content.replace("@", escaped)


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        ([r"Hi \ud83d", r"\ude00 there"], "Hi \U0001f600 there"),  # one letter over two chunks
        ([r"\ud83d", r"\ude00", ""], "\U0001f600"),
        ([r"\ud83d", "", r"\ude00"], "\U0001f600"),
        ([r"a \ud83d", "b"], "a \ufffdb"),
        ([r"a \ude00"], "a \ufffd"),
        ([r"a \ud83d"], "a \ufffd"),
    ],
)
def test_letters_in_halves(pieces, expected):
    assembly = Assembly()
    text = "".join(assembly.take(chunk(piece)) for piece in pieces) + assembly.end()
    assert text == expected
    text.encode()


@pytest.mark.parametrize("name", ["x" * (LONGEST_NAME + 1), "a\nb", "\u202egpt", ""])
def test_a_model_that_names_itself_out_of_bounds(name):
    assembly = Assembly()
    assembly.take(json.dumps({"choices": [], "model": name}))
    assert assembly.model == ""


def test_an_event_of_empty_lines_ends_too():
    parser = EventParser()
    many = b"data:\n" * (LONGEST_EVENT + 1)
    with pytest.raises(TooLongError):
        parser.feed(many)
