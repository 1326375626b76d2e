"""The Whisper engine with the starter model, in this process."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from starling.core.errors import StarlingError
from starling.core.results import SttOptions, Transcript
from starling.locate import shipped
from starling.models.random_weights import random_whisper_base
from starling.speech.stt import whisper
from tests.helpers.espeak import silence, speak

STARTER = shipped("resources", "starter")
CONFIG = {"model": str(STARTER), "name": "starter", "short_context": True, "threads": 2}


@pytest.fixture(scope="module")
def engine() -> whisper.WhisperEngine:
    return whisper.create(CONFIG)


def transcribe(engine: whisper.WhisperEngine, *clips: np.ndarray, **options: object) -> list[Transcript]:
    arrays = {str(index): clip for index, clip in enumerate(clips)}
    (reply,) = engine.call("transcribe", SttOptions(**options).to_json(), arrays)
    return [Transcript.from_json(transcript) for transcript in reply.data["transcripts"]]


def noise(seconds: float, level: float) -> np.ndarray:
    samples = np.random.default_rng(7).standard_normal(round(seconds * 16_000)) * level
    return np.clip(samples, -1, 1).astype(np.float32)


def test_description_is_read_from_the_loaded_model(engine: whisper.WhisperEngine) -> None:
    description = engine.describe()
    assert (description["tier"], description["model"], description["threads"]) == ("legacy", "starter", 2)
    assert description["placement"]["device"] == "cpu"
    assert "device=cpu" in description["placement"]["evidence"][0]
    assert description["ctranslate2"] in description["placement"]["evidence"][0]
    assert description["compute_type"].startswith("int8")


@pytest.mark.parametrize("beam_size", [1, 5])
@pytest.mark.parametrize("full_context", [False, True])
def test_it_hears(engine: whisper.WhisperEngine, beam_size: int, full_context: bool) -> None:
    clip = speak("set a timer for ten minutes", "en-us")
    (heard,) = transcribe(engine, clip, beam_size=beam_size, full_context=full_context)
    assert heard.text == "Set a timer for ten minutes."
    assert heard.confidence is not None
    assert heard.confidence > 0.9
    assert heard.processing_s > 0
    assert heard.audio_s == pytest.approx(len(clip) / 16_000)


def test_a_batch_gives_what_its_clips_give_alone_in_order(engine: whisper.WhisperEngine) -> None:
    texts = ["What time is it?", "Cancel the timer.", "What is twenty three times seven?"]
    clips = [speak(text, "en-us") for text in texts]
    heard = transcribe(engine, clips[0], silence(0.0), clips[1], silence(1.0), clips[2], words=True)
    assert [transcript.text for transcript in heard] == [texts[0], "", texts[1], "", texts[2]]
    assert [len(transcript.words) for transcript in heard] == [4, 0, 3, 0, 6]
    assert heard[3].dropped == "no_speech"


def test_words_lie_where_they_were_said(engine: whisper.WhisperEngine) -> None:
    clip = np.concatenate([silence(1.0), speak("cancel the timer", "en-us")])
    plain, with_words = transcribe(engine, clip)[0], transcribe(engine, clip, words=True)[0]
    assert plain.words == ()
    assert plain.text == with_words.text == " ".join(word.text for word in with_words.words)
    ends = [word.end_s for word in with_words.words]
    assert ends == sorted(ends)
    assert 1.0 < ends[0] < 1.6
    assert all(0.5 < word.probability <= 1 for word in with_words.words)


def test_word_probabilities_agree_with_the_confidence(engine: whisper.WhisperEngine) -> None:
    (heard,) = transcribe(engine, speak("what is the date today", "en-us"), words=True)
    mean = float(np.exp(np.mean([np.log(word.probability) for word in heard.words])))
    assert heard.confidence == pytest.approx(mean, abs=0.05)


@pytest.mark.parametrize("seconds", [1 / 16_000, 0.1, 1.0, 30.0])
def test_silence_has_no_text(engine: whisper.WhisperEngine, seconds: float) -> None:
    (heard,) = transcribe(engine, silence(seconds), words=True)
    assert (heard.text, heard.dropped, heard.words, heard.confidence) == ("", "no_speech", (), None)
    assert heard.no_speech_prob is not None
    assert heard.no_speech_prob > 0.6


@pytest.mark.parametrize("level", [0.001, 0.1, 1.0])
def test_noise_never_gives_a_confident_text(engine: whisper.WhisperEngine, level: float) -> None:
    (heard,) = transcribe(engine, noise(3.0, level), words=True)
    assert not heard.text or (heard.confidence is not None and heard.confidence < 0.7)


def test_damaged_samples_cost_no_words(engine: whisper.WhisperEngine) -> None:
    clip = speak("what time is it", "en-us").copy()
    clip[100:150] = np.nan
    clip[150] = np.inf
    (heard,) = transcribe(engine, clip)
    assert (heard.text, heard.notes) == ("What time is it?", ("51 damaged samples silenced",))


@pytest.mark.parametrize(
    ("clip", "code"),
    [
        (np.zeros(16_000, np.float64), "stt.bad_audio"),
        (np.zeros(16_000, np.int16), "stt.bad_audio"),
        (np.zeros((1, 16_000), np.float32), "stt.bad_audio"),
        (np.zeros(31 * 16_000, np.float32), "stt.clip_too_long"),
    ],
)
def test_what_is_no_clip_is_refused(engine: whisper.WhisperEngine, clip: np.ndarray, code: str) -> None:
    with pytest.raises(StarlingError) as caught:
        transcribe(engine, clip)
    assert caught.value.code == code
    assert caught.value.fix


def test_a_language_an_english_model_does_not_know_is_refused(engine: whisper.WhisperEngine) -> None:
    with pytest.raises(StarlingError) as caught:
        transcribe(engine, silence(1.0), language="de")
    assert caught.value.code == "stt.language"


def test_the_same_clip_gives_the_same_text(engine: whisper.WhisperEngine) -> None:
    clip = noise(2.0, 0.3)
    assert transcribe(engine, clip)[0].text == transcribe(engine, clip)[0].text


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("mkl_malloc: failed to allocate memory", MemoryError),
        ("could not create a memory object", MemoryError),
        ("std::bad_alloc", MemoryError),
        ("Invalid input features shape", RuntimeError),
    ],
)
def test_libraries_that_run_out_of_memory_surface_as_memory_error(message: str, kind: type[Exception]) -> None:
    class Broken:
        n_mels = 80

        def encode(self, *_: object, **__: object) -> None:
            raise RuntimeError(message)

    with pytest.raises(kind, match=message):
        whisper.CTranslate2Encoder(Broken(), 1).encode(np.zeros((1, 80, 120), np.float32))


def test_states_that_ctranslate2_would_take_for_features_are_refused(engine: whisper.WhisperEngine) -> None:
    decoder = engine._transcriber._decoder
    with pytest.raises(ValueError, match="80 positions"):
        decoder.decode(np.zeros((1, 80, 256), np.float32), [decoder.tokens.prompt("en")])


def test_an_unknown_operation_is_refused(engine: whisper.WhisperEngine) -> None:
    with pytest.raises(StarlingError) as caught:
        next(engine.call("synthesize", {}, {}))
    assert caught.value.code == "engine.unknown_operation"


def test_the_token_cap_and_suppression_can_be_set() -> None:
    end_of_text = 1536
    engine = whisper.create({**CONFIG, "max_new_tokens": 14, "suppress_tokens": [end_of_text]})
    (heard,) = transcribe(engine, noise(4.0, 0.1), temperatures=(0.0,), full_context=True)
    assert 0 < len((heard.dropped_text or heard.text).split()) <= 14
    (heard,) = transcribe(engine, speak("what time is it", "en-us"), temperatures=(0.0,))
    assert heard.avg_logprob is not None
    assert heard.avg_logprob < -0.5


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STARLING_HOME", str(tmp_path / "home"))
    return Path(shutil.copytree(STARTER, tmp_path / "copy"))


def test_an_altered_model_is_not_loaded(copied: Path) -> None:
    data = bytearray((copied / "model.bin").read_bytes())
    data[len(data) // 2] ^= 1
    (copied / "model.bin").write_bytes(data)
    with pytest.raises(StarlingError) as caught:
        whisper.create({**CONFIG, "model": str(copied)})
    assert caught.value.code == "model.altered"


@pytest.mark.parametrize("keep", [30, 1_000_000])
def test_what_ctranslate2_cannot_read_is_one_sentence(copied: Path, keep: int) -> None:
    def cut(folder: Path) -> dict[str, bytes]:
        files = {path.name: path.read_bytes() for path in folder.iterdir()}
        return {**files, "model.bin": files["model.bin"][:keep]}

    with pytest.raises(StarlingError) as caught:
        whisper.create({**CONFIG, "model": str(copied)}, read_files=cut)
    assert caught.value.code in ("model.truncated", "model.not_loadable")
    assert "\n" not in caught.value.message


@pytest.mark.slow
def test_a_multilingual_model_detects_the_language_from_the_same_states(tmp_path: Path) -> None:
    folder = random_whisper_base(tmp_path / "random", seed=1)
    config = {"model": str(folder), "name": "random", "short_context": True, "max_new_tokens": 8}
    engine = whisper.create(config)
    assert engine.describe()["multilingual"] is True
    clips = [noise(2.0, 0.1), noise(1.0, 0.05)]
    detected = transcribe(engine, *clips, temperatures=(0.0,), words=True)
    assert all(len(transcript.language) in (2, 3) for transcript in detected)
    chosen = transcribe(engine, *clips, temperatures=(0.0,), language="de")
    assert [transcript.language for transcript in chosen] == ["de", "de"]
    with pytest.raises(StarlingError, match="does not know"):
        transcribe(engine, *clips, language="xx")
