"""What a window does with earlier turns: which reply is spoken again."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from starling.pipeline import events
from starling.pipeline.again import Again
from starling.pipeline.turnbook import TurnBook


@pytest.fixture
def desk() -> Any:
    book, told, replayed = TurnBook(), [], []
    book.replied("t1", "Shall I set a timer? Yes or no?")
    book.replied("t1", "The timer is set.")
    replies = SimpleNamespace(replay=lambda *given: replayed.append(given))
    session = SimpleNamespace(book=book, history=None, replies=replies)
    return SimpleNamespace(again=Again(session, told.append), told=told, replayed=replayed)  # type: ignore[arg-type]


def test_the_last_reply_of_a_turn(desk: Any) -> None:
    desk.again.say_again("t1")
    assert desk.replayed == [("t1", "The timer is set.")]


def test_an_older_reply_of_a_turn(desk: Any) -> None:
    desk.again.say_again("t1", "Shall I set a timer? Yes or no?")
    assert desk.replayed == [("t1", "Shall I set a timer? Yes or no?")]


def test_a_turn_without_a_reply(desk: Any) -> None:
    desk.again.say_again("t2")
    (ended,) = desk.told
    assert isinstance(ended, events.ReplayEnded)
    assert ended.error is not None
    assert ended.error["code"] == "history.no_reply"
