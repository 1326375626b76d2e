"""For owners of the hardware: ``pytest -m npu``. Needs an NPU, XRT's pyxrt for this Python, and built kernels."""

import json
import subprocess
import sys

import numpy as np
import pytest

from starling.core.errors import StarlingError
from starling.locate import shipped
from starling.npu.planning.shapes import KNOWN
from starling.npu.probe import probe
from starling.npu.xrt import driver, kernels
from starling.npu.xrt.kernels import GENERATIONS
from starling.speech.stt import whisper, xrt
from starling.speech.stt.mel import log_mel
from tests.helpers.espeak import speak
from tests.helpers.numpy_whisper import NumpyEncoder

pytestmark = [pytest.mark.npu, pytest.mark.timeout(600)]
STARTER = shipped("resources", "starter")


@pytest.fixture
def private_folders():
    """The user's own: kernels that were built are there."""


@pytest.fixture
def generation(monkeypatch):
    monkeypatch.delenv("STARLING_NPU", raising=False)
    npu = probe()
    if not npu.usable or npu.device_id not in GENERATIONS:
        pytest.skip(f"no NPU can be used: {'; '.join(npu.reasons) or npu.device_id}")
    try:
        driver.load()
    except StarlingError as error:
        pytest.skip(error.message)
    found = GENERATIONS[npu.device_id]
    if reason := " ".join(kernels.why_not(found, KNOWN["starter"])):
        pytest.skip(reason)
    return found


def config(generation):
    return {"model": str(STARTER), "name": "starter", "short_context": True, "threads": 2, "generation": generation}


@pytest.mark.parametrize("frames", [250, 500, 3000])
def test_the_encoder_agrees_with_float32(generation, frames):
    encoder = xrt.encoder(config(generation))
    try:
        mel = log_mel(speak("set a timer for ten minutes", "en-us")[: frames * 160], frames)
        states = encoder.encode(mel[np.newaxis])[0]
        expected = NumpyEncoder(STARTER / "encoder.safetensors")(mel)
        assert (states * expected).sum() / np.linalg.norm(states) / np.linalg.norm(expected) >= 0.999
        assert encoder.placement.device == "npu"
    finally:
        encoder.close()


@pytest.mark.parametrize("sentence", ["what time is it", "set a timer for ten minutes"])
def test_a_sentence_is_heard_as_on_the_cpu(generation, sentence):
    clip = speak(sentence, "en-us")
    texts = []
    for create in (xrt.create, whisper.create):
        (reply,) = create(config(generation)).call("transcribe", {}, {"0": clip})
        texts.append(reply.data["transcripts"][0]["text"])
    assert texts[0] == texts[1]


def test_every_kernel_passes_its_check(generation):
    command = [sys.executable, "-m", "starling", "kernels", "check", "--device", generation, "--model", "starter"]
    ran = subprocess.run([*command, "--json"], capture_output=True, text=True, timeout=500, check=False)
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout)
