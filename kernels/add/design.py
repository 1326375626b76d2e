"""The residual sum: x float32, y bfloat16 -> float32, ``count`` values; a core takes runs of ``tile`` values.

Two inputs for four cores of a column would need eight ways out of a mem tile, and one for the result: it has six. So
two cores of each column work. That costs nothing: a column's stream brings one float32 in a cycle, and one core adds
more than that.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..common.rows import Operator, Rows, runs
from ..objects import Argument, CoreObject

CORE = ("device", "tile")
TILE = 1024
WORKERS = 2
"""Cores of a column."""


def objects(*, tile: int = TILE, **_: Any) -> tuple[CoreObject, ...]:
    """The core's object file."""
    return (CoreObject(f"add_{tile}.o", Path(__file__).with_name("add.cc"), (("RUN", str(tile)),)),)


def _operator(device: str, count: int, tile: int) -> Operator:
    return Operator(
        device=device,
        units=runs(count, tile),
        symbol="add_f32",
        object=objects(tile=tile)[0].object,
        inputs=(Rows("x", "f32", tile), Rows("y", "bf16", tile)),
        output=Rows("out", "f32", tile),
        workers=WORKERS,
    )


def design(*, device: str, count: int, tile: int = TILE) -> Any:
    """The IRON program.

    Args:
        device: ``npu1`` or ``npu2``.
        count: values; a multiple of 2 * tile.
        tile: values in a run, a multiple of 16.
    """
    return _operator(device, count, tile).program()


def arguments(*, device: str, count: int, tile: int = TILE) -> tuple[Argument, ...]:
    """x, y, out."""
    return _operator(device, count, tile).arguments()
