"""Attention of one layer as a chain of other operators: for each head scores, softmax, mix.

There is no program of its own. :func:`steps` names launches in order; the host puts them into one run list, and what
lies between them never leaves the device. README says why it is not one fused kernel.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from ..gemm.shapes import COLUMNS, FRAGMENTS, ROWS
from ..objects import Argument

Tiles = tuple[int, int, int]
"""tile_m, tile_k, tile_n of a product."""

_LARGEST = 64
"""Of a tile: three such tiles fill a core's memory (see gemm)."""
_LARGEST_F32_DEPTH = 32
"""tile_k of a product with float32 results."""


@dataclass(frozen=True)
class Step:
    """One launch.

    Attributes:
        op: folder of the operator.
        parameters: of its ``design()``.
        buffers: names in :func:`buffers`, in the order of its arguments; the last is written.
    """

    op: str
    parameters: dict[str, Any]
    buffers: tuple[str, ...]


def buffers(*, positions: int, heads: int, head: int = 64) -> dict[str, Argument]:
    """What the steps read and write.

    ``qkv`` (positions, 3 * heads * head) holds queries, keys and values side by side, ``keep`` says which positions are
    attended to, ``mixed`` (positions, heads * head) is the result. ``scores`` and ``shares`` are every head's in turn.
    """
    width = heads * head
    found = (
        Argument("qkv", "bf16", positions * 3 * width),
        Argument("keep", "f32", positions),
        Argument("scores", "f32", positions * positions),
        Argument("shares", "bf16", positions * positions),
        Argument("mixed", "bf16", positions * width),
    )
    return {entry.name: entry for entry in found}


def steps(
    *,
    device: str,
    positions: int,
    heads: int,
    head: int = 64,
    scores: Tiles | None = None,
    mix: Tiles | None = None,
) -> tuple[Step, ...]:
    """All heads of a layer.

    Args:
        device: ``npu1`` or ``npu2``.
        positions: rows; a multiple of 64, at most 1536.
        heads: of the layer.
        head: values of a head; a multiple of 64.
        scores: tiles of the first product; chosen by size if None.
        mix: tiles of the second.

    Raises:
        ValueError: no tiles fit.
    """
    scores = scores or tiles(device, positions, head, positions, _LARGEST_F32_DEPTH)
    mix = mix or tiles(device, positions, positions, head, _LARGEST)
    layer = [_head(device, positions, heads * head, head, at * head, scores, mix) for at in range(heads)]
    return tuple(step for part in layer for step in part)


def tiles(device: str, m: int, k: int, n: int, deepest: int) -> Tiles:
    """The largest tiles, each a power of two, that divide a product among all cores.

    Raises:
        ValueError: there are none.
    """
    if device not in COLUMNS:
        raise ValueError(f"{device!r} is not one of {', '.join(COLUMNS)}.")
    r, s, t = FRAGMENTS[device, "bf16"]
    return _largest(m, ROWS, r, _LARGEST), _largest(k, 1, s, deepest), _largest(n, COLUMNS[device], t, _LARGEST)


def _largest(size: int, cores: int, fragment: int, limit: int) -> int:
    tile = limit
    while tile >= fragment:
        if size % (cores * tile) == 0:
            return tile
        tile //= 2
    raise ValueError(f"{size} does not divide into tiles of at least {fragment} for {cores} cores.")


def _head(device: str, positions: int, width: int, head: int, at: int, scores: Tiles, mix: Tiles) -> tuple[Step, ...]:
    """Scores in float32 (their sums are exact there), shares and result in bfloat16."""
    row = {"lda": 3 * width, "ldb": 3 * width, "a_elements": positions * 3 * width}
    whole = {"device": device, "m": positions, "b_elements": positions * 3 * width}
    product = {**whole, **row, "k": head, "n": positions, "b": "transposed", "out": "f32", **_named(scores)}
    product |= {"a_offset": at, "b_offset": width + at}
    softmax = {"device": device, "rows": positions, "width": positions, "scale": 1 / math.sqrt(head)}
    mixed = {**whole, "k": positions, "n": head, "b": "rows", "out": "bf16", **_named(mix), "ldb": 3 * width}
    mixed |= {"b_offset": 2 * width + at, "ldc": width, "c_offset": at, "c_elements": positions * width}
    return (
        Step("gemm", product, ("qkv", "qkv", "scores")),
        Step("softmax", softmax, ("scores", "keep", "shares")),
        Step("gemm", mixed, ("shares", "qkv", "mixed")),
    )


def _named(chosen: Tiles) -> dict[str, int]:
    return dict(zip(("tile_m", "tile_k", "tile_n"), chosen, strict=True))
