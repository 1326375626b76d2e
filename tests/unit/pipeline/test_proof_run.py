import numpy as np
import pytest

from starling.core.errors import StarlingError
from starling.pipeline import proof_run
from starling.pipeline.proof_run import RUNS, SPOKEN, ProofRun, cosine, known_clip
from tests.unit.pipeline.proving_fakes import STATES, Clock, FakeRecogniser, candidate, choice, install


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(proof_run, "time", clock)
    return clock


def engines(clock, mine, **legacy):
    below = FakeRecogniser(clock, **legacy)
    return {"legacy:starter": below, "legacy:starter:float32": FakeRecogniser(clock), "advanced:xrt": mine}


def proven(monkeypatch, tmp_path, found, by_name, *, again=False, prefer="fastest"):
    install(monkeypatch, tmp_path, [found], by_name)
    run = ProofRun(choice(stt_prefer=prefer))
    troubles = run.run(again=again)
    return run.entries[0], troubles


def test_a_faster_candidate_with_the_same_result_is_taken(monkeypatch, tmp_path, clock):
    mine = FakeRecogniser(clock, takes_s=0.5, device="npu")
    entry, troubles = proven(monkeypatch, tmp_path, candidate(), engines(clock, mine))
    assert (entry.state, entry.reason, troubles) == ("taken", "50 % faster", [])
    assert (entry.candidate_ms, entry.below_ms, entry.runs) == (500.0, 1000.0, RUNS)
    assert (entry.device, entry.below, entry.at) == ("npu", "legacy:starter", 1.7e9)
    assert [(figure.name, figure.value) for figure in entry.figures] == [("encoder cosine", pytest.approx(1.0))]


@pytest.mark.parametrize(
    ("fake", "reason"),
    [
        ({"takes_s": 0.81}, "19 % faster, at least 20 % is needed"),
        ({"device": "cpu"}, "it ran on cpu by its own evidence, not on npu"),
        ({"text": "what is the wetter"}, "it heard something else than the reference"),
        ({"text": ""}, "it heard nothing"),
        ({"states": -STATES}, "encoder cosine -1, at least 0.999 is needed"),
        ({"states": np.full_like(STATES, np.nan)}, "encoder cosine nan, at least 0.999 is needed"),
        ({"states": np.zeros_like(STATES)}, "encoder cosine nan, at least 0.999 is needed"),
        ({"states": STATES[:-1]}, "encoder cosine nan, at least 0.999 is needed"),
        ({"error": StarlingError("engine.gave_up", "It hung.", "")}, "it failed: It hung."),
        ({"error": StarlingError("npu.firmware", "It aborted.", "")}, "it failed: It aborted."),
    ],
)
def test_what_is_refused_and_why(monkeypatch, tmp_path, clock, fake, reason):
    mine = FakeRecogniser(clock, **{"takes_s": 0.1, "device": "npu", **fake})
    entry, troubles = proven(monkeypatch, tmp_path, candidate(), engines(clock, mine))
    assert (entry.state, entry.reason, troubles) == ("refused", reason, [])


def test_a_wrong_result_is_not_even_measured(monkeypatch, tmp_path, clock):
    mine = FakeRecogniser(clock, text="no", device="npu")
    entry, _ = proven(monkeypatch, tmp_path, candidate(), engines(clock, mine), prefer="low_power")
    assert (entry.state, entry.runs, mine.calls) == ("refused", 0, 1)


def test_a_candidate_that_cannot_be_loaded_is_refused(monkeypatch, tmp_path, clock):
    by_name = engines(clock, None)
    del by_name["advanced:xrt"]
    entry, _ = proven(monkeypatch, tmp_path, candidate(), by_name)
    assert (entry.state, entry.reason) == ("refused", "it failed: advanced:xrt cannot be loaded.")


@pytest.mark.parametrize("code", ["npu.busy", "npu.context_limit", "engine.out_of_memory", "engine.closed"])
def test_what_passes_is_no_verdict(monkeypatch, tmp_path, clock, code):
    mine = FakeRecogniser(clock, error=StarlingError(code, "Not now.", ""))
    entry, troubles = proven(monkeypatch, tmp_path, candidate(), engines(clock, mine))
    assert entry.state == "unproven"
    assert [trouble.code for trouble in troubles] == [code]


def test_a_broken_reference_is_no_verdict(monkeypatch, tmp_path, clock):
    mine = FakeRecogniser(clock, device="npu")
    by_name = engines(clock, mine, error=StarlingError("model.altered", "Altered.", ""))
    with pytest.raises(StarlingError, match="Altered"):
        proven(monkeypatch, tmp_path, candidate(), by_name)


