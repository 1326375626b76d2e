"""The small recogniser, in this process."""

import wave

import numpy as np
import pytest

from starling.core.errors import StarlingError
from starling.core.results import SttOptions, Transcript
from starling.speech.stt import sphinx
from tests.helpers.espeak import silence
from tests.helpers.shared import shared


@pytest.fixture(scope="module")
def engine() -> sphinx.SphinxEngine:
    return sphinx.create({})


def transcribe(engine: sphinx.SphinxEngine, *clips: np.ndarray, **options: object) -> list[Transcript]:
    arrays = {str(index): clip for index, clip in enumerate(clips)}
    (reply,) = engine.call("transcribe", SttOptions(**options).to_json(), arrays)
    return [Transcript.from_json(transcript) for transcript in reply.data["transcripts"]]


@pytest.fixture(scope="module")
def recording() -> np.ndarray:
    with wave.open(str(shared("audio", "go_forward_ten_meters.wav"))) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (16_000, 1, 2)
        pcm = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    return pcm.astype(np.float32) / 32768


@pytest.mark.parametrize("gain", [1.0, 0.25])
def test_it_hears_a_person(engine: sphinx.SphinxEngine, recording: np.ndarray, gain: float) -> None:
    (heard,) = transcribe(engine, recording * np.float32(gain), words=True)
    assert heard.text == "go forward ten meters"
    assert [word.text for word in heard.words] == ["go", "forward", "ten", "meters"]
    starts = [word.start_s for word in heard.words]
    assert starts == sorted(starts)
    assert 0.3 < starts[0] < 0.7
    assert heard.words[-1].end_s <= heard.audio_s
    assert all(0 <= word.probability <= 1 for word in heard.words)
    assert heard.confidence is not None
    assert 0 < heard.confidence < 1
    assert (heard.language, heard.dropped) == ("en", "")


def test_one_clip_does_not_change_the_next(engine: sphinx.SphinxEngine, recording: np.ndarray) -> None:
    heard = transcribe(engine, recording, silence(1.0), silence(0.0), recording)
    assert [transcript.text for transcript in heard] == ["go forward ten meters", "", "", "go forward ten meters"]
    assert [transcript.dropped for transcript in heard] == ["", "no_speech", "", ""]
    assert heard[2].notes == ("no audio",)


@pytest.mark.parametrize("level", [0.0, 1e-5, 1e-3, 0.1])
@pytest.mark.parametrize("samples", [1, 100, 400, 3000, 16_000])
def test_silence_and_noise_of_any_length_have_no_text(engine: sphinx.SphinxEngine, samples: int, level: float) -> None:
    noise = np.random.default_rng(3).standard_normal(samples) * level
    (heard,) = transcribe(engine, noise.astype(np.float32), words=True)
    assert (heard.text, heard.words, heard.confidence) == ("", (), None)


def test_placement_names_the_loaded_model(engine: sphinx.SphinxEngine) -> None:
    description = engine.describe()
    assert description["tier"] == "demo"
    assert description["placement"]["device"] == "cpu"
    assert description["model"] in description["placement"]["evidence"][0]
    assert description["pocketsphinx"] in description["placement"]["evidence"][0]


def test_only_english(engine: sphinx.SphinxEngine) -> None:
    assert transcribe(engine, silence(0.5), language="en")[0].language == "en"
    with pytest.raises(StarlingError) as caught:
        transcribe(engine, silence(0.5), language="de")
    assert caught.value.code == "stt.language"


@pytest.mark.parametrize("clip", [np.zeros(100, np.int16), np.zeros((2, 100), np.float32)])
def test_what_is_no_clip_is_refused(engine: sphinx.SphinxEngine, clip: np.ndarray) -> None:
    with pytest.raises(StarlingError) as caught:
        transcribe(engine, clip)
    assert caught.value.code == "stt.bad_audio"


def test_an_unknown_operation_is_refused(engine: sphinx.SphinxEngine) -> None:
    with pytest.raises(StarlingError) as caught:
        next(engine.call("voices", {}, {}))
    assert caught.value.code == "engine.unknown_operation"
