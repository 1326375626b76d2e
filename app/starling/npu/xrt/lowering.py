"""Which design computes an operation, with which parameters: from what the encoder asks to ``kernels/``. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starling.npu.xrt.encoder_weights import EncoderShape
from starling.npu.xrt.operations import Add, Gelu, LayerNorm, Linear, Mix, Operation, Scores, Softmax

Value = int | float | str | bool
Tile = tuple[int, int, int]

COLUMNS = {"npu1": 4, "npu2": 8}
TILES: Mapping[str, Mapping[str, Tile]] = {
    "npu1": {"linear": (32, 64, 32), "scores": (32, 64, 32), "mix": (32, 64, 16)},
    "npu2": {"linear": (32, 64, 16), "scores": (32, 64, 16), "mix": (32, 64, 8)},
}
"""Rows, depth and columns of what one core multiplies at a time, by device and use of the product.

Four rows of cores take 128 positions at once, the smallest bucket; all columns together take a whole head of 64 values
in ``mix`` and 128 columns elsewhere, which divide every Whisper's widths.
"""


@dataclass(frozen=True)
class Job:
    """One operation as a design computes it.

    Attributes:
        op: the folder below ``kernels/``.
        parameters: of its ``design``.
    """

    op: str
    parameters: Mapping[str, Value]


def lower(operation: Operation, device: str) -> Job:
    """The design of an operation.

    Args:
        operation: what is asked.
        device: ``npu1`` or ``npu2``.
    """
    return _LOWERED[type(operation)](operation, device)


def refusal(shape: EncoderShape, device: str) -> str:
    """Why the kernels of a device cannot compute a model, as one clause; empty when they can."""
    columns = COLUMNS[device]
    across = columns * TILES[device]["linear"][2]
    depth = TILES[device]["linear"][1]
    head, least = shape.width // shape.heads, columns * TILES[device]["mix"][2]
    if head % max(least, depth):
        return f"its attention heads have {head} values, and the kernels of {device} take multiples of {least}"
    for name, size in (("width", shape.width), ("feed-forward width", shape.inner)):
        if size % across or size % depth:
            return f"its {name} of {size} is no multiple of the {across} columns that {device} computes at a time"
    return ""


def block(device: str) -> tuple[int, int]:
    """Rows and columns of the blocks that weights are cut into."""
    return TILES[device]["linear"][1:]


def _product(device: str, use: str, m: int, k: int, n: int) -> dict[str, Value]:
    tile_m, tile_k, tile_n = TILES[device][use]
    return {
        "device": device,
        "m": m,
        "k": k,
        "n": n,
        "tile_m": tile_m,
        "tile_k": tile_k,
        "tile_n": tile_n,
        "dtype": "bf16",
        "bias": False,
        "gelu": False,
        "a_offset": 0,
        "b_offset": 0,
        "c_offset": 0,
    }


def _reach(rows: int, width: int, stride: int, offset: int) -> int:
    """Elements of a buffer up to the last that a strided matrix touches."""
    return offset + (rows - 1) * stride + width


def _linear(op: Linear, device: str) -> Job:
    return Job(
        "gemm",
        _product(device, "linear", op.m, op.k, op.n)
        | {
            "out": "bf16",
            "bias": True,
            "gelu": bool(op.gelu),
            "b": "blocks",
            "lda": op.lda,
            "ldb": 0,
            "ldc": op.ldc,
            "c_offset": op.c_offset,
            "a_elements": _reach(op.m, op.k, op.lda, 0),
            "b_elements": op.k * op.n,
            "c_elements": _reach(op.m, op.n, op.ldc, op.c_offset),
        },
    )


def _scores(op: Scores, device: str) -> Job:
    return Job(
        "gemm",
        _product(device, "scores", op.m, op.k, op.n)
        | {
            "out": "f32",
            "b": "transposed",
            "lda": op.lda,
            "a_offset": op.a_offset,
            "ldb": op.ldb,
            "b_offset": op.b_offset,
            "ldc": op.n,
            "a_elements": _reach(op.m, op.k, op.lda, op.a_offset),
            "b_elements": _reach(op.n, op.k, op.ldb, op.b_offset),
            "c_elements": op.m * op.n,
        },
    )


def _mix(op: Mix, device: str) -> Job:
    return Job(
        "gemm",
        _product(device, "mix", op.m, op.k, op.n)
        | {
            "out": "bf16",
            "b": "rows",
            "lda": op.k,
            "ldb": op.ldb,
            "b_offset": op.b_offset,
            "ldc": op.ldc,
            "c_offset": op.c_offset,
            "a_elements": op.m * op.k,
            "b_elements": _reach(op.k, op.n, op.ldb, op.b_offset),
            "c_elements": _reach(op.m, op.n, op.ldc, op.c_offset),
        },
    )


def _softmax(op: Softmax, device: str) -> Job:
    return Job("softmax", {"device": device, "rows": op.rows, "width": op.width, "scale": op.scale})


def _layernorm(op: LayerNorm, device: str) -> Job:
    out = "f32" if op.wide else "bf16"
    sizes: dict[str, Value] = {"device": device, "rows": op.rows, "width": op.width}
    return Job("layernorm", sizes | {"epsilon": op.epsilon, "out": out})


def _gelu(op: Gelu, device: str) -> Job:
    return Job("gelu", {"device": device, "count": op.count})


def _add(op: Add, device: str) -> Job:
    return Job("add", {"device": device, "count": op.count})


_LOWERED: Mapping[type[Any], Callable[[Any, str], Job]] = {
    Linear: _linear,
    Scores: _scores,
    Mix: _mix,
    Softmax: _softmax,
    LayerNorm: _layernorm,
    Gelu: _gelu,
    Add: _add,
}
