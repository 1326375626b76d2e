"""``auto`` over a server that says it recognises on the NPU: unproven, proven, too slow, wrong, changed, gone."""

import json
import time

import pytest

from starling.pipeline.events import EngineChanged, EngineShown, ProofShown
from starling.pipeline.proof_run import SPOKEN, known_clip
from tests.helpers.asr_server import asr_server
from tests.helpers.commands import NO_SOUND, starling
from tests.helpers.listening import speech_wav
from tests.helpers.machines import machine
from tests.helpers.service import Served

SENTENCE = "set a timer for ten minutes"
TEXT = "Set a timer for ten minutes."
CLIP_SAMPLES = len(known_clip())
STARTER = ("--model", "starter")


class Ears:
    """What the server hears, and how long it takes."""

    def __init__(self):
        self.takes_s = 0.0
        self.clip = SPOKEN

    def __call__(self, samples, fields):
        time.sleep(self.takes_s)
        return self.clip if len(samples) == CLIP_SAMPLES else TEXT


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    return str(speech_wav(tmp_path_factory.mktemp("said") / "said.wav", [SENTENCE]))


@pytest.fixture
def flm():
    ears = Ears()
    with asr_server("FastFlowLM", ears) as server:
        server.ears = ears
        yield server


@pytest.fixture
def run(tmp_path, flm, said):
    """Commands of one person on this machine with that server."""
    strix = machine(tmp_path / "machine", "strix")
    env = {"STARLING_SPEECH_SERVERS": f"FastFlowLM={flm.url}", "STARLING_SYSROOT": str(strix.root)}

    class Run:
        def prefer_low_power(self):
            """The starter hears the clip in 16 ms, and so does the server: which is faster is luck."""
            settings = tmp_path / "config" / "settings.toml"
            settings.parent.mkdir()
            settings.write_text('[stt]\nprefer = "low_power"\n')

        def tried(self, *words):
            done = starling(
                *("try", "--json", "--out", str(tmp_path / "reply.wav"), "--audio", said, *STARTER, *words),
                home=tmp_path,
                env=env,
            )
            assert done.code == 0, done.err
            (utterance,) = json.loads(done.out)["utterances"]
            assert utterance["text"] == TEXT
            return utterance

        def doctor(self, *words):
            done = starling("doctor", "--json", *STARTER, *words, home=tmp_path, env=env)
            assert done.code == 0, done.err
            told = json.loads(done.out)
            (entry,) = [entry for entry in told["proofs"]["candidates"] if entry["provider"] == "server"]
            return entry, told["engines"]["stt"][0]

    return Run()


def test_what_is_proven_is_used_until_something_changes(run, flm):
    run.prefer_low_power()
    assert run.tried()["tier"] == "legacy"
    entry, best = run.doctor()
    assert (entry["state"], best["tier"]) == ("unproven", "legacy")

    entry, best = run.doctor("--prove")
    assert (entry["state"], entry["device"], entry["runs"]) == ("taken", "npu", 5)
    assert entry["evidence"]
    assert entry["candidate_ms"] > 0
    assert entry["below_ms"] > 0
    assert (best["tier"], best["provider"], best["why_not_better"]) == ("advanced", "server", "")

    heard = run.tried()
    assert (heard["tier"], heard["provider"], heard["placement"]["device"]) == ("advanced", "server", "npu")
    assert run.tried("--stt", "legacy")["tier"] == "legacy"
    assert run.tried("--provider", "xrt")["tier"] == "legacy"

    flm.version = "0.9.99"
    entry, best = run.doctor()
    assert (entry["state"], best["tier"]) == ("unproven", "legacy")
    assert "FastFlowLM 0.9.46 → FastFlowLM 0.9.99" in entry["reason"]
    heard = run.tried()
    assert heard["tier"] == "legacy"
    assert "to be proven again" in heard["why_not_better"]


@pytest.mark.parametrize(
    ("ears", "reason"),
    [
        pytest.param({"takes_s": 1.0}, " % more time than the tier below", marks=pytest.mark.slow),
        ({"clip": "what is the wetter"}, "something else"),
    ],
)
def test_what_is_slow_or_wrong_is_refused_with_the_reason(run, flm, ears, reason):
    for name, value in ears.items():
        setattr(flm.ears, name, value)
    entry, best = run.doctor("--prove")
    assert (entry["state"], best["tier"]) == ("refused", "legacy")
    assert reason in entry["reason"]
    assert reason in best["why_not_better"]
    assert run.tried()["tier"] == "legacy"


def test_a_server_that_is_gone_costs_no_text(run, flm):
    run.prefer_low_power()
    entry, _ = run.doctor("--prove")
    assert entry["state"] == "taken", (entry["reason"], entry["candidate_ms"], entry["below_ms"])
    assert run.tried()["tier"] == "advanced"
    flm.answers["/audio/transcriptions"] = (500, {"error": "no"})
    heard = run.tried()
    assert heard["tier"] == "legacy"
    (change,) = heard["changes"]
    assert (change["tier"], change["provider"]) == ("advanced", "server")
    flm.answers["/models"] = b"<html>not me</html>"
    heard = run.tried()
    assert (heard["tier"], heard["changes"]) == ("legacy", [])
    assert "advanced · server: " in heard["why_not_better"]


def test_in_the_window_a_proof_takes_over_visibly_and_a_worse_one_gives_way(tmp_path, flm, monkeypatch):
    strix = machine(tmp_path / "machine", "strix")
    surroundings = {
        **NO_SOUND,
        "STARLING_HOME": str(tmp_path / "home"),
        "STARLING_SYSROOT": str(strix.root),
        "STARLING_SPEECH_SERVERS": f"FastFlowLM={flm.url}",
    }
    for name, value in surroundings.items():
        monkeypatch.setenv(name, value)

    def promotions(app, count):
        deadline = time.monotonic() + 40.0
        while len(found := [event for event in app.of(EngineChanged) if event.kind == "Promoted"]) < count:
            assert time.monotonic() < deadline, app.of(ProofShown)[-1:]
            time.sleep(0.05)
        return found[-1]

    def provider(app, wanted):
        deadline = time.monotonic() + 10.0
        while [shown.provider for shown in app.of(EngineShown) if shown.family == "stt"][-1] != wanted:
            assert time.monotonic() < deadline
            time.sleep(0.05)

    with Served(tmp_path, stt__prefer="low_power") as app:
        app.wait(EngineShown)
        app.service.prove_again()
        promoted = promotions(app, 1)
        assert promoted.message.startswith("advanced · server took over: ")
        assert not promoted.routine
        provider(app, "server")
        flm.ears.clip = "what is the wetter"
        app.service.prove_again()
        demoted = promotions(app, 2)
        assert demoted.message.startswith("legacy · starter took over: ")
        assert "it heard something else than the reference" in demoted.message
        provider(app, "")
        shown = app.of(ProofShown)
        assert {entry.provider: entry.state for entry in shown[-1].entries}["server"] == "refused"
        assert "waiting" in {one.status for one in shown}
    assert app.close_s < 2.5
