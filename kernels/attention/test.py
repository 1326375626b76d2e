import numpy as np
import pytest

from kernels.attention.design import buffers, steps
from kernels.attention.reference import attention
from kernels.common.testing import BIAS, TOLERANCE, needs_compiler, on_both_devices, relative_error, rounded
from kernels.gemm.shapes import L1_BYTES, Shape
from starling.npu.emulation.iron import load
from starling.npu.xrt.bf16 import from_bf16, to_bf16

pytestmark = needs_compiler

HEAD = 64
SIZES = {"bf16": 2, "f32": 4}


def chain(device, positions, heads, qkv, keep):
    """Every step in order on one device memory; the result, and how often each symbol ran."""
    memory = {
        name: np.full(entry.elements * SIZES[entry.dtype], 0xAA, np.uint8)
        for name, entry in buffers(positions=positions, heads=heads).items()
    }
    memory["qkv"][:] = to_bf16(qkv).reshape(-1).view(np.uint8)
    memory["keep"][:] = keep.view(np.uint8)
    symbols = {}
    for step in steps(device=device, positions=positions, heads=heads):
        ran = load(step.op, step.parameters).run([memory[name] for name in step.buffers])
        for symbol, count in ran.symbols.items():
            symbols[symbol] = symbols.get(symbol, 0) + count
    return from_bf16(memory["mixed"].view(np.uint16)).reshape(positions, heads * HEAD), symbols


def parts(positions, heads, spread=2.0, seed=0):
    random = np.random.default_rng(seed)
    return [rounded(random.normal(0, spread, (positions, heads * HEAD))) for _ in "qkv"]


@on_both_devices
@pytest.mark.parametrize(("positions", "heads", "count"), [(128, 2, 100), (192, 1, 192), (256, 3, 131)])
def test_layer(device, positions, heads, count):
    q, k, v = parts(positions, heads)
    keep = (np.arange(positions) < count).astype(np.float32)
    result, symbols = chain(device, positions, heads, np.concatenate([q, k, v], axis=1), keep)
    error = relative_error(result, attention(q, k, v, keep, heads, HEAD**-0.5))
    assert np.abs(error).max() <= TOLERANCE
    assert abs(error.mean()) <= BIAS
    assert symbols["softmax_bf16"] == heads * positions


def test_padding_has_no_say():
    """Whatever stands in the rows that are not kept, short of what is no number, the others come out the same."""
    q, k, v = parts(128, 1)
    keep = (np.arange(128) < 90).astype(np.float32)
    clean, _ = chain("npu1", 128, 1, np.concatenate([q, k, v], axis=1), keep)
    for part in (q, k, v):
        part[90:] = 1e4
    dirty, _ = chain("npu1", 128, 1, np.concatenate([q, k, v], axis=1), keep)
    np.testing.assert_array_equal(dirty[:90], clean[:90])


def test_one_score_stands_out():
    q, k, v = parts(128, 1, spread=0.1)
    k[17] = 40
    q[:] = 40
    result, _ = chain("npu2", 128, 1, np.concatenate([q, k, v], axis=1), np.ones(128, np.float32))
    np.testing.assert_allclose(result, np.broadcast_to(v[17], v.shape), rtol=1e-2, atol=1e-3)


@pytest.mark.parametrize("device", ["npu1", "npu2"])
@pytest.mark.parametrize("positions", [128, 192, 256, 384, 512, 768, 1024, 1536])
@pytest.mark.parametrize("heads", [4, 6, 8, 12, 16, 20])
def test_every_bucket_has_tiles(device, positions, heads):
    found = steps(device=device, positions=positions, heads=heads)
    assert [step.op for step in found] == ["gemm", "softmax", "gemm"] * heads
    known = buffers(positions=positions, heads=heads)
    for step in found:
        assert set(step.buffers) <= set(known)
        if step.op == "gemm":
            shape = Shape(**step.parameters)
            assert shape.l1_bytes <= L1_BYTES
            assert shape.sizes == tuple(known[name].elements for name in step.buffers)


@pytest.mark.parametrize("wrong", [{"positions": 100}, {"head": 30}, {"device": "npu9"}])
def test_refusals(wrong):
    with pytest.raises(ValueError, match=r"\S"):
        steps(**{"device": "npu1", "positions": 128, "heads": 2, **wrong})
