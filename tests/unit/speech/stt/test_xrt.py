"""The advanced tier by our own kernels, emulated, with the starter model."""

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from starling.core.errors import StarlingError
from starling.core.results import SttOptions, Transcript
from starling.locate import shipped
from starling.models.info import ModelInfo
from starling.models.library import starter
from starling.npu.emulation import machine
from starling.npu.emulation.machine import replace_machine
from starling.npu.report import Fault, Npu, Pyxrt, Xrt
from starling.npu.xrt import kernels
from starling.speech.stt import whisper, xrt
from starling.speech.stt.mel import log_mel
from tests.helpers.espeak import speak
from tests.helpers.numpy_whisper import NumpyEncoder

STARTER = shipped("resources", "starter")
CONFIG = {"model": str(STARTER), "name": "starter", "short_context": True, "threads": 2, "generation": "npu1"}
SENTENCES = ("what time is it", "set a timer for ten minutes", "what is twenty three times seven")
_LIST = json.loads((Path(__file__).parents[3] / "data" / "thirty_sentences.json").read_text())
COSINE = 0.999


@pytest.fixture(scope="module")
def engine() -> Iterator[whisper.WhisperEngine]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STARLING_NPU", "emulated")
        replace_machine({})
        yield xrt.create(CONFIG)


@pytest.fixture(scope="module")
def legacy() -> whisper.WhisperEngine:
    return whisper.create(CONFIG)


def transcribe(engine: whisper.WhisperEngine, *clips: np.ndarray, **options: object) -> list[Transcript]:
    arrays = {str(index): clip for index, clip in enumerate(clips)}
    (reply,) = engine.call("transcribe", SttOptions(**options).to_json(), arrays)
    return [Transcript.from_json(transcript) for transcript in reply.data["transcripts"]]


def cosine(one: np.ndarray, other: np.ndarray) -> float:
    return float((one * other).sum() / np.linalg.norm(one) / np.linalg.norm(other))


@pytest.mark.parametrize("sentence", SENTENCES)
def test_three_sentences_are_heard_as_on_the_cpu(
    engine: whisper.WhisperEngine, legacy: whisper.WhisperEngine, sentence: str
) -> None:
    clip = speak(sentence, "en-us")
    (heard,) = transcribe(engine, clip)
    (expected,) = transcribe(legacy, clip)
    assert heard.text == expected.text
    assert heard.text.lower().rstrip(".?") == sentence


def test_three_sentences_are_heard_on_the_wider_array(
    monkeypatch: pytest.MonkeyPatch, legacy: whisper.WhisperEngine
) -> None:
    """With the tiles, the matrix unit's fragments and the columns of npu2; all three as one batch, encoded ahead."""
    monkeypatch.setenv("STARLING_NPU", "emulated")
    monkeypatch.setattr(machine, "_machine", [machine.Machine({"STARLING_NPU_DEVICE": "npu2"})])
    wide = xrt.create({**CONFIG, "generation": "npu2"})
    clips = [speak(sentence, "en-us") for sentence in SENTENCES]
    heard = transcribe(wide, *clips)
    wide._encoder.close()
    assert [clip.text for clip in heard] == [transcribe(legacy, clip)[0].text for clip in clips]
    assert "npu4" in " ".join(heard[0].placement.evidence)


def test_batches_follow_one_another(engine: whisper.WhisperEngine) -> None:
    """Each is encoded ahead in a thread of its own."""
    clips = [speak(sentence, "en-us") for sentence in SENTENCES[:2]]
    first = [clip.text for clip in transcribe(engine, *clips)]
    assert [clip.text for clip in transcribe(engine, *clips)] == first


@pytest.mark.slow
def test_thirty_sentences(engine: whisper.WhisperEngine, legacy: whisper.WhisperEngine) -> None:
    for voice in _LIST["voices"]:
        for sentence in _LIST["sentences"]:
            clip = speak(sentence, voice)
            assert transcribe(engine, clip)[0].text == transcribe(legacy, clip)[0].text, (sentence, voice)


