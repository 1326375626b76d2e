import itertools

import pytest

from starling.pipeline.events import EngineChanged, MicrophoneChanged, Ready
from starling.pipeline.readiness import Readiness

STT = EngineChanged("stt", "EngineStarted", "legacy:base", "")
MICROPHONE = MicrophoneChanged("open", "Desk")


@pytest.mark.parametrize("order", list(itertools.permutations(("stt", "microphone", "built"))))
def test_ready_is_told_once_whatever_comes_last(order):
    told = []
    readiness = Readiness(told.append)
    steps = {"stt": lambda: readiness(STT), "microphone": lambda: readiness(MICROPHONE), "built": readiness.built}
    for number, step in enumerate(order, 1):
        assert not any(isinstance(event, Ready) for event in told)
        steps[step]()
        assert any(isinstance(event, Ready) for event in told) is (number == 3)
    readiness(STT)
    assert [event for event in told if isinstance(event, Ready)] == [Ready("legacy:base", "Desk")]


def test_a_lost_microphone_or_another_engine_does_not_make_it_ready():
    told = []
    readiness = Readiness(told.append)
    readiness.built()
    readiness(MicrophoneChanged("lost"))
    readiness(EngineChanged("tts", "EngineStarted", "demo", ""))
    readiness(EngineChanged("stt", "EngineUnavailable", "legacy:base", ""))
    assert not any(isinstance(event, Ready) for event in told)
