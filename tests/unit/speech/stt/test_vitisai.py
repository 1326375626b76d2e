import json
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from starling.child import vitals
from starling.core.errors import StarlingError
from starling.core.results import SttOptions, Transcript
from starling.engine.failures import EngineFailed, EngineFailure, FailureKind
from starling.engine.host import EngineProcess
from starling.models.card import ModelCard
from starling.models.hashing import file_record
from starling.models.library import info_of, starter
from starling.models.place import models_dir
from starling.npu.vitisai import cache
from starling.speech.stt import vitisai, whisper
from starling.speech.stt.encoder_engine import EncoderEngine
from tests.helpers import encoder_onnx
from tests.helpers.espeak import speak
from tests.helpers.vitisai import Environment, report

SENTENCES = ("what time is it", "set a timer for ten minutes")
GREEDY = SttOptions(temperatures=(0.0,), language="en")


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    folder = tmp_path_factory.mktemp("onnx")
    return encoder_onnx.write(starter().path / "encoder.safetensors", folder / "encoder_model.onnx")


@pytest.fixture
def env(tmp_path):
    return Environment(tmp_path / "ryzen-ai")


@pytest.fixture
def encoder_folder(tmp_path, exported):
    folder = tmp_path / "encoder"
    folder.mkdir()
    (folder / "encoder_model.onnx").write_bytes(exported.read_bytes())
    return folder


@pytest.fixture
def config(env, encoder_folder, tmp_path):
    return {
        "model": str(starter().path),
        "name": "starter",
        "threads": 2,
        "encoder": str(encoder_folder),
        "interpreter": str(env.interpreter),
        "env": {"XLNX_ONNX_EP_REPORT_FILE": "vitisai_ep_report.json"},
        "cache": str(tmp_path / "cache"),
        "versions": [["driver", "0.6.0"], ["ryzen ai", "1.8.0"]],
    }


@pytest.fixture
def load(config):
    made = []

    def make(**changes):
        engine = vitisai.create(config | changes)
        made.append(engine)
        return engine

    yield make
    for engine in made:
        engine._encoder.close()


def speech(seconds=3.0):
    """A tone that changes: something to encode."""
    times = np.arange(int(seconds * 16000), dtype=np.float32) / 16000
    return (0.2 * np.sin(2 * np.pi * (200 + 80 * np.sin(7 * times)) * times)).astype(np.float32)


def transcribe(engine, *clips):
    arrays = {str(index): clip for index, clip in enumerate(clips)}
    (reply,) = engine.call("transcribe", GREEDY.to_json(), arrays)
    return [Transcript.from_json(item) for item in reply.data["transcripts"]]


def code_of(make, **changes):
    with pytest.raises(StarlingError) as caught:
        make(**changes)
    return caught.value


def test_the_encoder_works_in_the_other_python_and_its_states_are_those_of_fp32(load, env):
    engine = load()
    about = engine.describe()
    assert (about["tier"], about["provider"], about["placement"]["device"]) == ("advanced", "vitisai", "npu")
    assert "NPU 240" in " ".join(about["placement"]["evidence"])
    assert about["encoder_interpreter"] == str(env.interpreter)
    from starling.speech.stt.mel import log_mel
    from tests.helpers.numpy_whisper import NumpyEncoder

    clip = speech()
    mel = log_mel(clip, 3000, 80)
    (reply,) = EncoderEngine(engine._encoder).call("encode", {}, {"mel": mel[np.newaxis]})
    ours, fp32 = reply.arrays["states"][0], NumpyEncoder(starter().path / "encoder.safetensors")(mel)
    cosine = np.sum(ours * fp32, -1) / np.linalg.norm(ours, axis=-1) / np.linalg.norm(fp32, axis=-1)
    assert cosine.min() > 0.9999


def test_sentences_are_heard_as_on_the_cpu_and_the_placement_is_with_them(load, config):
    clips = [speak(sentence, "en-us") for sentence in SENTENCES]
    heard = transcribe(load(), *clips)
    assert [one.text.lower().rstrip(".?") for one in heard] == list(SENTENCES)
    assert {one.placement.device for one in heard} == {"npu"}
    legacy = transcribe(whisper.create(config), *clips)
    assert [one.text for one in legacy] == [one.text for one in heard]


def test_what_was_compiled_is_loaded_the_next_time(load, env):
    load()
    env.behave(report_on="compile")
    again = load()
    assert env.sessions == ["compiled", "loaded"]
    placement = again.describe()["placement"]
    assert placement["device"] == "npu"
    assert "of the compilation" in " ".join(placement["evidence"])
    load(versions=[["driver", "0.7.0"], ["ryzen ai", "1.8.0"]])
    assert env.sessions[-1] == "compiled"


