"""Kokoro's engine around a Kokoro-shaped model: contracts, languages, limits, bad files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from starling.core.errors import StarlingError
from starling.core.placement import Placement
from starling.speech.tts import kokoro
from starling.speech.tts.kokoro_files import noise_seed, open_session, read_voices
from tests.helpers.kokoro_model import FRAME_SAMPLES, FRAMES_PER_TOKEN, RATE, VOICES, build, write_voices
from tests.unit.speech.tts.engine_process import EngineProcess

FACTORY = "starling.speech.tts.kokoro:create"
SENTENCE = "The quick brown fox jumps over the lazy dog."
TOKEN_S = FRAMES_PER_TOKEN * FRAME_SAMPLES / RATE


@pytest.fixture(scope="module", autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STARLING_HOME", str(tmp_path_factory.mktemp("home")))
        yield


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("kokoro") / "tones")


@pytest.fixture(scope="module")
def engine(home: None, folder: Path) -> Iterator[EngineProcess]:
    process = EngineProcess(FACTORY, {"model": str(folder), "name": "tones"})
    yield process
    process.close()


def test_it_describes_itself_by_its_session(engine: EngineProcess) -> None:
    about = engine.described
    assert (about["tier"], about["model"], about["voice"], about["rate"]) == ("cpu", "tones", "af_heart", 24000)
    assert about["voices"] == 54
    assert about["providers"] == ["CPUExecutionProvider"]
    assert about["placement"] == {"device": "cpu", "evidence": ["session provider CPUExecutionProvider"]}
    assert {"kokoro-onnx", "onnxruntime"} <= about["versions"].keys()


@pytest.mark.parametrize(
    ("new_names", "durations"),
    [(False, True), (True, False), pytest.param(True, True, marks=pytest.mark.slow)],
)
def test_both_contracts_speak(tmp_path: Path, new_names: bool, durations: bool) -> None:
    model = build(tmp_path / "model", new_names=new_names, durations=durations, noise=True)
    process = EngineProcess(FACTORY, {"model": str(model), "threads": 1})
    audio, totals = process.say(SENTENCE)
    process.close()
    assert process.described["durations"] is durations
    assert audio.dtype == np.float32
    assert totals["rate"] == RATE
    assert totals["audio_s"] == pytest.approx(audio.size / RATE)
    assert 20 * TOKEN_S < totals["audio_s"] < 80 * TOKEN_S
    assert 0 < totals["synthesis_s"]
    assert totals["placement"]["device"] == "cpu"
    assert totals["voice"] == "af_heart"
    assert 0.2 < np.abs(audio).max() <= 1.0


def test_a_clause_is_a_chunk_and_the_first_comes_first(engine: EngineProcess) -> None:
    replies = engine.call("synthesize", text=f"First of all, {SENTENCE} {SENTENCE}")
    assert [reply.arrays["audio"].size > 0 for reply in replies] == [True, True, True, False]
    assert all("audio_s" not in reply.data for reply in replies[:-1])
    assert engine.call("synthesize", stop_after=1, text=SENTENCE * 500)
    assert engine.say(SENTENCE)[0].size > 0


def test_speed_changes_the_length(engine: EngineProcess) -> None:
    slow, normal, fast = (engine.say(SENTENCE, speed=speed)[1]["audio_s"] for speed in (0.5, 1.0, 2.0))
    assert slow > 1.8 * normal > 1.8 * 1.8 * fast


@pytest.mark.parametrize("speed", [0.4, 2.1, 0.0, -1.0])
def test_a_speed_out_of_range_is_refused(engine: EngineProcess, speed: float) -> None:
    with pytest.raises(StarlingError) as caught:
        engine.say(SENTENCE, speed=speed)
    assert caught.value.code == "tts.bad_speed"


@pytest.mark.parametrize("text", ["", "  \n", "...", "—"])
def test_nothing_to_say_has_no_sound(engine: EngineProcess, text: str) -> None:
    audio, totals = engine.say(text)
    assert audio.size == totals["audio_s"] == 0


@pytest.mark.parametrize("text", ["🎉", "こんにちは", "x" * 2000, "<speak>hi</speak>", "3.14 " * 300])
def test_any_text_is_survived(engine: EngineProcess, text: str) -> None:
    audio, _totals = engine.say(text)
    assert np.isfinite(audio).all()


def test_more_phonemes_than_the_context_are_spoken_whole(engine: EngineProcess) -> None:
    short = engine.say("777,777 " * 5)[1]["audio_s"]
    assert short > 100 * TOKEN_S
    assert engine.say("777,777 " * 24)[1]["audio_s"] > 4.5 * short


@pytest.mark.parametrize(
    ("voice", "text"),
    [
        ("bf_emma", "hello there"),
        ("ef_dora", "buenos dias"),
        ("ff_siwis", "bonjour"),
        ("hf_alpha", "नमस्ते"),
        ("if_sara", "buongiorno"),
        ("pf_dora", "bom dia"),
    ],
)
def test_voices_speak_their_language(engine: EngineProcess, voice: str, text: str) -> None:
    assert engine.say(text, voice)[1]["audio_s"] > 2 * TOKEN_S


@pytest.mark.parametrize("voice", ["jf_alpha", "zm_yunxi"])
def test_a_language_without_phonemiser_is_an_error(engine: EngineProcess, voice: str) -> None:
    with pytest.raises(StarlingError) as caught:
        engine.say("hello", voice)
    assert caught.value.code == "tts.no_phonemizer"
    assert "--tts demo" in caught.value.fix


def test_an_unknown_voice_is_an_error_with_near_misses(engine: EngineProcess) -> None:
    with pytest.raises(StarlingError) as caught:
        engine.say("hello", "af_hart")
    assert caught.value.code == "tts.unknown_voice"
    assert "af_heart" in caught.value.fix
    assert engine.say("hello")[0].size > 0


def test_the_voices_that_can_be_used_are_listed(engine: EngineProcess) -> None:
    voices = engine.call("voices")[0].data["voices"]
    assert len(voices) == 54 - 13
    assert {"id": "af_heart", "language": "en-us", "gender": "female", "name": "American English"} in voices
    assert {"id": "pm_alex", "language": "pt-br", "gender": "male", "name": "Brazilian Portuguese"} in voices
    assert {voice["id"] for voice in voices} <= set(VOICES)


def test_a_seed_makes_a_fresh_process_repeatable(tmp_path: Path) -> None:
    model = build(tmp_path / "model", noise=True)
    spoken = []
    for seed in (7, 7, 8, 0, 0):
        process = EngineProcess(FACTORY, {"model": str(model), "seed": seed, "threads": 1})
        spoken.append(process.say("One two three.")[0])
        process.close()
    np.testing.assert_array_equal(spoken[0], spoken[1])
    for one, other in ((0, 2), (0, 3), (3, 4)):
        assert not np.array_equal(spoken[one], spoken[other])


def test_every_fresh_session_with_a_seed_draws_the_same_noise_from_every_operator(tmp_path: Path) -> None:
    folder = build(tmp_path / "model", noise=True)
    model = onnx.load(folder / "model.onnx")
    drawing = [node for node in nodes(model.graph) if node.op_type.startswith("Random")]
    kinds = {"RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike"}
    assert {node.op_type for node in drawing} == kinds
    assert not any(given.name == "seed" for node in drawing for given in node.attribute)
    noises = ["random", "random_even", "normal", "even", "branched"]
    model.graph.output.extend(helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in noises)
    onnx.save(model, folder / "model.onnx")
    feeds = {
        "tokens": np.array([[0, 5, 9, 0]], np.int64),
        "style": np.zeros((1, 256), np.float32),
        "speed": np.ones(1, np.float32),
    }

    def draw(seed: int) -> list[np.ndarray]:
        session = open_session(folder / "model.onnx", 1, seed)
        return [np.asarray(values) for run in range(2) for values in session.run(noises, feeds)]

    first, again, other, unseeded = draw(7), draw(7), draw(8), draw(0)
    for number, values in enumerate(first):
        np.testing.assert_array_equal(values, again[number])
        assert not np.array_equal(values, other[number])
        assert not np.array_equal(values, unseeded[number])
    assert not np.array_equal(first[0], first[len(noises)])  # the noise goes on within a session
    assert abs(np.corrcoef(first[0], other[0])[0, 1]) < 0.1
    assert abs(np.corrcoef(first[0], first[1])[0, 1]) < 0.1


def nodes(graph: onnx.GraphProto) -> Iterator[onnx.NodeProto]:
    for node in graph.node:
        yield node
        for attribute in node.attribute:
            if attribute.type == onnx.AttributeProto.GRAPH:
                yield from nodes(attribute.g)


def test_seeds_are_spread_and_none_is_none() -> None:
    spread = [noise_seed(seed) for seed in range(1, 1000)]
    assert len(set(spread)) == 999
    assert all(0 < seed < 2**31 for seed in spread)
    assert noise_seed(5) == noise_seed(5)
    assert noise_seed(0) != noise_seed(0)


def test_an_altered_model_is_not_loaded(tmp_path: Path) -> None:
    model = build(tmp_path / "model")
    EngineProcess(FACTORY, {"model": str(model)}).close()
    data = bytearray((model / "model.onnx").read_bytes())
    data[len(data) // 2] ^= 1
    (model / "model.onnx").write_bytes(data)
    with pytest.raises(StarlingError) as caught:
        EngineProcess(FACTORY, {"model": str(model)})
    assert caught.value.code == "model.altered"


def test_a_truncated_model_is_a_clear_error(tmp_path: Path) -> None:
    model = build(tmp_path / "model")
    data = (model / "model.onnx").read_bytes()
    (model / "model.onnx").write_bytes(data[: len(data) // 2])
    with pytest.raises(StarlingError) as caught:
        EngineProcess(FACTORY, {"model": str(model)})
    assert caught.value.code in ("model.not_loadable", "model.truncated")


def test_a_model_that_is_not_kokoro_is_named(tmp_path: Path) -> None:
    folder = build(tmp_path / "model")
    value = helper.make_tensor_value_info
    graph = helper.make_graph(
        [helper.make_node("Identity", ["x"], ["y"])],
        "other",
        [value("x", TensorProto.FLOAT, [1])],
        [value("y", TensorProto.FLOAT, [1])],
    )
    onnx.save(
        helper.make_model(graph, ir_version=8, opset_imports=[helper.make_opsetid("", 17)]), folder / "model.onnx"
    )
    with pytest.raises(StarlingError) as caught:
        EngineProcess(FACTORY, {"model": str(folder / "model.onnx")})
    assert caught.value.code == "tts.bad_model"


def test_a_session_that_fails_is_a_clear_error_of_the_model(tmp_path: Path) -> None:
    folder = build(tmp_path / "model")
    model = onnx.load(folder / "model.onnx")
    for constant in model.graph.initializer:
        if constant.name == "zero":
            constant.int64_data[:] = []
            constant.raw_data = np.array(0, np.int64).tobytes()
        if constant.name == "flat":
            constant.raw_data = np.array([7], np.int64).tobytes()
    onnx.save(model, folder / "model.onnx")
    process = EngineProcess(FACTORY, {"model": str(folder)})
    with pytest.raises(StarlingError) as caught:
        process.say(SENTENCE)
    process.close()
    assert caught.value.code == "model.synthesis_failed"


@pytest.mark.parametrize(
    "style",
    [
        np.zeros((510, 256), np.float32),
        np.zeros((510, 1, 256), np.float64),
        np.full((510, 1, 256), np.nan, np.float32),
    ],
)
def test_voices_of_the_wrong_shape_type_or_value_are_refused(tmp_path: Path, style: np.ndarray) -> None:
    write_voices(tmp_path / "voices.bin", af_heart=style)
    with pytest.raises(StarlingError) as caught:
        read_voices(tmp_path / "voices.bin")
    assert caught.value.code == "tts.bad_voices"
    assert "af_heart" in caught.value.message


def test_a_voices_file_that_is_none_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "voices.bin"
    write_voices(path)
    whole = path.read_bytes()
    pickled = np.array([{"a": 1}], dtype=object)
    for content in (b"", b"not an archive", whole[: len(whole) // 2]):
        path.write_bytes(content)
        with pytest.raises(StarlingError) as caught:
            read_voices(path)
        assert caught.value.code == "tts.bad_voices"
    np.savez(tmp_path / "pickled.npz", af_heart=pickled)
    np.save(tmp_path / "single.npy", np.zeros((510, 1, 256), np.float32))
    np.savez(tmp_path / "empty.npz")
    for name in ("pickled.npz", "single.npy", "empty.npz", "absent.npz"):
        with pytest.raises(StarlingError) as caught:
            read_voices(tmp_path / name)
        assert caught.value.code == "tts.bad_voices"


def test_the_last_reply_carries_the_totals_and_the_pauses() -> None:
    second = np.ones(RATE, np.float32)
    placement = Placement("cpu", ("a test",))
    made = list(kokoro.replies(iter([(second, 0.25), (second, 0.5)]), "af_sky", lambda: placement))
    assert [reply.arrays["audio"].size / RATE for reply in made] == [1.0, 1.0 + kokoro.PAUSE_S, 0.0]
    assert made[-1].data["audio_s"] == pytest.approx(2.0 + kokoro.PAUSE_S)
    assert made[-1].data["synthesis_s"] == 0.75


@pytest.mark.parametrize(
    ("why", "kind"),
    [
        ("Failed to allocate memory for requested buffer", MemoryError),
        ("Non-zero status code", StarlingError),
        ("", StarlingError),
    ],
)
def test_only_memory_running_out_is_a_memory_error(why: str, kind: type[Exception]) -> None:
    assert type(kokoro.synthesis_failed(why)) is kind
