import math

import pytest

from starling.npu.proof.rules import Check, expected_devices, invalid, judge, same_text, time_saved

GOOD = {
    "heard": "What is 3 plus 4?",
    "reference": "what is three plus four",
    "spoken": "what is 3 plus 4",
    "device": "npu",
    "evidence": ("uuid 1",),
    "expected": ("npu",),
    "checks": (Check("encoder cosine", 0.9996, 0.999),),
}
NAN = float("nan")


@pytest.mark.parametrize(
    ("candidate_s", "below_s", "saved"),
    [
        ((0.5,), (1.0,), 0.5),
        ((0.7, 9.0, 0.8), (1.0, 1.0, 0.1), 0.2),
        ((2.0,), (1.0,), -1.0),
        ((), (1.0,), None),
        ((1.0,), (), None),
        ((NAN,), (1.0,), None),
        ((1.0, math.inf), (1.0,), None),
        ((0.0,), (1.0,), None),
        ((-1.0,), (1.0,), None),
    ],
)
def test_time_saved_by_medians(candidate_s, below_s, saved):
    assert time_saved(candidate_s, below_s) == (saved if saved is None else pytest.approx(saved))


@pytest.mark.parametrize(
    ("saved", "prefer", "device", "taken", "clause"),
    [
        (0.19, "fastest", "npu", False, "19 % faster, at least 20 % is needed"),
        (0.20, "fastest", "npu", True, "20 % faster"),
        (1 - 0.8, "fastest", "npu", True, "20 % faster"),
        (0.21, "fastest", "npu", True, "21 % faster"),
        (0.19, "low_power", "npu", True, "19 % faster, taken for low power"),
        (-0.5, "low_power", "npu", True, "50 % more time than the tier below, taken for low power"),
        (0.0, "low_power", "npu", True, "as fast as the tier below, taken for low power"),
        (-0.5, "low_power", "igpu", False, "50 % more time than the tier below, at least 20 % is needed"),
        (-0.5, "fastest", "npu", False, "50 % more time than the tier below, at least 20 % is needed"),
        (None, "low_power", "npu", False, "its speed was not measured"),
    ],
)
def test_the_speed_that_is_needed(saved, prefer, device, taken, clause):
    verdict = judge("", saved, prefer, device=device)
    assert (verdict.taken, verdict.clause) == (taken, clause)


@pytest.mark.parametrize("prefer", ["fastest", "low_power"])
def test_nothing_makes_up_for_a_wrong_result(prefer):
    verdict = judge("it heard nothing", 0.9, prefer, device="npu")
    assert (verdict.taken, verdict.clause) == (False, "it heard nothing")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({}, ""),
        ({"heard": "what is 3 plus 4!", "reference": "something else"}, ""),
        ({"heard": "what is 3 plus 5"}, "it heard something else than the reference"),
        ({"heard": "", "reference": ""}, "it heard nothing"),
        ({"heard": " …"}, "it heard nothing"),
        ({"device": "cpu"}, "it ran on cpu by its own evidence, not on npu"),
        ({"device": "emulated"}, "it ran on emulated by its own evidence, not on npu"),
        ({"device": ""}, "it ran on unknown by its own evidence, not on npu"),
        ({"evidence": ()}, "it ran on npu by its own evidence, not on npu"),
        (
            {"checks": (Check("encoder cosine", 0.99812, 0.999),)},
            "encoder cosine 0.99812, at least 0.999 is needed",
        ),
        ({"checks": (Check("encoder cosine", NAN, 0.999),)}, "encoder cosine nan, at least 0.999 is needed"),
        ({"checks": (Check("spectral distance", 3.0, 2.0, False),)}, "spectral distance 3, at most 2 is needed"),
        ({"checks": ()}, ""),
    ],
)
def test_what_is_valid(change, reason):
    if change.get("evidence") == ():
        reason = "it says npu without evidence"
    assert invalid(**{**GOOD, **change}) == reason


@pytest.mark.parametrize(
    ("heard", "reference", "spoken", "same"),
    [
        ("Yes.", "yes", "no", True),
        ("No", "yes", "no", True),
        ("maybe", "yes", "no", False),
        ("", "", "", False),
    ],
)
def test_same_text(heard, reference, spoken, same):
    assert same_text(heard, reference, spoken) is same


@pytest.mark.parametrize(
    ("tier", "emulated", "devices"),
    [
        ("advanced", False, ("npu",)),
        ("advanced", True, ("emulated",)),
        ("mlir-aie", False, ("npu",)),
        ("npu", False, ("npu",)),
        ("legacy", False, ("igpu",)),
    ],
)
def test_where_a_tier_has_to_run(tier, emulated, devices):
    assert expected_devices(tier, emulated=emulated) == devices
