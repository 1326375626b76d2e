import numpy as np
import pytest

from starling.core.results import Transcript
from starling.history.owner import Owner
from starling.history.store import History

GONE = Owner(2**22 + 1, "1@another boot")


@pytest.mark.parametrize("state", ["done", "inserted"])
def test_an_orphan_with_its_text_is_given_also_without_its_audio(tmp_path, state):
    """A full disk may have cost the audio before the delivery was noted."""
    before = History(tmp_path, owner=GONE)
    utterance = before.add_pending(np.zeros(1600, np.float32), 1000.0, "dictation")
    before.done(utterance, Transcript("go on", "en", 0.1, 0.01), "legacy", "starter")
    if state == "inserted":
        before.inserted(utterance, "xtest", "gedit")
    before.close()
    (tmp_path / "pending" / f"{utterance}.wav").unlink()
    fresh = History(tmp_path)
    try:
        assert len(fresh.claim(utterance)) == 0
        assert [(turn.state, turn.text) for turn in fresh.turns(5)] == [(state, "go on")]
    finally:
        fresh.close()