@pytest.mark.parametrize(
    ("told", "device"),
    [
        ({"report": report(240, own_cpu=2)}, "npu"),
        ({"report": report(240, cpu=9, left=("MatMul",))}, "unknown"),
        ({"report": None}, "unknown"),
        ({"report": "{half"}, "unknown"),
    ],
)
def test_the_placement_is_what_the_report_says(load, env, told, device):
    env.behave(**told)
    assert load().describe()["placement"]["device"] == device


@pytest.mark.parametrize("told", [{"fallback": True}, {"report": report(0, cpu=240)}, {"report": report(9, running=0)}])
def test_an_encoder_on_the_cpu_is_no_advanced_tier(load, env, told):
    env.behave(**told)
    error = code_of(load)
    assert error.code == "engine.not_on_npu"
    assert "CPU" in error.message


@pytest.mark.parametrize(
    ("told", "code", "words"),
    [
        ({"fault": "raise"}, "engine.vitisai_failed", "no NPU device could be opened"),
        ({"fault": "option"}, "engine.vitisai_failed", "flexible-l2-buffer-layout"),
        ({"fault": "onnx"}, "engine.vitisai_failed", "VAIML compile failed"),
        ({"fault": "memory"}, "engine.out_of_memory", "ran out of memory"),
        ({"fault": "crash"}, "engine.crashed", "signal 6"),
        ({"missing": True}, "engine.vitisai_missing", "VitisAIExecutionProvider"),
    ],
)
def test_a_session_that_cannot_be_made_is_told(load, env, told, code, words):
    env.behave(**told)
    error = code_of(load)
    assert error.code == code
    assert words in error.message
    env.behave()
    assert load().describe()["placement"]["device"] == "npu"


def test_numbers_that_are_none_never_become_text(load, env):
    env.behave(fault="nan")
    error = code_of(lambda: transcribe(load(), speech()))
    assert error.code == "stt.bad_states"


@pytest.mark.parametrize("kind", ["frames", "garbage", "empty", "outside", "strange name", "absent"])
def test_an_encoder_that_is_none(load, encoder_folder, kind, exported, tmp_path):
    path = encoder_folder / "encoder_model.onnx"
    if kind == "frames":
        encoder_onnx.write(starter().path / "encoder.safetensors", path, frames=1000)
    elif kind == "outside":
        (tmp_path / "secret").write_bytes(b"x" * 5_000_000)
        encoder_onnx.write(starter().path / "encoder.safetensors", path, external="weights.bin")
        path.write_bytes(path.read_bytes().replace(b"weights.bin", b"../secretxx"))
    elif kind == "strange name":
        encoder_onnx.write(starter().path / "encoder.safetensors", path, external="weights.bin")
    elif kind == "absent":
        path.unlink()
    else:
        path.write_bytes(b"" if kind == "empty" else b"this is no model" * 100)
    expected = {"frames": "model.wrong_architecture", "outside": "model.escapes", "strange name": "model.escapes"}
    found = code_of(load).code
    assert found == expected.get(kind, found)
    assert found.startswith(("model.", "engine.vitisai_failed"))


def test_weights_beside_the_encoder_are_checked_and_used(load, encoder_folder):
    path = encoder_folder / "encoder_model.onnx"
    encoder_onnx.write(starter().path / "encoder.safetensors", path, external="encoder_model.onnx.data")
    files = vitisai.encoder_files(encoder_folder)
    assert set(files) == {"encoder_model.onnx", "encoder_model.onnx.data"}
    assert load().describe()["placement"]["device"] == "npu"
    data = encoder_folder / "encoder_model.onnx.data"
    data.write_bytes(bytes([data.read_bytes()[0] ^ 1]) + data.read_bytes()[1:])
    assert code_of(load).code == "model.altered"


def test_a_card_has_to_name_every_file_that_the_encoder_reads(load, encoder_folder):
    path = encoder_folder / "encoder_model.onnx"
    encoder_onnx.write(starter().path / "encoder.safetensors", path, external="encoder_model.onnx.data")
    ModelCard("enc", "whisper-onnx-npu", files={path.name: file_record(path)}).write(encoder_folder)
    assert code_of(load).code == "model.missing_file"


# -- as an engine process ----------------------------------------------------------------------------------------


