"""Every reference kernel against float64, and its instructions there and back."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from starling.npu.emulation import reference
from starling.npu.emulation.instructions import KINDS, decode, encode
from starling.npu.xrt.bf16 import from_bf16, to_bf16
from starling.npu.xrt.layout import padded, to_blocks
from starling.npu.xrt.operations import ARGUMENTS, Add, Gelu, LayerNorm, Linear, Mix, Operation, Scores, Softmax

GEMM, OTHERS = 1e-2, 2e-2
"""Largest error relative to max(1, |reference|)."""
sizes = st.integers(1, 70)


def memory(values: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(values).reshape(-1).view(np.uint8).copy()


def rounded(shape: tuple[int, ...], seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Random values that bfloat16 holds, as float64 and as device memory."""
    bits = to_bf16(np.random.default_rng(seed).standard_normal(shape, np.float32))
    return from_bf16(bits).astype(np.float64), memory(bits)


def error(result: np.ndarray, expected: np.ndarray) -> float:
    return float((np.abs(result - expected) / np.maximum(1, np.abs(expected))).max())


@settings(max_examples=30, deadline=None)
@given(sizes, sizes, sizes, st.integers(0, 5))
def test_linear(m: int, k: int, n: int, gap: int) -> None:
    (a, a_memory), (b, _) = rounded((m, k + gap), 1), rounded((k, n), 2)
    bias = np.linspace(-1, 1, n, dtype=np.float32)
    blocks = memory(to_bf16(to_blocks(b, reference.BLOCK, reference.BLOCK)))
    ldc, offset = n + gap, 3
    out = memory(np.full(offset + m * ldc, 0x4040, np.uint16))
    operation = Linear(m, k, n, k + gap, ldc, offset)
    reference.execute(operation, [a_memory, blocks, memory(bias), out])
    rows = from_bf16(out.view(np.uint16)[offset:]).reshape(m, ldc)
    assert error(rows[:, :n], a[:, :k] @ b + bias) <= GEMM
    assert (rows[:, n:] == 3).all()


def test_linear_has_no_bias_of_rounding() -> None:
    """Truncation would be seen here: 2e-3."""
    (a, a_memory), (b, _) = rounded((256, 256), 3), rounded((256, 256), 4)
    out = memory(np.zeros(256 * 256, np.uint16))
    blocks = memory(to_bf16(to_blocks(b, 32, 32)))
    reference.execute(Linear(256, 256, 256, 256, 256), [a_memory, blocks, memory(np.zeros(256, np.float32)), out])
    expected = (a @ b).reshape(-1)
    signed = (from_bf16(out.view(np.uint16)) - expected) * np.sign(expected) / np.maximum(1, np.abs(expected))
    assert abs(signed.mean()) <= 5e-4


def test_overlapping_rows_make_a_convolution() -> None:
    (x, x_memory), (w, _) = rounded((20, 8), 5), rounded((24, 16), 6)
    out = memory(np.zeros(9 * 16, np.uint16))
    operation = Linear(9, 24, 16, 16, 16)
    reference.execute(
        operation, [x_memory, memory(to_bf16(to_blocks(w, 32, 32))), memory(np.zeros(16, np.float32)), out]
    )
    expected = np.stack([x[2 * t : 2 * t + 3].reshape(-1) @ w for t in range(9)])
    assert error(from_bf16(out.view(np.uint16)).reshape(9, 16), expected) <= GEMM


@settings(max_examples=20, deadline=None)
@given(sizes, sizes, sizes)
def test_scores_and_mix(m: int, k: int, n: int) -> None:
    a, a_memory = rounded((m, k + 4), 7)
    b, b_memory = rounded((n, k + 2), 8)
    out = memory(np.zeros(m * n, np.float32))
    reference.execute(Scores(m, k, n, k + 4, 3, k + 2, 1), [np.append(a_memory, a_memory), b_memory, out])
    whole = np.append(a.reshape(-1), a.reshape(-1))
    rows = np.stack([whole[3 + row * (k + 4) :][:k] for row in range(m)])
    assert error(out.view(np.float32).reshape(m, n), rows @ b[:, 1 : k + 1].T) <= 1e-4
    shares, shares_memory = rounded((m, n), 9)
    mixed = memory(np.zeros(m * (k + 1), np.uint16))
    reference.execute(Mix(m, n, k, k + 2, 1, k + 1, 1 if m == 0 else 0), [shares_memory, b_memory, mixed])
    assert error(from_bf16(mixed.view(np.uint16)).reshape(m, k + 1)[:, :k], shares @ b[:, 1 : k + 1]) <= GEMM