@pytest.mark.parametrize("frames", [300, 500, pytest.param(3000, marks=pytest.mark.slow)])
def test_real_frames_agree_with_float32(engine: whisper.WhisperEngine, frames: int) -> None:
    encoder = engine._encoder
    mel = log_mel(speak("set a timer for ten minutes", "en-us")[: frames * 160], frames)
    states = encoder.encode(mel[np.newaxis])[0]
    expected = NumpyEncoder(STARTER / "encoder.safetensors")(mel)
    assert states.shape == expected.shape
    assert cosine(states, expected) >= COSINE
    assert min(map(cosine, states, expected)) >= 0.99


def test_a_bucket_changes_nothing_but_the_time(engine: whisper.WhisperEngine) -> None:
    """The same clip in the next larger shape; what is behind it does not reach into it."""
    mel = log_mel(speak("what time is it", "en-us")[: 130 * 160], 130)
    encoder = engine._encoder
    small = encoder._encode(mel)
    large = encoder._program(1024)
    keys = dict(encoder._programs)
    encoder._programs[256] = large
    try:
        same = encoder._encode(mel)
    finally:
        encoder._programs.clear()
        encoder._programs.update(keys)
    assert cosine(small, same) > 0.99999


def test_placement_names_what_ran(engine: whisper.WhisperEngine) -> None:
    before = sum(engine._encoder.launches.values())
    (heard,) = transcribe(engine, speak("what time is it", "en-us"))
    launched = sum(engine._encoder.launches.values()) - before
    assert launched > 100
    assert heard.placement.device == "emulated"
    told = " ".join(heard.placement.evidence)
    assert f"launches {before + launched}" in told
    assert "xclbin " in told
    assert "softmax_bf16 " in told
    assert "decoder" in told
    about = engine.describe()
    assert (about["tier"], about["provider"], about["model"]) == ("advanced", "xrt", "starter")
    assert about["placement"]["device"] == "emulated"


def test_a_profile_measures_every_operation(engine: whisper.WhisperEngine) -> None:
    list(engine.call("profile", {"each": True}, {}))
    transcribe(engine, speak("what time is it", "en-us"))
    (reply,) = engine.call("profile", {"each": False}, {})
    operations = reply.data["operations"]
    assert operations["softmax_bf16"]["count"] == 24
    assert 0 < operations["softmax_bf16"]["min_ms"] <= operations["softmax_bf16"]["p95_ms"]
    assert sum(reply.data["shares"].values()) == pytest.approx(1, abs=0.01)
    assert all(-1e-9 < share < 1 for share in reply.data["shares"].values())
    json.dumps(reply.data)
    transcribe(engine, speak("what time is it", "en-us"))
    (later,) = engine.call("profile", {}, {})
    assert later.data["operations"]["softmax_bf16"]["count"] == 24


NPU = Npu(present=True, usable=True, device_id="1502", generation="XDNA1", driver="amdxdna 0.6.0")
XRT = Xrt("2.21.75", "/opt/xilinx/xrt", pyxrt=(Pyxrt("/opt/xilinx/xrt/python", "3.12", "/usr/bin/python3.12"),))


def model(folder: Path) -> ModelInfo:
    return ModelInfo("base", "whisper-ct2", folder, False, True, False, 1)


@pytest.mark.parametrize(
    ("npu", "why_not"),
    [
        (Npu(present=False), "no NPU was found"),
        (replace(NPU, usable=False), "cannot be used"),
        (
            replace(NPU, usable=False, faults=(Fault("npu.memlock", "Too little memory.", "Raise it.", True),)),
            "Too little",
        ),
        (replace(NPU, device_id="17f2", xrt=XRT), "no kernels for the NPU 17f2"),
        (NPU, "XRT and its Python module"),
        (replace(NPU, xrt=replace(XRT, pyxrt=())), "XRT and its Python module"),
        (replace(NPU, xrt=XRT), "no kernels are built"),
        (replace(NPU, xrt=replace(XRT, pyxrt=(Pyxrt("/x", "3.19", ""),))), "fits Python 3.19 only"),
    ],
)
def test_why_it_cannot_be_tried(monkeypatch: pytest.MonkeyPatch, npu: Npu, why_not: str) -> None:
    monkeypatch.delenv("STARLING_NPU", raising=False)
    found = xrt.candidate(npu, starter(), 0)
    assert (found.provider, found.tier, found.spec, found.emulated) == ("xrt", "advanced", None, False)
    assert why_not in found.why_not
    assert found.fix == ("Raise it." if npu.faults else found.fix)


