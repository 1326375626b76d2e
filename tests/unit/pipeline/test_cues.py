import numpy as np
import pytest

from starling.core.chime import CUES_HZ, chime, cue
from starling.core.errors import StarlingError
from starling.pipeline import events
from starling.pipeline.cues import Cues


def listening(mode="dictation", held=False):
    return events.Listening(mode, "hold", False, held)


def heard(error=None):
    return events.Heard(events.Utterance(0, 1, "legacy", "m", 1.0, 1.0, 1.0, "x", error=error))


IDLE, DOWN = listening(), listening(held=True)
LOST = events.MicrophoneChanged("lost")
MISSED = events.NotInserted("t", "a.b", "It broke.")
BROKE = StarlingError("a.b", "It broke.").to_json()


def played(*happened, on=True):
    sounds, told = [], []
    cues = Cues(sounds.append)
    cues.on = on
    emit = cues.overhear(told.append)
    for event in happened:
        emit(event)
    assert told == list(happened)
    return sounds


@pytest.mark.parametrize(
    ("happened", "expected"),
    [
        ((IDLE,), []),
        ((IDLE, DOWN), ["begin"]),
        ((IDLE, DOWN, DOWN, IDLE), ["begin", "end"]),
        ((listening("assistant"), listening("assistant", True), listening("assistant")), []),
        ((listening("assistant"), events.DictationSaid("start", False), IDLE), ["begin"]),
        ((IDLE, events.DictationSaid("pause", True), events.DictationSaid("resume", False)), ["end", "begin"]),
        ((IDLE, events.DictationSaid("stop", False), listening("assistant")), ["end"]),
        ((IDLE, MISSED), ["error"]),
        ((IDLE, LOST), ["error"]),
        ((listening("assistant"), LOST), []),
        ((IDLE, heard(BROKE)), ["error"]),
        ((IDLE, heard(), events.SpeechBegan(1.0)), []),
    ],
)
def test_when_a_sound_is_played(happened, expected):
    assert played(*happened) == expected
    assert played(*happened, on=False) == []


@pytest.mark.parametrize("name", CUES_HZ)
def test_sounds_are_short_soft_and_end_in_silence(name):
    sound = cue(name)
    assert sound.dtype == np.float32
    assert len(sound) / 16000 < 0.25
    assert 0.03 < np.abs(sound).max() < np.abs(chime()).max()
    assert abs(sound[-1]) < 0.01


def test_sounds_differ():
    assert len({cue(name).tobytes() for name in CUES_HZ}) == len(CUES_HZ)
