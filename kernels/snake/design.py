"""Snake: x (channels, time), alpha float32 (channels,) -> x + sin(alpha * x) ** 2 / alpha, in x's type.

A core takes runs of ``tile`` values of one channel and looks its alpha up by the run's number.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..common.rows import Operator, Rows, check_count, runs
from ..objects import Argument, CoreObject, Dtype

CORE = ("device", "channels", "tile", "dtype")
TILE = 512


def objects(*, tile: int = TILE, **_: Any) -> tuple[CoreObject, ...]:
    """The core's object file; it holds both types."""
    return (CoreObject(f"snake_{tile}.o", Path(__file__).with_name("snake.cc"), (("RUN", str(tile)),)),)


def _operator(device: str, channels: int, time: int, dtype: Dtype, tile: int) -> Operator:
    if dtype not in ("bf16", "f32"):
        raise ValueError(f"{dtype!r} is not bf16 or f32.")
    check_count(channels)
    each = runs(time, tile)
    return Operator(
        device=device,
        units=channels * each,
        symbol=f"snake_{dtype}",
        object=objects(tile=tile)[0].object,
        inputs=(Rows("x", dtype, tile),),
        parameter=Rows("alpha", "f32", channels),
        output=Rows("out", dtype, tile),
        scalars=(each,),
        numbered=True,
    )


def design(*, device: str, channels: int, time: int, dtype: Dtype = "f32", tile: int = TILE) -> Any:
    """The IRON program.

    Args:
        device: ``npu1`` or ``npu2``.
        channels: rows; with time / tile a product that is a multiple of 4.
        time: values of a channel; a multiple of tile.
        dtype: ``bf16`` or ``f32``, of x and of the result.
        tile: values in a run, a multiple of 16.
    """
    return _operator(device, channels, time, dtype, tile).program()


def arguments(*, device: str, channels: int, time: int, dtype: Dtype = "f32", tile: int = TILE) -> tuple[Argument, ...]:
    """x, alpha, out."""
    return _operator(device, channels, time, dtype, tile).arguments()
