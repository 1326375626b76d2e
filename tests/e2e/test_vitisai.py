"""Vitis AI over the real command line: a faked Strix machine with AMD's software, the starter as Whisper small."""

import json

import pytest

from starling.models.card import ModelCard
from starling.models.hashing import file_record
from starling.models.library import starter
from tests.helpers import encoder_onnx
from tests.helpers.commands import starling
from tests.helpers.listening import speech_wav
from tests.helpers.machines import machine
from tests.helpers.vitisai import Environment, report

TEXT = "Set a timer for ten minutes."
WORDS = ("--stt", "advanced", "--provider", "vitisai", "--model", "whisper-small")


@pytest.fixture
def said(tmp_path):
    return str(speech_wav(tmp_path / "said.wav", ["set a timer for ten minutes"]))


def amd(tmp_path, kind):
    """The machine, and AMD's environment on it."""
    made = machine(tmp_path / "machine", kind)
    place = made.root / "opt/ryzen_ai-1.8.0/venv"
    (place / "lib/python3.12/site-packages/onnxruntime_vitisai-1.23.3.dist-info").mkdir(parents=True)
    return made, Environment(place)


@pytest.fixture
def home(tmp_path):
    """A home with both models."""
    models = tmp_path / "home" / "data" / "models"
    model, encoder = models / "whisper-small", models / "whisper-small-npu"
    for folder in (model, encoder):
        folder.mkdir(parents=True)
    names = ("config.json", "model.bin", "tokenizer.json", "vocabulary.json")
    for name in names:
        (model / name).write_bytes((starter().path / name).read_bytes())
    encoder_onnx.write(starter().path / "encoder.safetensors", encoder / "encoder_model.onnx")
    records = {name: file_record(model / name) for name in names}
    ModelCard("whisper-small", "whisper-ct2", catalogue="whisper-small", files=records).write(model)
    records = {"encoder_model.onnx": file_record(encoder / "encoder_model.onnx")}
    ModelCard("whisper-small-npu", "whisper-onnx-npu", catalogue="whisper-small-npu", files=records).write(encoder)
    return tmp_path / "home"


def tried(said, home, made, tmp_path):
    out = str(tmp_path / "reply.wav")
    env = {**made.env, "STARLING_HOME": str(home)}
    done = starling("try", "--json", "--out", out, "--audio", said, *WORDS, home=home, env=env)
    assert done.code == 0, done.err
    (utterance,) = json.loads(done.out)["utterances"]
    return utterance, done.err


def test_speech_is_heard_on_the_npu_of_a_strix_machine(said, home, tmp_path):
    made, env = amd(tmp_path, "strix")
    utterance, told = tried(said, home, made, tmp_path)
    assert (utterance["text"], utterance["tier"], utterance["provider"]) == (TEXT, "advanced", "vitisai"), told
    assert utterance["placement"]["device"] == "npu"
    assert "NPU 240" in " ".join(utterance["placement"]["evidence"])
    env.behave(fault="nan")
    utterance, told = tried(said, home, made, tmp_path)
    assert (utterance["text"], utterance["tier"]) == (TEXT, "legacy")
    assert "stt.bad_states" in told
    env.behave(report=report(0, cpu=240))
    utterance, told = tried(said, home, made, tmp_path)
    assert (utterance["text"], utterance["tier"]) == (TEXT, "legacy")
    assert "put the encoder on the CPU" in told
    assert env.sessions == ["compiled", "loaded", "loaded"]


def test_a_phoenix_machine_is_told_why_not(said, home, tmp_path):
    made, env = amd(tmp_path, "phoenix")
    utterance, told = tried(said, home, made, tmp_path)
    assert (utterance["text"], utterance["tier"]) == (TEXT, "legacy")
    assert "Whisper needs XDNA2" in told
    assert env.sessions == []
