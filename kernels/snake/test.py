import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernels.common.testing import Loaded, check, check_bias, needs_compiler, on_both_devices, rounded
from kernels.snake.design import arguments
from kernels.snake.reference import snake

pytestmark = needs_compiler


def load(**parameters):
    return Loaded("snake", arguments, **parameters)


def verify(device, channels, time, tile, dtype="f32", spread=3.0, seed=0):
    random = np.random.default_rng(seed)
    x = rounded(random.normal(0, spread, (channels, time)))
    alpha = random.uniform(0.05, 8, channels).astype(np.float32)
    run = load(device=device, channels=channels, time=time, dtype=dtype, tile=tile)
    check(run(x, alpha).reshape(x.shape), snake(x, alpha), dtype)
    assert run.ran.symbols == {f"snake_{dtype}": channels * time // tile}


@on_both_devices
@pytest.mark.parametrize("dtype", ["bf16", "f32"])
@pytest.mark.parametrize(
    ("channels", "time", "tile"), [(16, 64, 16), (128, 512, 512), (64, 1536, 512), (32, 720, 240), (48, 352, 32)]
)
def test_shapes(device, dtype, channels, time, tile):
    verify(device, channels, time, tile, dtype)


@on_both_devices
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    channels=st.sampled_from([16, 32, 80]),
    runs=st.integers(1, 7),
    tile=st.sampled_from([16, 112]),
    dtype=st.sampled_from(["bf16", "f32"]),
    spread=st.floats(1e-3, 1e4),
    seed=st.integers(0, 1 << 20),
)
def test_any_shape(device, channels, runs, tile, dtype, spread, seed):
    verify(device, channels, runs * tile, tile, dtype, spread, seed)


@pytest.mark.parametrize("spread", [1e-3, 1.0, 100.0, 1e5, 1e20])
def test_extreme_alpha(spread):
    alpha = np.resize(np.float32([1e-30, 1e-6, 1e-3, 1, -2, 300, 1e6, 1e30]), 16)
    x = np.random.default_rng(3).normal(0, spread, (16, 64)).astype(np.float32)
    result = load(device="npu1", channels=16, time=64, tile=64)(x, alpha).reshape(x.shape)
    angle = np.abs(alpha[:, None].astype(np.float64) * x)
    part = angle < 1e4  # beyond, float32 does not hold the angle; the sine stays a sine
    np.testing.assert_allclose(result[part], snake(x, alpha)[part], rtol=1e-4, atol=1e-6)
    assert (result >= np.where(alpha > 0, 1, -np.inf)[:, None] * x - 1e-3 * np.abs(x))[alpha > 0].all()
    bound = np.abs(1.001 / alpha[:, None].astype(np.float64)) + 1e-3 * np.abs(x)
    assert (np.abs(result.astype(np.float64) - x) <= bound).all()


def test_no_drift():
    x = rounded(np.random.default_rng(0).normal(0, 3, (16, 64)))
    alpha = np.full(16, 1.3, np.float32)
    result = load(device="npu1", channels=16, time=64, tile=16, dtype="bf16")(x, alpha).reshape(x.shape)
    check_bias(result, snake(x, alpha), floor=1e-2)


def test_what_is_not_finite():
    x = np.zeros((16, 16), np.float32)
    x[1, 3] = np.nan
    alpha = np.ones(16, np.float32)
    alpha[5] = 0
    result = load(device="npu1", channels=16, time=16, tile=16)(x, alpha).reshape(x.shape)
    expected = np.zeros_like(x, dtype=bool)
    expected[1, 3] = expected[5] = True
    np.testing.assert_array_equal(np.isnan(result), expected)


def test_launches_follow_one_another():
    run = load(device="npu2", channels=16, time=96, tile=48)
    for seed in range(3):
        random = np.random.default_rng(seed)
        x, alpha = random.normal(0, 2, (16, 96)).astype(np.float32), random.uniform(0.1, 4, 16).astype(np.float32)
        check(run(x, alpha).reshape(x.shape), snake(x, alpha), "f32")


@pytest.mark.parametrize("wrong", [{"time": 60}, {"channels": 3}, {"tile": 24}, {"dtype": "i8"}])
def test_refusals(wrong):
    with pytest.raises(ValueError, match=r"\S"):
        load(**{"device": "npu1", "channels": 16, "time": 96, "tile": 32, **wrong})
