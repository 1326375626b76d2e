"""The planner's launches and the encoder's operations are the same, for every model, shape and device."""

import pytest

from starling.core.errors import StarlingError
from starling.npu.planning.shapes import KNOWN, ModelShape
from starling.npu.xrt import sequence
from starling.npu.xrt.encoder_weights import EncoderShape
from starling.npu.xrt.lowering import Lowering
from starling.npu.xrt.operations import Add

STARTER = KNOWN["starter"]


def shape_of(model: ModelShape) -> EncoderShape:
    return EncoderShape(model.width, model.heads, model.inner, model.layers, model.positions, model.mels)


@pytest.mark.parametrize("device", ["npu1", "npu2"])
@pytest.mark.parametrize("name", KNOWN)
def test_what_is_asked_is_what_is_planned(device: str, name: str) -> None:
    model = KNOWN[name]
    lower = Lowering(device, model)
    asked = {
        id(lower(step.operation))
        for positions in model.buckets
        for step in sequence.encoder(shape_of(model), 2 * positions, lower.block[0]).steps
    }
    assert asked == {id(job) for job in lower.jobs.values()}


@pytest.mark.parametrize("device", ["npu1", "npu2"])
def test_weights_are_cut_once_for_all_shapes(device: str) -> None:
    told = [job.parameters for job in Lowering(device, STARTER).jobs.values()]
    blocks = {(job["tile_k"], job["tile_n"]) for job in told if job.get("b") == "blocks"}
    assert len(blocks) == 1


def test_what_was_not_planned_is_told() -> None:
    with pytest.raises(StarlingError) as refused:
        Lowering("npu1", STARTER)(Add(12))
    assert refused.value.code == "npu.not_planned"