@settings(max_examples=20, deadline=None)
@given(sizes, sizes, st.data())
def test_softmax(rows: int, width: int, data: st.DataObject) -> None:
    keep = np.array(data.draw(st.lists(st.booleans(), min_size=width, max_size=width)))
    keep[data.draw(st.integers(0, width - 1))] = True
    x = np.random.default_rng(10).standard_normal((rows, width)).astype(np.float32) * 9
    x[:, ~keep] = np.nan  # what lies behind a clip is never looked at
    out = memory(np.zeros(rows * width, np.uint16))
    reference.execute(Softmax(rows, width, 0.5), [memory(x), memory(keep.astype(np.float32)), out])
    powers = np.where(keep, np.exp(0.5 * (x.astype(np.float64) - np.nanmax(x, axis=1, keepdims=True))), 0)
    result = from_bf16(out.view(np.uint16)).reshape(rows, width)
    assert error(result, powers / powers.sum(axis=1, keepdims=True)) <= OTHERS
    assert (result[:, ~keep] == 0).all()


@pytest.mark.parametrize("keep", [(0, 0, 0), (1, np.nan, 1)])
def test_a_softmax_over_nothing_is_no_number(keep: tuple[float, ...]) -> None:
    out = memory(np.zeros(6, np.uint16))
    reference.execute(Softmax(2, 3, 1.0), [memory(np.ones(6, np.float32)), memory(np.float32(keep)), out])
    assert np.isnan(from_bf16(out.view(np.uint16))).all()


@pytest.mark.parametrize("wide", [0, 1])
def test_layernorm(wide: int) -> None:
    x = np.random.default_rng(11).standard_normal((7, 50)).astype(np.float32) * 100 + 1000
    both = np.random.default_rng(12).standard_normal((2, 50)).astype(np.float32)
    out = memory(np.zeros(350, np.float32 if wide else np.uint16))
    reference.execute(LayerNorm(7, 50, 1e-5, wide), [memory(x), memory(both), out])
    exact = x.astype(np.float64)
    centred = exact - exact.mean(axis=1, keepdims=True)
    expected = centred / np.sqrt((centred**2).mean(axis=1, keepdims=True) + 1e-5) * both[0] + both[1]
    result = out.view(np.float32) if wide else from_bf16(out.view(np.uint16))
    assert error(result.reshape(7, 50), expected) <= (1e-4 if wide else OTHERS)


def test_gelu_and_add() -> None:
    x, x_memory = rounded((2000,), 13)
    out = memory(np.zeros(2000, np.uint16))
    reference.execute(Gelu(2000), [x_memory, out])
    expected = np.array([0.5 * value * (1 + math.erf(value / math.sqrt(2))) for value in x])
    assert error(from_bf16(out.view(np.uint16)), expected) <= OTHERS / 4
    total = memory(np.full(2000, 0.25, np.float32))
    reference.execute(Add(2000), [total, x_memory, total])
    assert error(total.view(np.float32), x + 0.25) <= 1e-6


OPERATIONS: list[tuple[Operation, tuple[int, ...]]] = [
    (Linear(2, 3, 4, 3, 4), (12, 2048, 16, 16)),
    (Scores(2, 3, 4, 3, 0, 3, 0), (12, 24, 32)),
    (Mix(2, 3, 4, 4, 0, 4, 0), (12, 24, 16)),
    (Softmax(2, 3, 1.0), (24, 12, 12)),
    (LayerNorm(2, 3, 1e-5), (24, 24, 12)),
    (LayerNorm(2, 3, 1e-5, 1), (24, 24, 24)),
    (Gelu(8), (16, 16)),
    (Add(8), (32, 16, 32)),
]


@pytest.mark.parametrize(("operation", "needs"), OPERATIONS, ids=lambda value: getattr(value, "symbol", ""))
def test_no_kernel_reaches_past_a_buffer(operation: Operation, needs: tuple[int, ...]) -> None:
    assert len(needs) == len(ARGUMENTS[operation.symbol])
    reference.execute(operation, [np.zeros(size, np.uint8) for size in needs])
    for short in range(len(needs)):
        with pytest.raises(reference.OutOfBounds):
            reference.execute(operation, [np.zeros(size - 4 * (i == short), np.uint8) for i, size in enumerate(needs)])


def test_every_kind_is_tried() -> None:
    assert {type(operation) for operation, _ in OPERATIONS} == set(KINDS)


@pytest.mark.parametrize(("operation", "needs"), OPERATIONS, ids=lambda value: getattr(value, "symbol", ""))
def test_instructions_there_and_back(operation: Operation, needs: tuple[int, ...]) -> None:
    words = encode(operation)
    assert encode(decode(words)).tolist() == words.tolist()
    assert type(decode(words)) is type(operation)
    for broken in (words[:-1], np.append(words, 0), words[1:], words[:0]):
        with pytest.raises(ValueError, match="instructions"):
            decode(np.asarray(broken, np.uint32))


def test_padded_sizes() -> None:
    assert padded(240, 32) == 256
