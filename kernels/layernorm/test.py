import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernels.common.testing import UNTOUCHED, Loaded, check, check_bias, needs_compiler, on_both_devices
from kernels.layernorm.design import arguments
from kernels.layernorm.reference import layernorm

pytestmark = needs_compiler


def load(**parameters):
    return Loaded("layernorm", arguments, **parameters)


def affine(width, seed=0):
    random = np.random.default_rng(seed)
    return random.normal(1, 0.3, width).astype(np.float32), random.normal(0, 0.5, width).astype(np.float32)


def values(rows, width, mean=0.0, spread=2.0, seed=0):
    return np.random.default_rng(seed).normal(mean, spread, (rows, width)).astype(np.float32)


def verify(x, out="bf16", device="npu1", epsilon=1e-5):
    weight, bias = affine(x.shape[1])
    run = load(device=device, rows=len(x), width=x.shape[1], out=out, epsilon=epsilon)
    result = run(x, np.concatenate([weight, bias])).reshape(x.shape)
    check(result, layernorm(x, weight, bias, epsilon), out)
    return run, result


@on_both_devices
@pytest.mark.parametrize("out", ["bf16", "f32"])
@pytest.mark.parametrize(
    ("rows", "width"), [(4, 16), (16, 80), (36, 256), (128, 384), (32, 512), (20, 768), (32, 1024), (44, 1280)]
)
def test_shapes(device, out, rows, width):
    run, _ = verify(values(rows, width), out, device)
    assert run.ran.symbols == {f"layernorm_{out}": rows}


@on_both_devices
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    groups=st.integers(1, 20),
    width=st.sampled_from([16, 80]),
    mean=st.floats(-1000, 1000),
    spread=st.floats(1e-3, 1e4),
    out=st.sampled_from(["bf16", "f32"]),
    seed=st.integers(0, 1 << 20),
)
def test_any_shape(device, groups, width, mean, spread, out, seed):
    # Digits of x below its own last one cannot come back: a spread far below the mean is tested with equal values.
    verify(values(4 * groups, width, mean * min(1, spread), spread, seed), out, device)


@pytest.mark.parametrize("value", [0.0, 1.0, 12345.678, -1e-3, 1e-40, 1e15])
def test_equal_values_give_the_bias(value):
    width = 384
    _, bias = affine(width)
    _, result = verify(np.full((4, width), value, np.float32), "f32")
    np.testing.assert_allclose(result, np.broadcast_to(bias, (4, width)), atol=1e-6)


@pytest.mark.parametrize("epsilon", [1e-12, 1e-5, 0.5])
def test_epsilon(epsilon):
    verify(values(8, 64, spread=1e-3), "f32", epsilon=epsilon)


def test_no_drift():
    x, (weight, _) = values(16, 256), affine(256)
    run = load(device="npu1", rows=16, width=256)
    result = run(x, np.concatenate([weight, np.zeros(256, np.float32)])).reshape(x.shape)
    check_bias(result, layernorm(x, weight, np.zeros(256, np.float32), 1e-5), floor=1e-2)


def test_not_a_number_spoils_its_row_alone():
    x, (weight, bias) = values(8, 64), affine(64)
    x[2, 9], x[5, 63] = np.nan, np.inf
    result = load(device="npu1", rows=8, width=64, out="f32")(x, np.concatenate([weight, bias])).reshape(x.shape)
    assert np.isnan(result[[2, 5]]).all()
    assert np.isfinite(np.delete(result, (2, 5), axis=0)).all()


def test_rows_apart():
    rows, width, stride = 12, 64, 100
    x, (weight, bias) = values(rows, stride), affine(width)
    run = load(device="npu2", rows=rows, width=width, x_stride=stride, out_stride=70)
    result = run(x.reshape(-1)[: run.arguments[0].elements], np.concatenate([weight, bias]))
    table = np.append(result, np.full(6, UNTOUCHED)).reshape(rows, 70)
    check(table[:, :width], layernorm(x[:, :width], weight, bias, 1e-5))
    assert (table[:, width:] == UNTOUCHED).all()


def test_launches_follow_one_another():
    run = load(device="npu1", rows=20, width=64, out="f32")
    for seed in range(3):
        x, (weight, bias) = values(20, 64, seed=seed), affine(64, seed)
        check(run(x, np.concatenate([weight, bias])).reshape(x.shape), layernorm(x, weight, bias, 1e-5), "f32")


@pytest.mark.parametrize("wrong", [{"rows": 2}, {"width": 24}, {"width": 1296}, {"out": "i8"}, {"x_stride": 8}])
def test_refusals(wrong):
    with pytest.raises(ValueError, match=r"\S"):
        load(**{"device": "npu1", "rows": 8, "width": 64, **wrong})
