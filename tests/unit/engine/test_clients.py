import numpy as np
import pytest

from starling.core.engine_api import EngineSpec, Reply, Rung
from starling.core.errors import StarlingError
from starling.core.placement import Placement
from starling.core.results import SttOptions, Transcript
from starling.engine.clients import SttClient, TtsClient
from starling.engine.supervisor import Outcome

RUNG = Rung(EngineSpec("cpu:voice", "cpu", "voice", "m:f", {}))
CLIP = np.zeros(1600, np.float32)


class Scripted:
    """A supervisor whose replies are written down: (attempt, data, samples)."""

    def __init__(self, *replies):
        self.replies = replies

    def stream(self, op, args, arrays, audio_s, **options):
        for attempt, data, samples in self.replies:
            arrays = {} if samples is None else {"audio": np.asarray(samples, np.float32)}
            yield Outcome(Reply(data, arrays), RUNG, attempt, Placement(), {})

    def call(self, op, args, arrays, audio_s, **options):
        return list(self.stream(op, args, arrays, audio_s))[-1]


LAST = {"audio_s": 1.0, "synthesis_s": 0.5, "placement": {"device": "cpu", "evidence": ["x"]}}
ONE = Transcript("a", "en", 0.1, 0.01).to_json()


@pytest.mark.parametrize("data", [{}, {"transcripts": None}, {"transcripts": [{}]}, {"transcripts": [ONE, ONE]}])
def test_what_is_no_list_of_transcripts_is_told(data):
    with pytest.raises(StarlingError) as error:
        SttClient(Scripted((1, data, None))).transcribe([CLIP], SttOptions())
    assert error.value.code == "engine.bad_reply"


@pytest.mark.parametrize(
    "script",
    [
        [(1, {}, [0.0])],
        [(1, {"rate": 10}, None)],
        [(1, {"rate": 10}, [0.0])],
        [(1, {"rate": None, **LAST}, [0.0])],
    ],
)
def test_what_is_no_speech_is_told(script):
    with pytest.raises(StarlingError) as error:
        list(TtsClient(Scripted(*script)).synthesize("hello"))
    assert error.value.code == "engine.bad_reply"


def test_a_voice_without_an_answer_is_told():
    with pytest.raises(StarlingError) as error:
        list(TtsClient(Scripted()).synthesize("hello"))
    assert error.value.code == "engine.no_reply"


def test_an_engine_that_takes_over_at_another_rate_goes_on_at_the_same_time():
    """Half a second was heard at 10 Hz; of the new voice at 20 Hz the first ten samples are skipped."""
    script = [(1, {"rate": 10}, range(5)), (2, {"rate": 20}, range(6)), (2, {"rate": 20, **LAST}, range(6, 20))]
    speech = TtsClient(Scripted(*script)).synthesize("hello")
    chunks = [(chunk.rate, chunk.samples.tolist()) for chunk in speech]
    assert chunks == [(10, [0, 1, 2, 3, 4]), (20, list(range(10, 20)))]
    assert speech.metrics is not None
    assert (speech.metrics.attempts, speech.metrics.placement.device) == (2, "cpu")


def test_two_failures_in_one_text():
    script = [(1, {"rate": 10}, range(3)), (2, {"rate": 10}, range(5)), (3, {"rate": 10, **LAST}, range(8))]
    speech = TtsClient(Scripted(*script)).synthesize("hello")
    assert np.concatenate([chunk.samples for chunk in speech]).tolist() == list(range(8))


def test_voices_that_are_none_are_told():
    with pytest.raises(StarlingError) as error:
        TtsClient(Scripted((1, {"voices": [{"name": "x"}]}, None))).voices()
    assert error.value.code == "engine.bad_reply"
