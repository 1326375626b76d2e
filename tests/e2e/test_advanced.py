"""Must show: the advanced tier over the emulated NPU, and every fault of it, over the real command line."""

import json
import shutil
import threading

import pytest

from starling import locate
from starling.pipeline.proving import Proving
from tests.helpers import asr_server
from tests.helpers.commands import starling
from tests.helpers.listening import speech_wav
from tests.unit.pipeline.proving_fakes import choice

SENTENCE = "set a timer for ten minutes"
TEXT = "Set a timer for ten minutes."
EMULATED = {"STARLING_NPU": "emulated"}
STARTER = ("--model", "starter")
ADVANCED = ("--stt", "advanced", *STARTER)


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    return str(speech_wav(tmp_path_factory.mktemp("said") / "said.wav", [SENTENCE]))


def tried(said, tmp_path, *words, env=None):
    """The one utterance of a ``try``, and what was told on stderr. The helper's limit is the 30 s of the issue."""
    done = starling(
        "try", "--json", "--out", str(tmp_path / "reply.wav"), "--audio", said, *words, home=tmp_path, env=env
    )
    assert done.code == 0, done.err
    (utterance,) = json.loads(done.out)["utterances"]
    return utterance, done.err


def test_the_emulated_npu_hears_right_and_is_named(said, tmp_path):
    utterance, told = tried(said, tmp_path, *ADVANCED, env=EMULATED)
    assert (utterance["text"], utterance["tier"], utterance["provider"]) == (TEXT, "advanced", "xrt")
    placement = utterance["placement"]
    assert placement["device"] == "emulated"
    evidence = "; ".join(placement["evidence"])
    assert "xclbin " in evidence
    assert "gemm" in evidence
    assert (utterance["attempts"], utterance["changes"], told) == (1, [], "")


@pytest.mark.parametrize(
    ("fault", "attempts", "lasting", "reason"),
    [
        ("hang", 2, False, "did not finish within"),
        ("abort", 3, False, "SIGABRT"),
        ("out_of_memory", 2, False, "ran out of memory"),
        ("firmware", 3, False, "firmware and driver do not fit"),
        ("context_limit", 2, False, "no hardware context left"),
        ("device_gone", 1, True, "The NPU is gone"),
        ("nan", 2, True, "not finite numbers"),
    ],
)
def test_the_next_tier_delivers_and_the_reason_is_shown(said, tmp_path, fault, attempts, lasting, reason):
    utterance, told = tried(said, tmp_path, *ADVANCED, env={**EMULATED, "STARLING_NPU_FAULT": fault})
    assert (utterance["text"], utterance["tier"], utterance["provider"]) == (TEXT, "legacy", "")
    assert utterance["placement"]["device"] == "cpu"
    (change,) = utterance["changes"]
    assert (change["tier"], change["provider"], change["lasting"]) == ("advanced", "xrt", lasting)
    assert reason in change["reason"]
    assert reason in told
    assert utterance["attempts"] == attempts


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["hang", "abort", "out_of_memory", "firmware", "device_gone", "nan"])
def test_a_fault_in_the_middle_of_the_encoder_loses_no_text(said, tmp_path, fault):
    utterance, _ = tried(said, tmp_path, *ADVANCED, env={**EMULATED, "STARLING_NPU_FAULT": f"{fault}:after=60"})
    assert (utterance["text"], utterance["tier"]) == (TEXT, "legacy")
    assert [change["tier"] for change in utterance["changes"]] == ["advanced"]


@pytest.mark.parametrize("words", [(), pytest.param(("--provider", "xrt"), marks=pytest.mark.slow)])
def test_auto_never_picks_the_emulation(said, tmp_path, words):
    utterance, _ = tried(said, tmp_path, "--stt", "auto", *words, *STARTER, env=EMULATED)
    assert (utterance["text"], utterance["tier"], utterance["changes"]) == (TEXT, "legacy", [])


def test_without_an_npu_advanced_says_why_and_the_next_tier_delivers(said, tmp_path):
    empty = tmp_path / "machine"
    empty.mkdir()
    utterance, told = tried(said, tmp_path, *ADVANCED, env={"STARLING_SYSROOT": str(empty)})
    assert (utterance["text"], utterance["tier"]) == (TEXT, "legacy")
    assert "advanced · xrt: no NPU was found" in utterance["why_not_better"]
    assert "legacy:starter is used." in told
    assert "advanced · xrt: no NPU was found" in told
    assert "advanced · server: no FastFlowLM or Lemonade answers on this machine" in told