def test_a_server_has_no_encoder_and_may_hear_better_than_the_reference(monkeypatch, tmp_path, clock):
    mine = FakeRecogniser(clock, takes_s=0.5, device="npu", states=STATES[:0])
    by_name = {"legacy:starter": FakeRecogniser(clock, text="what is the wetter"), "advanced:server": mine}
    entry, _ = proven(monkeypatch, tmp_path, candidate("server"), by_name)
    assert (entry.state, entry.figures) == ("taken", ())


def test_a_graphics_unit_is_proven_by_the_same_measure(monkeypatch, tmp_path, clock):
    by_name = {
        "legacy:starter": FakeRecogniser(clock),
        "legacy:server": FakeRecogniser(clock, takes_s=0.7, device="igpu"),
    }
    entry, _ = proven(monkeypatch, tmp_path, candidate("server", "legacy"), by_name)
    assert (entry.state, entry.tier, entry.device) == ("taken", "legacy", "igpu")


def test_the_emulation_is_proven_on_demand_only_and_its_speed_never(monkeypatch, tmp_path, clock):
    mine = FakeRecogniser(clock, takes_s=0.01, device="emulated")
    entry, _ = proven(monkeypatch, tmp_path, candidate(emulated=True), engines(clock, mine))
    assert (entry.state, mine.calls) == ("unproven", 0)
    entry, _ = proven(monkeypatch, tmp_path, candidate(emulated=True), engines(clock, mine), again=True)
    assert (entry.state, entry.runs, mine.calls) == ("refused", 0, 1)
    assert entry.reason == "emulated, never chosen automatically; its results are right"


def test_what_is_proven_is_not_due_until_it_is_asked_for(monkeypatch, tmp_path, clock):
    mine = FakeRecogniser(clock, takes_s=0.5, device="npu")
    install(monkeypatch, tmp_path, [candidate(), candidate("vitisai", why_not="none")], engines(clock, mine))
    first = ProofRun(choice())
    assert [found.provider for found in first.due()] == ["xrt"]
    first.run()
    again = ProofRun(choice())
    assert (again.due(), len(again.due(again=True))) == ([], 1)
    assert [entry.state for entry in again.entries] == ["taken", "unavailable"]


def test_a_cancelled_run_keeps_what_it_has_proven(monkeypatch, tmp_path, clock):
    by_name = engines(clock, FakeRecogniser(clock, takes_s=0.5, device="npu"))
    by_name["advanced:server"] = FakeRecogniser(clock, takes_s=0.5, device="npu")
    install(monkeypatch, tmp_path, [candidate(), candidate("server")], by_name)
    steps = []

    def tell(step, done, known):
        steps.append((step, done, known))
        if "server" in step:
            run.abort()

    run = ProofRun(choice(), tell)
    with pytest.raises(StarlingError) as caught:
        run.run()
    assert caught.value.code == "proof.cancelled"
    assert [entry.state for entry in run.entries] == ["taken", "unproven"]
    assert steps[0] == ("advanced · xrt: legacy:starter hears the known clip", 0, 8)
    assert steps[-1][1:] == (4, 8)


def test_the_clip_that_ships():
    clip = known_clip()
    assert clip.dtype == np.float32
    assert 3.5 < len(clip) / 16000 < 4.5
    assert 0.1 < np.abs(clip).max() <= 1.0
    assert not any(letter.isdigit() for letter in SPOKEN)


@pytest.mark.parametrize("content", [b"", b"RIFF", b"RIFF\x00\x00\x00\x00WAVEfmt "])
def test_a_damaged_clip_is_told(monkeypatch, tmp_path, content):
    path = tmp_path / "clip.wav"
    path.write_bytes(content)
    monkeypatch.setattr(proof_run.locate, "shipped", lambda *parts: path)
    with pytest.raises(StarlingError) as caught:
        known_clip()
    assert caught.value.code == "proof.no_clip"


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (STATES, STATES, 1.0),
        (STATES, 2 * STATES, 1.0),
        (STATES, -STATES, -1.0),
        (STATES, STATES[1:], None),
        (STATES[:0], STATES[:0], None),
        (STATES[0], STATES[0], None),
        (np.zeros_like(STATES), STATES, None),
        (np.full_like(STATES, np.inf), STATES, None),
    ],
)
def test_cosine(one, other, expected):
    found = cosine(one, other)
    assert np.isnan(found) if expected is None else found == pytest.approx(expected)
