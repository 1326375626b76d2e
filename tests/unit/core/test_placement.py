import pytest

from starling.core.placement import Placement


@pytest.mark.parametrize(
    ("told", "placement"),
    [
        ({"device": "npu", "evidence": ["launches 7"]}, Placement("npu", ("launches 7",))),
        ({"device": "npu", "evidence": []}, Placement()),
        ({"device": "igpu", "evidence": ()}, Placement()),
        ({"device": "npu", "evidence": "launches"}, Placement()),
        ({"device": "npu", "evidence": None}, Placement()),
        ({"device": "npu!", "evidence": ["x"]}, Placement("unknown", ("x",))),
        ({"device": ["npu"], "evidence": ["x"]}, Placement("unknown", ("x",))),
        ({"device": "cpu", "evidence": []}, Placement("cpu")),
        ({"device": "emulated", "evidence": [3]}, Placement("emulated", ("3",))),
    ],
)
def test_a_claim_needs_evidence(told, placement):
    assert Placement.from_json(told) == placement
