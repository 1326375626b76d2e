import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernels.common.testing import UNTOUCHED, Loaded, check, check_bias, needs_compiler, on_both_devices
from kernels.softmax.design import arguments
from kernels.softmax.reference import softmax

pytestmark = needs_compiler


def load(**parameters):
    return Loaded("softmax", arguments, **parameters)


def scores(rows, width, spread=8.0, seed=0):
    return np.random.default_rng(seed).normal(0, spread, (rows, width)).astype(np.float32)


def kept(width, count=None):
    keep = np.zeros(width, np.float32)
    keep[: width if count is None else count] = 1
    return keep


@on_both_devices
@pytest.mark.parametrize(
    ("rows", "width"),
    [(4, 16), (16, 128), (32, 192), (36, 256), (44, 384), (32, 512), (32, 768), (32, 1024), (64, 1536)],
)
def test_shapes(device, rows, width):
    x, keep = scores(rows, width), kept(width, max(1, width - 37))
    run = load(device=device, rows=rows, width=width, scale=0.125)
    result = run(x, keep).reshape(rows, width)
    check(result, softmax(x, keep, 0.125))
    assert run.ran.symbols == {"softmax_bf16": rows}


@on_both_devices
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    groups=st.integers(1, 20),
    width=st.sampled_from([16, 80]),
    scale=st.floats(0.01, 4),
    seed=st.integers(0, 1 << 20),
)
def test_any_shape(device, groups, width, scale, seed):
    random = np.random.default_rng(seed)
    x = scores(4 * groups, width, random.uniform(0.1, 30), seed)
    keep = random.integers(0, 2, width).astype(np.float32)
    keep[random.integers(width)] = random.normal() or 1
    result = load(device=device, rows=4 * groups, width=width, scale=scale)(x, keep)
    check(result.reshape(x.shape), softmax(x, keep, scale))


def test_no_drift():
    x, keep = scores(32, 256, spread=2), kept(256)
    result = load(device="npu1", rows=32, width=256, scale=1.0)(x, keep).reshape(x.shape)
    check_bias(result, softmax(x, keep, 1.0))
    np.testing.assert_allclose(result.sum(axis=1), 1, atol=2e-3)


def test_extreme_scores():
    x = np.random.default_rng(1).choice(np.float32([-1e4, 1e4, 0, 1e-40, -3e38, 9999.5]), (16, 64))
    x[0], x[1], x[2] = 1e4, -1e4, 3e38
    keep = kept(64, 50)
    result = load(device="npu1", rows=16, width=64, scale=1.0)(x, keep).reshape(x.shape)
    check(result, softmax(x, keep, 1.0))
    assert (result[:, 50:] == 0).all()


def test_what_is_masked_may_be_anything():
    x, keep = scores(4, 32), kept(32, 20)
    x[:, 20:] = np.float32([np.nan, np.inf, -np.inf, 3e38])[:, None]
    check(load(device="npu1", rows=4, width=32)(x, keep).reshape(x.shape), softmax(x, keep, 1.0))


@pytest.mark.parametrize("bad", [np.nan, -np.nan, np.inf])
def test_not_a_number_spoils_its_row_alone(bad):
    x, keep = scores(8, 32), kept(32, 20)
    x[3, 7] = bad
    result = load(device="npu2", rows=8, width=32)(x, keep).reshape(x.shape)
    reference = softmax(x, keep, 1.0)
    np.testing.assert_array_equal(np.isnan(result), np.isnan(reference))
    assert np.isnan(result[3, :20]).all()
    assert np.isfinite(np.delete(result, 3, axis=0)).all()


def test_negative_infinity_takes_no_part():
    x, keep = scores(4, 32), kept(32)
    x[:, 5] = -np.inf
    x[2] = -np.inf
    result = load(device="npu1", rows=4, width=32)(x, keep).reshape(x.shape)
    assert np.isnan(result[2]).all()
    others = [0, 1, 3]
    check(result[others], softmax(x, keep, 1.0)[others])


@pytest.mark.parametrize("keep", [np.zeros(32), np.full(32, np.nan), np.r_[np.ones(31), np.inf], np.full(32, -0.0)])
def test_nothing_to_keep(keep):
    result = load(device="npu1", rows=4, width=32)(scores(4, 32), keep.astype(np.float32))
    assert np.isnan(result).all()


def test_rows_apart():
    stride, rows, width = 1600, 12, 1536
    x, keep = scores(rows, stride)[:, :width], kept(width, 1500)
    run = load(device="npu1", rows=rows, width=width, scale=0.5, x_stride=stride, out_stride=1540)
    result = run(np.pad(x, ((0, 0), (0, stride - width))).reshape(-1)[: run.arguments[0].elements], keep)
    table = np.append(result, np.full(4, UNTOUCHED)).reshape(rows, 1540)
    check(table[:, :width], softmax(x, keep, 0.5))
    assert (table[:, width:] == UNTOUCHED).all()


def test_launches_follow_one_another():
    run = load(device="npu1", rows=20, width=64, scale=1.0)
    for seed, count in ((1, 64), (2, 7), (3, 33)):
        x, keep = scores(20, 64, seed=seed), kept(64, count)
        check(run(x, keep).reshape(x.shape), softmax(x, keep, 1.0))


@pytest.mark.parametrize(
    "wrong",
    [
        {"rows": 6},
        {"rows": 0},
        {"width": 40},
        {"width": 1552},
        {"scale": 0.0},
        {"scale": -1.0},
        {"scale": float("nan")},
        {"x_stride": 32},
        {"out_stride": 67},
        {"device": "npu3"},
    ],
)
def test_refusals(wrong):
    with pytest.raises(ValueError, match=r"\S"):
        load(**{"device": "npu1", "rows": 8, "width": 64, **wrong})
