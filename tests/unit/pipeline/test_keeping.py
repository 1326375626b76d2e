"""The log over the real history: what a crash, a failure and a full disk leave."""

import numpy as np
import pytest

from starling.core.errors import StarlingError
from starling.core.results import Transcript
from starling.history.owner import Owner
from starling.history.store import History
from starling.pipeline import events, keeping
from starling.pipeline.events import Reply
from starling.pipeline.recognition import Recognised

CLIP = np.full(1600, 0.1, np.float32)
SAID = Recognised(Transcript("what was said", "en", 0.1, 0.01), "legacy", "starter")
ENDED = Owner(2**22 + 1, "")
"""A process that cannot run: its number is above the kernel's largest."""


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "history"


@pytest.fixture
def history(folder):
    history = History(folder)
    yield history
    history.close()


@pytest.fixture
def told():
    return []


def test_a_delivered_utterance_keeps_its_text_and_reply_but_not_its_audio(history, told, folder):
    keeper = keeping.Keeper(history, "assistant", 30, told.append)
    utterance = keeper.pending(CLIP)
    keeper.finished(utterance, SAID)
    keeper.delivered(utterance)
    keeper.replied(utterance, Reply("an answer"))
    (turn,) = history.turns(5)
    assert (turn.text, turn.state, turn.delivered, turn.replies[0].text) == ("what was said", "done", True, "an answer")
    assert list(folder.rglob("*.wav")) == []
    assert told == []


def test_what_only_the_end_of_the_app_cut_short_stays_pending(history, told):
    keeper = keeping.Keeper(history, "assistant", 30, told.append)
    keeper.finished(keeper.pending(CLIP), Recognised(None, error=StarlingError("engine.closed", "Closed.")))
    assert history.turns(1)[0].state == "pending"


def test_a_refusing_disk_is_told_once_and_listening_goes_on(history, told, monkeypatch):
    def full(*_):
        raise StarlingError("history.disk_full", "Full.")

    monkeypatch.setattr(history, "add_pending", full)
    keeper = keeping.Keeper(history, "assistant", 30, told.append)
    assert [keeper.pending(CLIP), keeper.pending(CLIP)] == ["", ""]
    keeper.finished("", SAID)
    assert [event.error.code for event in told] == ["history.disk_full"]


def crashed(folder, *, done=False, failed=False):
    """A history that a process which has ended left behind."""
    with_owner = History(folder, owner=ENDED)
    utterance = with_owner.add_pending(CLIP, 1_700_000_000.0, "assistant")
    if done:
        with_owner.done(utterance, SAID.transcript, "legacy", "starter")
    if failed:
        with_owner.failed(utterance, "engine.gave_up")
    with_owner.close()


def test_a_text_that_was_inserted_before_the_end_is_not_shown_again(folder, told):
    crashed(folder, done=True)
    left = History(folder)
    (orphan,) = left.orphans()
    left.inserted(orphan.id, "xtest", "gedit")
    assert keeping.recover(left, lambda samples: SAID, told.append, failed=False) == [True]
    (turn,) = left.turns(5)
    assert (turn.state, turn.delivered, turn.text, told) == ("inserted", True, "what was said", [])
    left.close()


def test_what_was_recognised_and_not_shown_is_done_when_it_is_shown(folder, told):
    crashed(folder, done=True)
    left = History(folder)
    assert keeping.recover(left, lambda samples: SAID, told.append, failed=False) == [True]
    assert [(turn.state, turn.delivered) for turn in left.turns(5)] == [("done", True)]
    left.close()


def test_a_pending_utterance_is_recognised_and_shown_once(folder, told):
    crashed(folder)
    with_history = History(folder)
    assert keeping.recover(with_history, lambda samples: SAID, told.append, failed=False) == [True]
    assert keeping.recover(with_history, lambda samples: SAID, told.append, failed=True) == []
    (turn,) = with_history.turns(5)
    with_history.close()
    assert told == [events.Recovered("what was said", 1_700_000_000.0, "legacy", turn.id)]


def test_a_known_text_is_shown_without_recognising_it_again(folder, told):
    crashed(folder, done=True)
    with_history = History(folder)

    def never(samples):
        raise AssertionError("recognised again")

    assert keeping.recover(with_history, never, told.append, failed=False) == [True]
    with_history.close()
    assert [event.text for event in told] == ["what was said"]


def test_a_failed_one_is_tried_again_only_when_asked(folder, told):
    crashed(folder, failed=True)
    with_history = History(folder)
    assert keeping.recover(with_history, lambda samples: SAID, told.append, failed=False) == []
    assert keeping.recover(with_history, lambda samples: SAID, told.append, failed=True) == [True]
    with_history.close()
    assert [event.text for event in told] == ["what was said"]


def test_a_recovery_that_fails_is_told_and_can_be_tried_again(folder, told):
    crashed(folder)
    with_history = History(folder)

    def fail(samples):
        raise StarlingError("engine.gave_up", "It failed.")

    assert keeping.recover(with_history, fail, told.append, failed=False) == [False]
    assert keeping.recover(with_history, lambda samples: SAID, told.append, failed=True) == [True]
    with_history.close()
    assert [type(event).__name__ for event in told] == ["Trouble", "Recovered"]
