"""A voice's proof with real processes: Kokoro-shaped, its first part in a faked environment of AMD's."""

from contextlib import closing
from dataclasses import replace
from importlib.metadata import version

import pytest

from starling.core.errors import StarlingError
from starling.engine.clients import TtsClient
from starling.engine.supervisor import Supervisor
from starling.models.library import info_of
from starling.npu.contexts import Share
from starling.npu.proof.rules import judge
from starling.pipeline import candidacy, engines, proof_voice
from starling.pipeline.choice import choose
from starling.pipeline.proof_voice import VoiceProofRun
from starling.settings.schema import SETTINGS
from starling.speech.stt.candidates import judge_by
from starling.speech.tts.candidates import tts_candidates
from starling.speech.tts.graph import store
from starling.speech.tts.ladder import tts_ladder
from starling.speech.tts.tuning import VARIANTS
from tests.helpers.kokoro_model import build
from tests.helpers.vitisai import Environment, report

DEFAULTS = {setting.key: setting.default for setting in SETTINGS}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return build(tmp_path_factory.mktemp("kokoro") / "deep", deep=True, noise=True)


@pytest.fixture
def machine(tmp_path, monkeypatch, folder):
    """A Strix machine with AMD's software and this model; nothing is measured more often than a test needs."""
    monkeypatch.setenv("STARLING_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(proof_voice, "RUNS", 1)
    monkeypatch.setattr(VoiceProofRun, "_tune", lambda self, *, again: [])
    env = Environment(tmp_path / "ryzen-ai")

    def look(choice, model, *, closely=False, npu=None):
        records, stamp = candidacy.records(), candidacy.stamp_of("tts", model)
        found = tuple(tts_candidates(env.npu(), model, choice.seed))
        return candidacy.Candidacy(found, judge_by(records, stamp, choice.stt_prefer), "npu: none", stamp, Share(0, 0))

    monkeypatch.setattr(candidacy, "look_voice", look)
    return env


def choice(folder, **options):
    return choose(DEFAULTS.__getitem__, None, tts_model=str(folder), **options)


def test_the_proof_compares_sound_and_length_with_the_same_noise_and_measures_both(machine, folder):
    wanted, steps = choice(folder), []
    run = VoiceProofRun(wanted, lambda step, done, total: steps.append((step, done, total)))
    assert [(entry.tier, entry.state) for entry in run.entries] == [("mlir-aie", "unavailable"), ("npu", "unproven")]
    assert [one.tier for one in run.due()] == ["npu"]
    assert run.run() == []
    kernels, entry = run.entries
    assert kernels.reason == "not built: Starling has no NPU kernels of its own for Kokoro"
    assert (entry.family, entry.device, entry.below) == ("tts", "npu", "cpu:deep:proof")
    figures = {figure.name: figure for figure in entry.figures}
    assert figures["duration difference"].value == 0
    assert 0 <= figures["spectral distance in dB"].value < 0.05
    assert entry.candidate_ms > 0 < entry.below_ms
    assert entry.state == ("taken" if judge("", entry.saved, "fastest", device="npu").taken else "refused")
    assert [step[1:] for step in steps] == [(0, 4), (1, 4), (2, 4), (3, 4)]
    assert VoiceProofRun(wanted).due() == []


def test_what_was_proven_leads_the_ladder_and_what_was_refused_says_why(machine, folder):
    wanted = choice(folder)
    VoiceProofRun(wanted).run()
    (record,) = candidacy.records().all()
    for times, first, why in (
        ((0.5, 1.0), "npu", ""),
        ((0.95, 1.0), "cpu", "npu: 5 % faster, at least 20 % is needed"),
    ):
        candidacy.records().keep(replace(record, candidate_s=times[:1], below_s=times[1:]))
        rungs = engines.tts_rungs(wanted)
        assert rungs[0].spec.tier == first
        assert why in rungs[0].why_not_better
        assert [rung.spec.tier for rung in rungs[-2:]] == ["cpu", "demo"]
    assert engines.tts_rungs(choice(folder, tts_tier="npu"))[0].spec.tier == "npu"


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"report": report(0, 29)}, "on the CPU"),
        ({"fault": "crash"}, "ended unexpectedly"),
        ({"report": None}, "it ran on unknown by its own evidence, not on npu"),
    ],
)
def test_what_did_not_run_there_is_refused_and_says_so(machine, folder, told, reason):
    machine.behave(**told)
    run = VoiceProofRun(choice(folder))
    run.run()
    entry = run.entries[-1]
    assert entry.state == "refused"
    assert reason in entry.reason
    assert engines.tts_rungs(choice(folder))[0].spec.tier == "cpu"


def test_edits_of_the_graph_are_measured_once_in_the_background(tmp_path, monkeypatch, folder):
    monkeypatch.setenv("STARLING_HOME", str(tmp_path / "home"))
    with closing(Supervisor(tts_ladder("cpu", info_of(folder), ()))) as supervisor:
        TtsClient(supervisor).voices()  # the first load notes the model's hashes
    steps = []
    run = VoiceProofRun(choice(folder), lambda step, done, total: steps.append(step))
    assert run.run() == []
    assert steps[:-1] == [f"cpu:deep: measuring {', '.join(variant)}" for variant in VARIANTS]
    record = store.kept(store.place(folder, onnxruntime=version("onnxruntime")))
    assert [tuple(trial["edits"]) for trial in record["trials"]] == list(VARIANTS)
    assert record["at_once"]["number"] in (1, 2)
    steps.clear()
    assert VoiceProofRun(choice(folder), lambda step, done, total: steps.append(step)).run() == []
    assert steps == []


def test_without_a_model_nothing_is_due(machine, tmp_path):
    assert VoiceProofRun(choose(DEFAULTS.__getitem__, None)).due() == []
    with pytest.raises(StarlingError):
        VoiceProofRun(choice(tmp_path / "gone"))


def test_the_known_model_is_a_kokoro(folder):
    assert info_of(folder).kind == "kokoro"
