import importlib
import shutil

import pytest

from starling import locate
from starling.core.errors import StarlingError
from starling.npu.building import checks
from starling.npu.emulation.iron.guard import guarded
from starling.npu.emulation.iron.package import installed
from starling.npu.planning import ModelShape, Refusal, plan_model, predict, shapes
from starling.npu.planning.limits import DEVICES, NPU1, NPU2
from starling.npu.planning.model import wanted
from starling.npu.planning.shapes import KNOWN, bucket_for

on_both = pytest.mark.parametrize("limits", DEVICES.values(), ids=list(DEVICES))


@on_both
@pytest.mark.parametrize("name", KNOWN)
def test_every_model_is_planned_in_tiles_that_the_designs_accept(limits, name):
    """The design of each instance, placed on the emulated array with all its budgets."""
    shape = KNOWN[name]
    seen = set()
    with installed(locate.shipped("kernels")):
        for positions in shape.buckets:
            for launch in wanted(plan_model(limits, shape, positions)).launches:
                for parameters in (launch.parameters[0], launch.parameters[-1]):
                    key = launch.op, tuple(parameters.items())
                    if key not in seen:
                        with guarded():
                            importlib.import_module(f"kernels.{launch.op}.design").design(**parameters)
                    seen.add(key)


@on_both
@pytest.mark.skipif(shutil.which("g++") is None, reason="g++ is not installed")
def test_every_instance_of_the_starter_computes(limits):
    done = set()
    for positions in (128, 192, 384):
        for launch in wanted(plan_model(limits, KNOWN["starter"], positions)).launches:
            if launch.symbol in done:
                continue
            done.add(launch.symbol)
            given = checks.small(launch, limits.columns)
            result = checks.check(launch.symbol, launch.op, given, limits.name, checks.emulated, False)
            assert result.ok, result
            assert result.gflops is None


@on_both
def test_one_image_serves_all_layers_and_heads(limits):
    plan = wanted(plan_model(limits, KNOWN["large-v3-turbo"], 1536))
    assert len({launch.symbol for launch in plan.launches}) == 8
    heads = next(launch for launch in plan.launches if launch.name == "scores")
    assert heads.count == 32 * 20
    assert [given["a_offset"] for given in heads.parameters] == list(range(0, 1280, 64))
    assert [given["b_offset"] for given in heads.parameters] == list(range(1280, 2560, 64))


PREDICTED_OVER_PUBLISHED = {
    "tiny": (0.2, 0.5),
    "small": (0.4, 0.7),
    "large-v3-turbo": (0.85, 1.25),
    "large-v3": (0.75, 1.1),
}


@pytest.mark.parametrize("name", PREDICTED_OVER_PUBLISHED)
def test_how_far_the_prediction_is_from_what_was_published(name):
    """Large models within a quarter; of small ones the published time is mostly work on the CPU between launches."""
    plan = wanted(plan_model(NPU1, KNOWN[name], 1536))
    lowest, highest = PREDICTED_OVER_PUBLISHED[name]
    assert lowest < plan.seconds / plan.published_s < highest


def test_published_times_are_not_for_other_shapes():
    assert wanted(plan_model(NPU1, KNOWN["tiny"], 512)).published_s is None
    assert wanted(plan_model(NPU2, KNOWN["tiny"], 1536)).published_s is None


def test_predicted_parts():
    plan = wanted(plan_model(NPU1, KNOWN["base"], 1536))
    assert plan.count == 4 + 6 * (8 + 3 * 8)
    assert plan.dispatch_s == pytest.approx(plan.count * 27.7e-6)
    assert plan.switch_s == pytest.approx((6 * 11 + 2) * 2.81e-3 / 2, rel=0.06)
    assert plan.seconds == plan.compute_s + plan.dispatch_s + plan.switch_s


def test_rates_go_through_the_published_points():
    for limits in (NPU1, NPU2):
        for point in predict.FIGURES[limits.name].rates:
            assert predict.rate(limits, point.intensity) == pytest.approx(point.gflops * 1e9)
    assert predict.rate(NPU1, 59.1 / 2) == pytest.approx(193e9)
    assert predict.rate(NPU1, 5000) == pytest.approx(1561e9)
    assert 386e9 < predict.rate(NPU1, 120) < 1561e9
    assert predict.rate(NPU1, 5000, "i8") == pytest.approx(1.33 * 1561e9)


def test_a_rectangular_product_of_the_readme():
    """1536 x 5120 x 1280: published 1514 GFLOP/s."""
    seconds = predict.gemm_seconds(NPU1, 1536, 5120, 1280, "bf16", 2, 2)
    assert 2 * 1536 * 5120 * 1280 / seconds / 1e9 == pytest.approx(1514, rel=0.05)


def test_row_operators_are_bound_by_one_stream_each_way():
    assert predict.rows_seconds(NPU1, [16_000_000], 8_000_000) == pytest.approx(1e-3)
    assert predict.rows_seconds(NPU1, [4, 8_000_000], 32_000_000) == pytest.approx(2e-3)


@pytest.mark.parametrize("shape", [ModelShape("odd", 100, 1, 400, 1, 80), ModelShape("wide", 2048, 32, 8192, 1, 80)])
def test_models_that_cannot_be_tiled_are_refused_in_words(shape):
    refusal = plan_model(NPU1, shape, 1536)
    assert isinstance(refusal, Refusal)
    assert "npu1" in refusal.reason
    with pytest.raises(StarlingError) as caught:
        wanted(refusal)
    assert caught.value.code == "npu.no_plan"


def test_buckets():
    assert [bucket_for(count) for count in (1, 128, 129, 1500, 1536)] == [128, 128, 192, 1536, 1536]
    assert KNOWN["starter"].buckets == shapes.BUCKETS
    assert KNOWN["tiny"].buckets == (1536,)
    for count in (0, -1, 1537):
        with pytest.raises(StarlingError):
            bucket_for(count)


def test_shape_from_a_file():
    from starling.models import library
    from starling.npu.xrt.encoder_weights import FILE

    starter = shapes.of_file("starter", library.starter().path / FILE, short_context=True)
    assert starter == KNOWN["starter"]


def test_flops_of_the_large_encoder():
    """Published: about 2.26 TFLOP for 30 s."""
    assert KNOWN["large-v3"].flops(1500) / 1e12 == pytest.approx(2.26, rel=0.03)