def installed(tmp_path, exported, of="whisper-small"):
    """The starter as whisper-small, and its encoder, in the models' folder."""
    model, encoder = models_dir() / "whisper-small", models_dir() / "whisper-small-npu"
    for folder in (model, encoder):
        folder.mkdir(parents=True)
    names = ("config.json", "model.bin", "tokenizer.json", "vocabulary.json")
    for name in names:
        (model / name).write_bytes((starter().path / name).read_bytes())
    (encoder / "encoder_model.onnx").write_bytes(exported.read_bytes())
    records = {name: file_record(model / name) for name in names}
    ModelCard("whisper-small", "whisper-ct2", catalogue=of, files=records).write(model)
    records = {"encoder_model.onnx": file_record(encoder / "encoder_model.onnx")}
    ModelCard("whisper-small-npu", "whisper-onnx-npu", catalogue="whisper-small-npu", files=records).write(encoder)
    return info_of(model)


def test_a_candidate_runs_as_it_is(env, tmp_path, exported):
    candidate = vitisai.candidate(env.npu(), installed(tmp_path, exported), 2)
    assert (candidate.provider, candidate.tier, candidate.why_not) == ("vitisai", "advanced", "")
    assert dict(candidate.versions)["onnxruntime-vitisai"] == "1.23.3.dev1"
    assert not any(value.startswith("/") for _, value in candidate.versions)
    assert candidate.spec.load_deadline_s == vitisai.COMPILE_DEADLINE_S
    json.dumps(candidate.spec.config)
    process = EngineProcess(candidate.spec)
    try:
        process.wait_ready()
        assert process.describe()["placement"]["device"] == "npu"
        reply = process.call("transcribe", GREEDY.to_json(), {"0": speech()}, 60)
        assert reply.data["transcripts"][0]["placement"]["device"] == "npu"
    finally:
        process.kill()
    later = vitisai.candidate(env.npu(), info_of(Path(candidate.spec.config["model"])), 2)
    assert later.spec.load_deadline_s == vitisai.LOAD_DEADLINE_S
    assert later.versions == candidate.versions


def test_a_compilation_is_measured_cancelled_and_made_anew(env, tmp_path, exported):
    candidate = vitisai.candidate(env.npu(), installed(tmp_path, exported), 2)
    env.behave(compile_s=60)
    process = EngineProcess(candidate.spec)
    failures = []

    def wait():
        try:
            process.wait_ready()
        except EngineFailure as failure:
            failures.append(failure)

    waiting = threading.Thread(target=wait)
    waiting.start()
    try:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            one = cache.under_way()
            if one and one[0].cache_bytes > 5000 and one[0].elapsed_s > 0.2:
                break
            time.sleep(0.05)
        assert one[0].model == "whisper-small"
        children = [int(text) for text in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()]
        assert children
    finally:
        process.kill()
        waiting.join(10)
    assert failures
    deadline = time.monotonic() + 10
    while any(vitals.memory_bytes(pid) for pid in children) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(vitals.memory_bytes(pid) for pid in children)
    assert cache.under_way() == ()
    env.behave()
    process = EngineProcess(candidate.spec)
    try:
        process.wait_ready()
        assert env.sessions == ["compiled", "compiled"]
    finally:
        process.kill()


def test_a_refusal_in_the_process_is_the_engines(env, tmp_path, exported):
    env.behave(fallback=True)
    process = EngineProcess(vitisai.candidate(env.npu(), installed(tmp_path, exported), 2).spec)
    with pytest.raises(EngineFailed) as caught:
        process.wait_ready()
    assert caught.value.kind is FailureKind.MODEL
    process.kill()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"present": False}, "no AMD Ryzen AI NPU"),
        ({"generation": "XDNA1", "product": "Phoenix or Hawk Point"}, "needs XDNA2"),
        ({"generation": "AIE4", "device_id": "17f1"}, "17f1"),
        ({"generation": ""}, "not known"),
        ({"usable": False}, "cannot be used"),
        ({"vitisai": None}, "was not found"),
    ],
)
def test_what_stands_in_the_way_is_told(env, tmp_path, exported, changes, words):
    candidate = vitisai.candidate(env.npu(**changes), installed(tmp_path, exported), 0)
    assert candidate.spec is None
    assert words in candidate.why_not


def test_models_without_an_encoder_are_told(env, tmp_path, exported):
    model = installed(tmp_path, exported, of="whisper-base")
    assert "AMD offers no encoder" in vitisai.candidate(env.npu(), model, 0).why_not
    (models_dir() / "whisper-small-npu" / "starling.json").unlink()
    card = ModelCard.read(model.path)
    ModelCard(card.name, card.kind, catalogue="whisper-small", files=card.files).write(model.path)
    candidate = vitisai.candidate(env.npu(), model, 0)
    assert "not installed" in candidate.why_not
    assert candidate.fix.endswith("starling models install whisper-small-npu")
