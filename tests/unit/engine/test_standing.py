import pytest

from starling.core.changes import Change
from starling.core.engine_api import EngineSpec, Rung
from starling.core.errors import StarlingError
from starling.engine.failures import EngineCrashed, EngineFailed, EngineHung
from starling.engine.standing import Ladder


def ladder():
    tiers = {"advanced": "", "legacy": "No NPU was found.", "demo": "No model is installed."}
    return Ladder([Rung(EngineSpec(tier, tier, "", "m:f", {}), why) for tier, why in tiers.items()])


def test_three_failures_in_a_row_demote_and_the_reason_is_shown():
    rungs = ladder()
    assert [rungs.failed(0, EngineCrashed(f"crash {number}.")) for number in range(3)] == [False, False, True]
    assert rungs.best == 1
    assert rungs.why_not_better(1) == "advanced: crash 2. No NPU was found."


def test_a_success_between_starts_the_count_anew():
    rungs = ladder()
    for _ in range(5):
        assert not rungs.failed(0, EngineCrashed("x"))
        assert not rungs.failed(0, EngineCrashed("x"))
        rungs.succeeded(0, 1.0, 0.1)
    assert rungs.best == 0


def test_the_last_rung_stays():
    rungs = ladder()
    assert not any(rungs.failed(2, EngineCrashed("x")) for _ in range(9))
    assert rungs.below(2) == []


def test_demoted_rungs_are_passed_over():
    rungs = ladder()
    altered = StarlingError("model.altered", "Altered.", "")
    assert rungs.failed(1, EngineFailed(altered, loading=False))
    assert rungs.best == 0
    assert rungs.below(0) == [2]


def test_only_a_deadline_doubles_the_deadline():
    rungs = ladder()
    usual = rungs[0].pace.deadline_s(4.0)
    rungs.failed(0, EngineHung("silent", deadline=False))
    assert rungs[0].pace.deadline_s(4.0) == usual
    rungs.failed(0, EngineHung("late", deadline=True))
    assert rungs[0].pace.deadline_s(4.0) == 2 * usual


def test_what_was_left_is_named_with_its_provider():
    npu = EngineSpec("advanced:xrt", "advanced", "", "m:f", {}, provider="xrt", proven_rtf=0.5)
    rungs = Ladder([Rung(npu), Rung(EngineSpec("legacy", "legacy", "", "m:f", {}), "xrt is tried first")])
    altered = StarlingError("model.altered", "Altered.", "")
    assert rungs.left_above(1) == []
    rungs.failed(0, EngineFailed(altered, loading=False))
    assert rungs.left_above(1) == [Change("advanced", "xrt", "Altered. [model.altered]", True)]
    assert rungs.why_not_better(1) == "advanced · xrt: Altered. [model.altered]"


def test_a_proven_pace_sets_the_first_deadline():
    npu = EngineSpec("advanced:xrt", "advanced", "", "m:f", {}, provider="xrt", proven_rtf=0.5)
    rungs = Ladder([Rung(npu), Rung(EngineSpec("legacy", "legacy", "", "m:f", {}))])
    assert rungs[0].pace.deadline_s(4.0) == 5.0 + 4 * 0.5 * 30
    assert rungs[1].pace.deadline_s(4.0) == 70.0


def test_a_ladder_without_rungs_is_a_mistake():
    with pytest.raises(ValueError, match="rung"):
        Ladder([])