def test_the_doctor_proves_the_emulation_by_its_encoder_and_never_by_its_speed(tmp_path):
    done = starling("doctor", "--prove", "--json", *STARTER, home=tmp_path, env=EMULATED)
    assert done.code == 0, done.err
    assert "[1/4] advanced · xrt: legacy:starter hears the known clip" in done.err
    found = {entry["provider"]: entry for entry in json.loads(done.out)["proofs"]["candidates"]}
    xrt = found["xrt"]
    assert (xrt["state"], xrt["device"], xrt["candidate_ms"]) == ("refused", "emulated", None)
    (cosine,) = xrt["figures"]
    assert cosine["name"] == "encoder cosine"
    assert cosine["value"] >= cosine["limit"] == 0.999
    assert (found["vitisai"]["state"], bool(found["vitisai"]["reason"])) == ("unavailable", True)


def test_a_server_on_this_machine_is_an_accelerator_too(said, tmp_path):
    with asr_server.asr_server("Lemonade", lambda samples, fields: "what time is it") as lemonade:
        lemonade.installed = {"whispercpp": ["vulkan"]}
        env = {"STARLING_SPEECH_SERVERS": f"Lemonade={lemonade.url}"}
        words = ("--stt", "legacy", "--provider", "server", *STARTER)
        utterance, told = tried(said, tmp_path, *words, env=env)
        assert (utterance["text"], utterance["tier"], utterance["provider"]) == ("what time is it", "legacy", "server")
        assert utterance["placement"]["device"] == "igpu"
        assert utterance["model"] == "Whisper-Small"
        lemonade.answers["/audio/transcriptions"] = (500, {"error": "boom"})
        utterance, told = tried(said, tmp_path, *words, env=env)
        assert (utterance["text"], utterance["provider"]) == (TEXT, "")
        assert "boom" in told


def test_the_background_prover_tells_each_step_and_the_figures(tmp_path, monkeypatch):
    for name, value in {**EMULATED, "STARLING_HOME": str(tmp_path), "STARLING_SPEECH_SERVERS": "none"}.items():
        monkeypatch.setenv(name, value)
    told, over = [], threading.Event()
    prover = Proving(choice, told.append, over.set, quiet_s=3600.0, quiet_on_demand_s=0.0)
    try:
        prover.prove()
        assert over.wait(60.0)
    finally:
        prover.close()
    assert (told[0].status, told[-1].status, told[-1].error) == ("running", "idle", None)
    steps = [shown.step for shown in told if shown.step]
    assert "advanced · xrt: comparing its encoder with the reference" in steps
    found = {entry.provider: entry for entry in told[-1].entries}
    (cosine,) = found["xrt"].figures
    assert cosine.value >= 0.999
    assert found["xrt"].reason == "emulated, never chosen automatically; its results are right"


def test_a_broken_kernel_changes_the_text(said, tmp_path):
    """In a copy of the checkout, attention to everything alike by one line of softmax's C++.

    What comes out is a sentence, so that no other try is made: a whole 30 s would take the emulation too long.
    """
    copy = tmp_path / "copy"
    for folder in ("app", "kernels"):
        shutil.copytree(locate.shipped(folder), copy / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for shared in ("resources", "pyproject.toml"):
        (copy / shared).symlink_to(locate.shipped(shared))
    env = {**EMULATED, "PYTHONPATH": str(copy / "app")}
    assert tried(said, tmp_path, *ADVANCED, env=env)[0]["text"] == TEXT
    core = copy / "kernels" / "softmax" / "softmax.cc"
    source, scale = core.read_text(), "as_float(scale_bits));"
    assert source.count(scale) == 1
    core.write_text(source.replace(scale, "0.0f);"))
    utterance, told = tried(said, tmp_path, *ADVANCED, env=env)
    assert (utterance["provider"], utterance["placement"]["device"]) == ("xrt", "emulated"), told
    assert utterance["text"] != TEXT
