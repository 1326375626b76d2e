"""What each kernel computes, in NumPy, on emulated device memory: bfloat16 in, float32 inside.

Nothing is taken from the host's side, so a buffer that was never synced is computed with as it lies on the device.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from starling.npu.xrt.bf16 import from_bf16, to_bf16
from starling.npu.xrt.layout import from_blocks, padded
from starling.npu.xrt.operations import ARGUMENTS, Add, Gelu, LayerNorm, Linear, Mix, Operation, Scores, Softmax

F32 = NDArray[np.float32]
Memory = Sequence[NDArray[np.uint8]]
"""The device memory of the data arguments, in order."""

BLOCK = 32
"""Rows and columns of a weight block."""
ROW_TILE = 32
"""Rows of every product are a multiple of it."""


class OutOfBounds(Exception):
    """An instruction reaches past a buffer."""


def execute(operation: Operation, memory: Memory) -> None:
    """Run one operation.

    Raises:
        OutOfBounds: it reaches past one of its buffers.
    """
    with np.errstate(all="ignore"):
        _KERNELS[operation.symbol](operation, memory)


def result_of(operation: Operation, memory: Memory) -> NDArray[Any]:
    """The written argument's memory as numbers."""
    return memory[-1].view(np.uint16 if ARGUMENTS[operation.symbol][-1] == "bf16" else np.float32)


def _read(memory: NDArray[np.uint8], kind: str, count: int, offset: int = 0) -> F32:
    size = 2 if kind == "bf16" else 4
    _check((offset + count) * size, memory)
    part = memory[offset * size : (offset + count) * size]
    return from_bf16(part.view(np.uint16)) if kind == "bf16" else part.view(np.float32)


def _write(memory: NDArray[np.uint8], kind: str, values: F32) -> None:
    flat = np.ascontiguousarray(values, np.float32).reshape(-1)
    raw = (to_bf16(flat) if kind == "bf16" else flat).view(np.uint8)
    _check(len(raw), memory)
    memory[: len(raw)] = raw


def _write_rows(memory: NDArray[np.uint8], values: F32, stride: int, offset: int) -> None:
    """bfloat16 rows, ``stride`` elements apart."""
    rows, width = values.shape
    _check(2 * (offset + (rows - 1) * stride + width), memory)
    flat = memory.view(np.uint16)[offset:]
    np.lib.stride_tricks.as_strided(flat, (rows, width), (2 * stride, 2))[:] = to_bf16(values)


def _read_rows(memory: NDArray[np.uint8], rows: int, width: int, stride: int, offset: int = 0) -> F32:
    """bfloat16 rows, ``stride`` elements apart; they may overlap."""
    _check(2 * (offset + (rows - 1) * stride + width), memory)
    flat = memory.view(np.uint16)[offset:]
    return from_bf16(np.ascontiguousarray(np.lib.stride_tricks.as_strided(flat, (rows, width), (2 * stride, 2))))


def _check(end: int, memory: NDArray[np.uint8]) -> None:
    if end > len(memory):
        raise OutOfBounds(f"byte {end} of a buffer of {len(memory)}")


def _linear(op: Linear, memory: Memory) -> None:
    a = _read_rows(memory[0], op.m, op.k, op.lda)
    k, n = padded(op.k, BLOCK), padded(op.n, BLOCK)
    _check(2 * k * n, memory[1])
    blocks = memory[1].view(np.uint16)[: k * n].reshape(n // BLOCK, k // BLOCK, BLOCK, BLOCK)
    weight = from_bf16(from_blocks(blocks))[: op.k, : op.n]
    product = a @ weight
    product += _read(memory[2], "f32", op.n)
    _write_rows(memory[3], product, op.ldc, op.c_offset)


def _scores(op: Scores, memory: Memory) -> None:
    a = _read_rows(memory[0], op.m, op.k, op.lda, op.a_offset)
    b = _read_rows(memory[1], op.n, op.k, op.ldb, op.b_offset)
    _write(memory[2], "f32", a @ b.T)


def _mix(op: Mix, memory: Memory) -> None:
    a = _read(memory[0], "bf16", op.m * op.k).reshape(op.m, op.k)
    b = _read_rows(memory[1], op.k, op.n, op.ldb, op.b_offset)
    _write_rows(memory[2], a @ b, op.ldc, op.c_offset)


def _softmax(op: Softmax, memory: Memory) -> None:
    x = _read(memory[0], "f32", op.rows * op.width).reshape(op.rows, op.width)
    kept = int(np.count_nonzero(keep := _read(memory[1], "f32", op.width)))
    if not kept or not np.isfinite(keep).all():
        _write(memory[2], "bf16", np.full_like(x, np.nan))
        return
    columns: Any = slice(0, kept) if keep[:kept].all() else keep != 0  # a slice is faster, and clips begin at 0
    powers = x[:, columns] * np.float32(op.scale)
    powers -= powers.max(axis=1, keepdims=True)
    np.exp(powers, out=powers)
    powers /= powers.sum(axis=1, keepdims=True)
    result = np.zeros_like(x)
    result[:, columns] = powers
    _write(memory[2], "bf16", result)


def _layernorm(op: LayerNorm, memory: Memory) -> None:
    x = _read(memory[0], "f32", op.rows * op.width).reshape(op.rows, op.width)
    weight, bias = _read(memory[1], "f32", 2 * op.width).reshape(2, op.width)
    centred = x - x.mean(axis=1, keepdims=True)
    variance = np.mean(centred * centred, axis=1, keepdims=True)
    centred /= np.sqrt(variance + np.float32(op.epsilon))
    _write(memory[2], "f32" if op.wide else "bf16", centred * weight + bias)


def _gelu(op: Gelu, memory: Memory) -> None:
    x = _read(memory[0], "bf16", op.count)
    _write(memory[1], "bf16", np.float32(0.5) * x * (1 + _erf(x * np.float32(np.sqrt(0.5)))))


def _add(op: Add, memory: Memory) -> None:
    _write(memory[2], "f32", _read(memory[0], "f32", op.count) + _read(memory[1], "bf16", op.count))


def _erf(x: F32) -> F32:
    """Abramowitz and Stegun 7.1.26, absolute error below 1e-6 in float32."""
    z = np.abs(x)
    t = 1 / (1 + np.float32(0.3275911) * z)
    series = np.full_like(t, 1.061405429)
    for factor in (-1.453152027, 1.421413741, -0.284496736, 0.254829592):
        series *= t
        series += np.float32(factor)
    series *= t
    return np.asarray(np.copysign(1 - series * np.exp(-z * z), x), np.float32)


_KERNELS: dict[str, Callable[[Any, Memory], None]] = {
    "gemm_bias_bf16": _linear,
    "gemm_f32": _scores,
    "gemm_bf16": _mix,
    "softmax_bf16": _softmax,
    "layernorm_bf16": _layernorm,
    "layernorm_f32": _layernorm,
    "gelu_bf16": _gelu,
    "add_f32": _add,
}
