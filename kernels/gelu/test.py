import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernels.common.testing import BF16_STEP, Loaded, check, needs_compiler, on_both_devices, rounded
from kernels.gelu.design import arguments
from kernels.gelu.reference import gelu
from starling.npu.xrt.bf16 import from_bf16

pytestmark = needs_compiler

ALL = from_bf16(np.arange(1 << 16, dtype=np.uint16))
"""Every bfloat16 there is."""


def load(**parameters):
    return Loaded("gelu", arguments, **parameters)


@pytest.fixture(scope="module")
def everything():
    return load(device="npu1", count=len(ALL))(ALL)


def test_every_number_there_is(everything):
    finite = np.isfinite(ALL)
    check(everything[finite], gelu(ALL)[finite])


def test_the_negative_tail_keeps_its_digits(everything):
    part = (ALL > -5.5) & (ALL < -1e-30)
    reference = gelu(ALL)[part]
    assert np.abs((everything[part] - reference) / reference).max() <= BF16_STEP * 1.02


def test_no_drift(everything):
    part = (np.abs(ALL) < 6) & (np.abs(ALL) > 1e-3)
    reference = gelu(ALL)[part].astype(np.float64)
    assert abs(np.mean((everything[part] - reference) / np.abs(reference))) < 2e-4


def test_what_is_not_finite(everything):
    assert np.isnan(everything[np.isnan(ALL)]).all()
    assert everything[ALL == np.inf] == np.inf
    assert abs(everything[ALL == -np.inf]) < 1e-14


@on_both_devices
@pytest.mark.parametrize(("count", "tile"), [(64, 16), (4096, 1024), (20480, 1024), (128 * 1024, 1024), (2560, 320)])
def test_shapes(device, count, tile):
    x = rounded(np.random.default_rng(count).normal(-2, 3, count))
    run = load(device=device, count=count, tile=tile)
    check(run(x), gelu(x))
    assert run.ran.symbols == {"gelu_bf16": count // tile}


@on_both_devices
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(groups=st.integers(1, 30), tile=st.sampled_from([16, 112]), seed=st.integers(0, 1 << 20))
def test_any_count(device, groups, tile, seed):
    x = rounded(np.random.default_rng(seed).normal(0, 4, 4 * groups * tile))
    check(load(device=device, count=len(x), tile=tile)(x), gelu(x))


def test_launches_follow_one_another():
    run = load(device="npu2", count=4 * 5 * 64, tile=64)
    for seed in range(3):
        x = rounded(np.random.default_rng(seed).normal(0, 4, 4 * 5 * 64))
        check(run(x), gelu(x))


@pytest.mark.parametrize("wrong", [{"count": 6000}, {"count": 2048}, {"count": 0}, {"count": 96, "tile": 24}])
def test_refusals(wrong):
    with pytest.raises(ValueError, match=r"\S"):
        load(**{"device": "npu1", **wrong})
