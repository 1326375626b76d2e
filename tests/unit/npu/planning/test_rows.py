import dataclasses

import pytest

from starling.npu.planning import Refusal, plan_rows
from starling.npu.planning.limits import NPU1, NPU2
from starling.npu.planning.rows import OPERATORS, l1_parts, l2_parts


@pytest.mark.parametrize("limits", [NPU1, NPU2])
@pytest.mark.parametrize("name", OPERATORS)
def test_budget_to_the_byte(limits, name):
    plan = plan_rows(limits, name, 64, 512)
    for field, budget, needed in (("l1_bytes", "L1", plan.l1_bytes), ("l2_bytes", "L2", plan.l2_bytes),
                                  ("program_bytes", "program", plan.program_bytes)):  # fmt: skip
        assert plan_rows(dataclasses.replace(limits, **{field: needed}), name, 64, 512) == plan
        refusal = plan_rows(dataclasses.replace(limits, **{field: needed - 1}), name, 64, 512)
        assert (refusal.budget, refusal.excess) == (budget, 1)


def test_parts():
    assert l1_parts(OPERATORS["softmax"], 100) == {
        "inputs": 800, "output": 400, "parameter": 400, "scratch": 400, "scalars": 16, "stack": 2048
    }  # fmt: skip
    assert l1_parts(OPERATORS["layernorm_f32"], 100)["parameter"] == 800
    assert l2_parts(OPERATORS["add"], 100) == {"units": 2 * 2 * (400 + 200 + 400), "parameter": 0}


@pytest.mark.parametrize(
    ("name", "rows", "width", "budget", "fits"),
    [
        ("softmax", 64, 1552, "L1", "1536"),
        ("layernorm_bf16", 64, 1296, "L1", "1280"),
        ("add", 64, 8192, "L1", "Shorter"),
        ("softmax", 65, 128, "shape", "68"),
        ("softmax", 0, 128, "shape", "4"),
        ("softmax", 64, 100, "shape", "96"),
        ("gelu", 64, 0, "shape", "16"),
    ],
)
def test_refusals(name, rows, width, budget, fits):
    refusal = plan_rows(NPU1, name, rows, width)
    assert isinstance(refusal, Refusal)
    assert refusal.budget == budget
    assert fits in refusal.fits


def test_channels_of_a_mem_tile():
    assert plan_rows(dataclasses.replace(NPU1, mem_channels=5), "softmax", 64, 128).budget == "channels"