@pytest.mark.parametrize("npu", [Npu(present=False), replace(NPU, xrt=XRT)])
@pytest.mark.parametrize("device", ["", "npu2"])
def test_the_emulation_is_there_on_every_machine(monkeypatch: pytest.MonkeyPatch, npu: Npu, device: str) -> None:
    monkeypatch.setenv("STARLING_NPU", "emulated")
    monkeypatch.setenv("STARLING_NPU_DEVICE", device)
    found = xrt.candidate(npu, starter(), 2)
    assert found.emulated
    assert found.spec is not None
    assert (found.spec.tier, found.spec.provider, found.spec.model) == ("advanced", "xrt", "starter")
    assert found.spec.factory == "starling.speech.stt.xrt:create"
    assert found.spec.config["generation"] == (device or "npu1")
    assert found.versions == (("emulation", device or "npu1"),)
    json.dumps(found.spec.config)


def test_a_model_without_the_encoders_weights(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("STARLING_NPU", "emulated")
    found = xrt.candidate(Npu(present=False), model(tmp_path), 0)
    assert found.spec is None
    assert "weights of base" in found.why_not
    assert "models.keep_encoder" in found.fix
    with pytest.raises(StarlingError) as refused:
        xrt.create({**CONFIG, "model": str(tmp_path)})
    assert refused.value.code == "model.missing_file"


@pytest.fixture
def kernels_are_built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STARLING_NPU", raising=False)
    monkeypatch.setattr(kernels, "why_not", lambda generation, model: ("", ""))
    monkeypatch.setattr(xrt, "xrt_environment", lambda npu: {"XILINX_XRT": "/opt/xilinx/xrt"})


@pytest.mark.usefixtures("kernels_are_built")
def test_with_kernels_it_can_be_tried_under_this_python() -> None:
    here = Pyxrt("/opt/xilinx/xrt/python/pyxrt.so", f"{sys.version_info.major}.{sys.version_info.minor}", "")
    found = xrt.candidate(replace(NPU, xrt=replace(XRT, pyxrt=(here,))), starter(), 0)
    assert found.spec is not None
    assert not found.emulated
    assert "python" not in found.spec.config
    assert found.spec.env == {"XILINX_XRT": "/opt/xilinx/xrt", "OPENBLAS_NUM_THREADS": "1"}
    assert dict(found.versions)["xrt"] == "2.21.75"


@pytest.mark.usefixtures("kernels_are_built")
def test_with_kernels_it_can_be_tried_under_the_python_that_pyxrt_fits() -> None:
    other = Pyxrt("/opt/xilinx/xrt/python/pyxrt.so", "3.99", "/usr/bin/python3.99")
    found = xrt.candidate(replace(NPU, xrt=replace(XRT, pyxrt=(other,))), starter(), 0)
    assert found.spec is not None
    assert found.spec.interpreter == ""
    python = found.spec.config["python"]
    assert python["interpreter"] == "/usr/bin/python3.99"
    assert python["env"]["XILINX_XRT"] == "/opt/xilinx/xrt"
    assert "XILINX_XRT" not in found.spec.env
    json.dumps(found.spec.config)


def test_the_encoder_may_run_in_a_process_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STARLING_NPU", "emulated")
    engine = xrt.create({**CONFIG, "python": {"interpreter": sys.executable, "env": {"OPENBLAS_NUM_THREADS": "1"}}})
    try:
        (heard,) = transcribe(engine, speak("what time is it", "en-us"))
    finally:
        engine._encoder.close()
    assert heard.text == "What time is it?"
    assert heard.placement.device == "emulated"
    assert "launches 124" in heard.placement.evidence
