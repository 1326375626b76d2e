"""Softmax along rows: x float32 (rows, width), keep float32 (width,) -> bfloat16 (rows, width).

A core holds one whole row at a time. ``scale`` and the number of rows are run-time parameters.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from ..common.numbers import float_bits
from ..common.rows import Operator, Rows, check_count
from ..objects import Argument, CoreObject

CORE = ("device", "width")
MAX_WIDTH = 1536
"""Of a row: 32 KB of a core's memory with its scratch, the mask and both directions twice."""


def objects(*, width: int, **_: Any) -> tuple[CoreObject, ...]:
    """The core's object file."""
    return (CoreObject(f"softmax_{width}.o", Path(__file__).with_name("softmax.cc"), (("ROW_WIDTH", str(width)),)),)


def _operator(device: str, rows: int, width: int, scale: float, x_stride: int, out_stride: int) -> Operator:
    check_count(width)
    if width > MAX_WIDTH:
        raise ValueError(f"A row of {width} is longer than {MAX_WIDTH}.")
    if not 0 < scale < math.inf:
        raise ValueError(f"The scale {scale} is not above 0 and finite: it would turn the order of scores round.")
    return Operator(
        device=device,
        units=rows,
        symbol="softmax_bf16",
        object=objects(width=width)[0].object,
        inputs=(Rows("x", "f32", width, x_stride),),
        parameter=Rows("keep", "f32", width),
        output=Rows("out", "bf16", width, out_stride),
        scratch=width,
        scalars=(float_bits(scale),),
    )


def design(*, device: str, rows: int, width: int, scale: float = 1.0, x_stride: int = 0, out_stride: int = 0) -> Any:
    """The IRON program.

    Args:
        device: ``npu1`` or ``npu2``.
        rows: a multiple of 4.
        width: a multiple of 16, at most ``MAX_WIDTH``.
        scale: factor of x, above 0.
        x_stride: elements between the rows of x; 0: they lie close.
        out_stride: the same of the result; even.
    """
    return _operator(device, rows, width, scale, x_stride, out_stride).program()


def arguments(
    *, device: str, rows: int, width: int, scale: float = 1.0, x_stride: int = 0, out_stride: int = 0
) -> tuple[Argument, ...]:
    """x, keep, out."""
    return _operator(device, rows, width, scale, x_stride, out_stride).arguments()
