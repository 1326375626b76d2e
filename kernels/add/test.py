import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernels.add.design import arguments
from kernels.add.reference import add
from kernels.common.testing import Loaded, needs_compiler, on_both_devices, rounded

pytestmark = needs_compiler


def load(**parameters):
    return Loaded("add", arguments, **parameters)


def verify(device, count, tile, seed=0):
    random = np.random.default_rng(seed)
    x = (random.normal(0, 1, count) * 10.0 ** random.integers(-30, 30, count)).astype(np.float32)
    y = rounded(random.normal(0, 100, count))
    run = load(device=device, count=count, tile=tile)
    np.testing.assert_array_equal(run(x, y), add(x, y))
    assert run.ran.symbols == {"add_f32": count // tile}


@on_both_devices
@pytest.mark.parametrize(("count", "tile"), [(32, 16), (2048, 1024), (128 * 256, 1024), (10240, 1024), (4800, 480)])
def test_shapes(device, count, tile):
    verify(device, count, tile)


@on_both_devices
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(groups=st.integers(1, 30), tile=st.sampled_from([16, 112]), seed=st.integers(0, 1 << 20))
def test_any_count(device, groups, tile, seed):
    verify(device, 2 * groups * tile, tile, seed)


def test_what_is_not_finite():
    x = np.resize(np.float32([np.nan, np.inf, -np.inf, 1, 3.4e38, 1e-3]), 96)
    y = rounded(np.resize([1, 1, np.inf, np.nan, 3e38, -1e-3], 96))
    np.testing.assert_array_equal(load(device="npu1", count=96, tile=16)(x, y), add(x, y))


def test_the_result_may_replace_x():
    """The residual stream is added to in place: each value is read before it is written."""
    random = np.random.default_rng(5)
    x = random.normal(0, 1, 64 * 1024).astype(np.float32)
    y = rounded(random.normal(0, 1, len(x)))
    run = load(device="npu1", count=len(x))
    memory = x.copy().view(np.uint8)
    run.program.run([memory, (y.view(np.uint32) >> 16).astype(np.uint16).view(np.uint8), memory])
    np.testing.assert_array_equal(memory.view(np.float32), add(x, y))


@pytest.mark.parametrize("wrong", [{"count": 3000}, {"count": 1024}, {"count": 0}, {"count": 96, "tile": 24}])
def test_refusals(wrong):
    with pytest.raises(ValueError, match=r"\S"):
        load(**{"device": "npu1", **wrong})
