"""What is being said is on disk while it is said, and only as long as it is stored nowhere else."""

import threading
import time

import numpy as np
import pytest

from starling.core.results import Transcript
from starling.history.store import History
from starling.pipeline import keeping
from starling.pipeline.hearinglog import HearingLog
from starling.pipeline.recognition import Recognised, RecognitionLine
from tests.unit.pipeline.loop import Loop, Script, quiet, tone

SAID = Recognised(Transcript("what was said", "en", 0.1, 0.01), "legacy", "starter")
LIMIT_S = 5.0


class Stage(Loop):
    """The loop over a real history."""

    def __init__(self, folder, *steps):
        super().__init__((), ["a text"] * 5, source=(source := Script(*steps)), real_time=True)
        source.coordinator = self.coordinator
        self.line.close()
        self.folder, self.told = folder, []
        self.history = History(folder)
        self.keeper = keeping.Keeper(self.history, "dictation", 0, self.told.append)
        self.line = self.coordinator._line = RecognitionLine(self.transcribe, self.keeper, self.mailbox.result)
        self.hearing = self.coordinator._hearing = HearingLog(self.keeper, self.line.after_stores)

    def finish(self):
        self.run()
        self.hearing.close()
        self.history.close()

    def growing(self):
        return list(self.folder.joinpath("growing").iterdir())

    def wait_for_growing(self, count):
        until = time.monotonic() + LIMIT_S
        while len(self.growing()) != count and time.monotonic() < until:
            threading.Event().wait(0.01)
        return self.growing()


@pytest.fixture
def make(tmp_path):
    return lambda *steps: Stage(tmp_path, *steps)


def test_it_is_on_disk_before_it_has_ended_and_gone_after(make):
    seen = []

    def look(_):
        (path,) = stage.wait_for_growing(1)
        seen.append(path.stem)

    stage = make(tone(1), look, tone(0.5), quiet(1.2), lambda _: stage.wait_for_growing(0))
    stage.finish()
    assert stage.growing() == []
    (turn,) = History(stage.folder).turns(5)
    assert (turn.id, turn.text, turn.mode) == (seen[0], "a text", "dictation")


def test_what_was_none_leaves_nothing(make):
    stage = make(tone(0.05), quiet(1.2), lambda _: stage.wait_for_growing(0))
    stage.finish()
    assert (stage.growing(), History(stage.folder).turns(5)) == ([], [])


def test_cancelled_speech_leaves_nothing(make):
    stage = make(
        tone(1), lambda _: stage.wait_for_growing(1), lambda loop: loop.cancel(), lambda _: stage.wait_for_growing(0)
    )
    stage.finish()
    assert (stage.growing(), History(stage.folder).turns(5)) == ([], [])


def test_speech_that_resumes_is_one_utterance(make):
    stage = make(tone(1), quiet(0.35), tone(1), quiet(1.2), lambda _: stage.wait_for_growing(0))
    stage.finish()
    (turn,) = History(stage.folder).turns(5)
    assert turn.audio_s > 2.2


def test_private_mode_writes_nothing_at_all(make):
    stage = make(tone(1), quiet(1.2))
    stage.keeper.private = True
    before = {path: path.stat().st_size for path in stage.folder.rglob("*.wav")}
    stage.finish()
    assert [event.utterance.text for event in stage.events if hasattr(event, "utterance")] == ["a text"]
    assert {path: path.stat().st_size for path in stage.folder.rglob("*.wav")} == before == {}
    assert (stage.growing(), History(stage.folder).turns(5)) == ([], [])


def test_what_becomes_private_in_the_middle_is_private_as_a_whole(make):
    def go_private(_):
        stage.wait_for_growing(1)
        stage.keeper.private = True

    stage = make(tone(1), go_private, tone(0.3), lambda _: stage.wait_for_growing(0), quiet(1.2))
    stage.finish()
    assert (stage.growing(), list(stage.folder.rglob("*.wav"))) == ([], [])
    assert History(stage.folder).turns(5) == []


def test_a_disk_that_refuses_is_told_once_and_the_text_comes(make, monkeypatch):
    stage = make(tone(1), quiet(1.2))
    from starling.core.errors import StarlingError

    def full(*_):
        raise StarlingError("history.disk_full", "Full.")

    monkeypatch.setattr(stage.history, "grow", full)
    monkeypatch.setattr(stage.history, "add_pending", full)
    stage.finish()
    assert [event.error.code for event in stage.told] == ["history.disk_full"]
    assert [event.utterance.text for event in stage.events if hasattr(event, "utterance")] == ["a text"]


def test_typed_questions_are_not_stored_in_private_mode(tmp_path):
    history = History(tmp_path)
    keeper = keeping.Keeper(history, "assistant", 0, lambda event: None)
    keeper.private = True
    assert keeper.name(1.0) == ""
    keeper.typed("x", 1.0, "a secret")
    assert keeper.pending(np.zeros(1600, np.float32)) == ""
    assert history.turns(5) == []
    history.close()


def test_a_text_that_was_inserted_says_where_and_one_that_was_not_says_why(tmp_path):
    from starling.core.errors import StarlingError

    history, changed = History(tmp_path), []
    keeper = keeping.Keeper(history, "dictation", 0, lambda event: None)
    keeper.changed = changed.append
    names = [keeper.pending(np.zeros(1600, np.float32)) for _ in range(2)]
    for name in names:
        keeper.finished(name, SAID)
        keeper.begun(name)
    assert {turn.error_code for turn in history.turns(5)} == {"insert.unsure"}
    keeper.inserted(names[0], "What was said.", "xtest", "gedit")
    keeper.not_inserted(names[1], "What was said.", StarlingError("insert.excluded", "A password field."))
    turns = {turn.id: turn for turn in history.turns(5)}
    one, other = (turns[name] for name in names)
    assert (one.error_code, one.reason) == ("", "")
    assert (one.state, one.text, one.way, one.application) == ("inserted", "What was said.", "xtest", "gedit")
    assert (other.state, other.error_code, other.reason) == ("done", "insert.excluded", "A password field.")
    assert set(changed) == set(names)
    history.close()


def test_what_was_said_into_a_password_field_is_not_kept(tmp_path):
    from starling.core.errors import StarlingError

    history, changed = History(tmp_path, keep_audio=True), []
    keeper = keeping.Keeper(history, "dictation", 0, lambda event: None)
    keeper.changed = changed.append
    name = keeper.pending(np.zeros(1600, np.float32))
    keeper.finished(name, SAID)
    keeper.not_inserted(name, "What was said.", StarlingError("insert.password", "A password field."))
    keeper.delivered(name)
    assert history.turns(5) == []
    assert not history.has_audio(name)
    assert name in changed
    history.close()
