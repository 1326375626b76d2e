"""What a window does with earlier turns: which reply is spoken again."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from starling.core.results import Transcript
from starling.history.store import History
from starling.pipeline import events
from starling.pipeline.again import Again
from starling.pipeline.choice import choose
from starling.pipeline.dictation_text import DictationText
from starling.pipeline.recognition import Recognised
from starling.pipeline.turnbook import TurnBook
from starling.settings.store import load


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


@pytest.mark.parametrize(("mode", "text"), [("dictation", "Hello, world."), ("assistant", "hello comma world period")])
def test_a_dictation_is_recognised_again_as_it_would_be_written(tmp_path, monkeypatch, mode, text) -> None:
    monkeypatch.setenv("STARLING_HOME", str(tmp_path))
    history, told = History(tmp_path / "history"), []
    turn = history.add_pending(np.zeros(1600, np.float32), 1.0, mode)
    shape = DictationText(lambda error: None)
    shape.refresh()
    sound = SimpleNamespace(recording=lambda turn: np.zeros(1600, np.float32))
    session = SimpleNamespace(book=None, history=history, text=shape, recording=sound.recording)
    again = Again(session, told.append)  # type: ignore[arg-type]
    raw = Transcript("hello comma world period", "en", 0.1, 0.01)
    monkeypatch.setattr(again, "_recognise", lambda *_: Recognised(raw, "legacy", "large"))
    again.retry(turn, "large", choose(load().get))
    retried = next(event for event in told if isinstance(event, events.Retried))
    assert retried.utterance is not None
    assert retried.utterance.text == text
    (entry,) = history.turns(1)
    assert (entry.text, entry.transcript.text if entry.transcript else "") == (text, "hello comma world period")
    history.close()
