import dataclasses
import importlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from starling import locate
from starling.npu.emulation.iron.package import installed
from starling.npu.planning import Refusal, plan_gemm
from starling.npu.planning.dma import check_transfer
from starling.npu.planning.gemm import Product, Tiles, l1_parts
from starling.npu.planning.limits import CORE, MEM_TILE, NPU1, NPU2, SHIM, device
from starling.npu.planning.refusal import Refused

with installed(locate.shipped("kernels")):
    shapes = importlib.import_module("kernels.gemm.shapes")

DEVICES = (NPU1, NPU2)


def at(limits, **more):
    return dataclasses.replace(limits, **more)


@pytest.mark.parametrize("limits", DEVICES)
@settings(max_examples=60, deadline=None)
@given(
    m=st.integers(1, 2000), k=st.integers(1, 2000), n=st.integers(1, 2000),
    dtype=st.sampled_from(["bf16", "i8"]), bias=st.booleans(),
)  # fmt: skip
def test_any_product_gets_tiles_that_the_design_takes(limits, m, k, n, dtype, bias):
    out = "bf16" if dtype == "bf16" or bias else "i32"
    plan = plan_gemm(limits, m, k, n, dtype, out, bias=bias)
    assert not isinstance(plan, Refusal), plan
    shape = shapes.Shape(**plan.parameters(limits.name))
    assert (shape.m >= m, shape.k >= k, shape.n >= n) == (True,) * 3
    assert shape.l1_bytes == plan.l1_bytes <= limits.l1_bytes
    assert plan.l2_bytes <= limits.l2_bytes
    assert plan.program_bytes <= limits.program_bytes


@pytest.mark.parametrize("limits", DEVICES)
def test_budget_to_the_byte(limits):
    plan = plan_gemm(limits, 1536, 1280, 1280, bias=True, tiles=Tiles(64, 64, 32))
    for budget, field, needed in (("L1", "l1_bytes", plan.l1_bytes), ("L2", "l2_bytes", plan.l2_bytes),
                                  ("program", "program_bytes", plan.program_bytes)):  # fmt: skip
        options = {"bias": True, "tiles": Tiles(64, 64, 32)}
        assert plan_gemm(at(limits, **{field: needed}), 1536, 1280, 1280, **options) == plan
        refusal = plan_gemm(at(limits, **{field: needed - 1}), 1536, 1280, 1280, **options)
        assert isinstance(refusal, Refusal)
        assert (refusal.budget, refusal.needed, refusal.excess) == (budget, needed, 1)
        assert str(needed) in refusal.reason


def test_l1_holds_both_halves_the_sums_and_the_stack():
    parts = l1_parts(NPU1, Product(1, 1, 1, bias=True), Tiles(64, 32, 16))
    assert parts == {"a": 2 * 2 * 64 * 32, "b": 2 * 2 * 32 * 16, "sums": 4 * 64 * 16, "c": 2 * 64 * 16,
                     "columns": 4 * 16 * 4, "counts": 12, "stack": 0xD00}  # fmt: skip


def test_l2_holds_c_of_all_rows():
    plan = plan_gemm(NPU1, 256, 64, 256, out="f32", tiles=Tiles(64, 32, 64))
    assert plan.l2 == {"a": 2 * 2 * 64 * 32, "b": 2 * 2 * 32 * 64, "c": 2 * 4 * 4 * 64 * 64}
    assert plan_gemm(NPU2, 256, 64, 512, tiles=Tiles(64, 32, 64)).l2["a"] == plan.l2["a"]


def test_a_refusal_says_what_would_fit():
    refusal = plan_gemm(NPU1, 512, 512, 512, tiles=Tiles(128, 128, 128))
    assert (refusal.budget, refusal.available) == ("L1", 65536)
    assert "Smaller tiles" in str(refusal)
    refusal = plan_gemm(NPU1, 512, 512, 512, tiles=Tiles(64, 12, 64))
    assert "tile_k = 12" in refusal.reason
    assert "8 would fit" in refusal.fits
    assert plan_gemm(NPU1, 0, 8, 8).budget == plan_gemm(NPU1, 8, 8, 8, "f64").budget == "shape"
    assert "16 x 8 x 64" in plan_gemm(NPU2, 10, 10, 10, exact=True).fits


