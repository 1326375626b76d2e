import pytest

from starling.engine.failures import FailureKind, classify
from starling.engine.policy import Action, decide, demotes

CRASH, HANG, MEMORY = FailureKind.CRASH, FailureKind.HANG, FailureKind.OUT_OF_MEMORY
MODEL, INPUT, BUSY = FailureKind.MODEL, FailureKind.INPUT, FailureKind.BUSY
FRESH, NEXT, SMALLER, GIVE_UP = Action.RETRY_FRESH, Action.NEXT_RUNG, Action.RETRY_SMALLER, Action.GIVE_UP


@pytest.mark.parametrize(
    ("kind", "tier", "failures", "left", "shrink", "expected"),
    [
        (CRASH, "advanced", 1, 2, False, FRESH),
        (CRASH, "advanced", 2, 2, False, NEXT),
        (CRASH, "legacy", 1, 1, False, FRESH),
        (CRASH, "legacy", 2, 1, False, NEXT),
        (CRASH, "demo", 1, 0, False, FRESH),
        (CRASH, "demo", 2, 0, False, GIVE_UP),
        (HANG, "advanced", 1, 2, False, NEXT),
        (HANG, "cpu", 1, 1, False, NEXT),
        (HANG, "legacy", 1, 1, False, FRESH),
        (HANG, "legacy", 2, 1, False, NEXT),
        (HANG, "legacy", 2, 0, False, GIVE_UP),
        (HANG, "demo", 1, 0, False, FRESH),
        (HANG, "demo", 2, 0, False, GIVE_UP),
        (MEMORY, "advanced", 1, 2, True, SMALLER),
        (MEMORY, "demo", 2, 0, True, SMALLER),
        (MEMORY, "legacy", 1, 1, False, NEXT),
        (MEMORY, "demo", 1, 0, False, FRESH),
        (MEMORY, "demo", 2, 0, False, GIVE_UP),
        (BUSY, "advanced", 1, 2, True, NEXT),
        (BUSY, "advanced", 1, 0, False, FRESH),
        (MODEL, "advanced", 1, 1, False, NEXT),
        (MODEL, "legacy", 1, 1, True, NEXT),
        (MODEL, "demo", 1, 0, False, GIVE_UP),
        (INPUT, "advanced", 1, 2, False, GIVE_UP),
        (INPUT, "demo", 1, 0, True, GIVE_UP),
    ],
)
def test_decide(kind, tier, failures, left, shrink, expected):
    action = decide(kind, tier=tier, failures_on_this_rung=failures, rungs_left=left, can_shrink=shrink)
    assert action is expected


@pytest.mark.parametrize(
    ("kind", "in_a_row", "left", "expected"),
    [
        (CRASH, 2, 1, False),
        (CRASH, 3, 1, True),
        (HANG, 3, 1, True),
        (MEMORY, 3, 1, True),
        (BUSY, 2, 1, False),
        (BUSY, 3, 1, True),
        (CRASH, 9, 0, False),
        (MODEL, 1, 1, True),
        (MODEL, 1, 0, False),
        (INPUT, 9, 1, False),
    ],
)
def test_demotes(kind, in_a_row, left, expected):
    assert demotes(kind, failures_in_a_row=in_a_row, rungs_left=left) is expected


@pytest.mark.parametrize(
    ("code", "loading", "expected"),
    [
        ("engine.out_of_memory", False, MEMORY),
        ("engine.out_of_memory", True, MEMORY),
        ("model.altered", False, MODEL),
        ("engine.cannot_load", True, MODEL),
        ("npu.timeout", False, HANG),
        ("npu.firmware", False, CRASH),
        ("npu.context_limit", True, BUSY),
        ("npu.busy", True, BUSY),
        ("npu.device_gone", False, MODEL),
        ("npu.not_finite", False, MODEL),
        ("tts.no_voice", False, INPUT),
        ("tts.no_voice", True, MODEL),
        ("stt.bad_states", False, MODEL),
        ("engine.hung", False, HANG),
        ("engine.crashed", True, CRASH),
        ("engine.server_failed", False, CRASH),
    ],
)
def test_classify(code, loading, expected):
    assert classify(code, loading=loading) is expected


def test_no_failure_leads_to_endless_retries():
    for kind in FailureKind:
        for failures in range(2, 5):
            action = decide(kind, tier="legacy", failures_on_this_rung=failures, rungs_left=0)
            assert action is GIVE_UP
