"""GELU of ``count`` bfloat16 values, the exact form; a core takes runs of ``tile`` values."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..common.rows import Operator, Rows, runs
from ..objects import Argument, CoreObject

CORE = ("device", "tile")
TILE = 1024


def objects(*, tile: int = TILE, **_: Any) -> tuple[CoreObject, ...]:
    """The core's object file."""
    return (CoreObject(f"gelu_{tile}.o", Path(__file__).with_name("gelu.cc"), (("RUN", str(tile)),)),)


def _operator(device: str, count: int, tile: int) -> Operator:
    return Operator(
        device=device,
        units=runs(count, tile),
        symbol="gelu_bf16",
        object=objects(tile=tile)[0].object,
        inputs=(Rows("x", "bf16", tile),),
        output=Rows("out", "bf16", tile),
    )


def design(*, device: str, count: int, tile: int = TILE) -> Any:
    """The IRON program.

    Args:
        device: ``npu1`` or ``npu2``.
        count: values; a multiple of 4 * tile.
        tile: values in a run, a multiple of 16.
    """
    return _operator(device, count, tile).program()


def arguments(*, device: str, count: int, tile: int = TILE) -> tuple[Argument, ...]:
    """x, out."""
    return _operator(device, count, tile).arguments()