def test_unpadded_products_divide():
    plan = plan_gemm(NPU2, 192, 64, 192, out="f32", b="transposed", lda=768, ldb=768, exact=True)
    assert (plan.m, plan.k, plan.n) == (192, 64, 192)


def test_wide_rows_of_c_need_low_tiles():
    """fc1 of large-v3: 4 * 128 rows of 5120 bfloat16 are more than a stride counts."""
    refusal = plan_gemm(NPU1, 1536, 1280, 5120, bias=True, tiles=Tiles(128, 16, 16))
    assert refusal.budget == "dma"
    assert refusal.needed == 4 * 128 * 5120 // 2
    assert not isinstance(plan_gemm(NPU1, 1536, 1280, 5120, bias=True, tiles=Tiles(96, 16, 16)), Refusal)


def test_rows_of_weights_beyond_a_size_are_refused():
    refusal = plan_gemm(NPU1, 64, 8 * 1024, 16, b="rows", ldb=1 << 19, tiles=Tiles(16, 8, 4))
    assert refusal.budget == "dma"


@pytest.mark.parametrize(("dma", "most"), [(SHIM, 1023), (MEM_TILE, 1023), (CORE, 255)])
def test_sizes_to_the_step(dma, most):
    check_transfer("x", dma, (2, most, 4), (1 << 12, 8, 1), 4)
    with pytest.raises(Refused, match=f"need {most + 1} steps of {most}"):
        check_transfer("x", dma, (2, most + 1, 4), (1 << 12, 8, 1), 4)
    check_transfer("x", dma, (2, most), (2 * most, 1), 4)
    with pytest.raises(Refused, match="words"):
        check_transfer("x", dma, (2, most + 1), (2 * most + 2 + 1, 1), 4)


@pytest.mark.parametrize(("dma", "most"), [(SHIM, 1 << 20), (MEM_TILE, 1 << 17), (CORE, 1 << 13)])
def test_strides_to_the_word(dma, most):
    check_transfer("x", dma, (2, 4), (most, 1), 4)
    with pytest.raises(Refused, match="stride"):
        check_transfer("x", dma, (2, 4), (most + 1, 1), 4)


def test_granularity_repetition_and_density():
    for sizes, strides in (((2, 3), (8, 1)), ((2, 4), (7, 1)), ((5,), (1,))):
        with pytest.raises(Refused, match="no multiple of 4"):
            check_transfer("x", SHIM, sizes, strides, 2)
    check_transfer("x", SHIM, (1 << 22,), (1,), 2)
    check_transfer("x", SHIM, (64, 2, 2, 4), (0, 64, 16, 1), 2)
    with pytest.raises(Refused, match="repetition"):
        check_transfer("x", SHIM, (65, 2, 2, 4), (0, 64, 16, 1), 2)
    with pytest.raises(Refused, match="dimensions"):
        check_transfer("x", SHIM, (2, 2, 2, 2, 4), (0, 999, 64, 16, 1), 2)


def test_descriptors_and_channels():
    short = dataclasses.replace(SHIM, descriptors=7)
    assert plan_gemm(at(NPU1, shim=short), 64, 64, 64, bias=True).budget == "descriptors"
    assert not isinstance(plan_gemm(at(NPU1, shim=short), 64, 64, 64), Refusal)
    assert plan_gemm(at(NPU1, mem_channels=5), 64, 64, 64).budget == "channels"
    assert plan_gemm(NPU1, 64 * 65, 64, 64, tiles=Tiles(16, 8, 8)).budget == "dma"
    # Narrow and dense: no transfer is too large, and the cores go down too often all the same.
    assert "blocks of rows" in plan_gemm(NPU1, 64 * 65, 8, 16, tiles=Tiles(16, 8, 4)).reason
    assert plan_gemm(NPU1, 64, 256, 64, bias=True, tiles=Tiles(16, 136, 8)).budget == "dma"


def test_unknown_device():
    with pytest.raises(Exception, match="npu3"):
        device("npu3")
