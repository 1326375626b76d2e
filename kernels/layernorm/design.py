"""Layer normalisation: x float32 (rows, width), weight and bias float32 (2 * width,) -> bfloat16 or float32.

A core holds one whole row at a time. ``epsilon`` and the number of rows are run-time parameters.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any, Literal

from ..common.numbers import float_bits
from ..common.rows import Operator, Rows, check_count
from ..objects import Argument, CoreObject

CORE = ("device", "width", "out")
MAX_WIDTH = 1280
"""Of a row: 37 KB of a core's memory with its scratch, weight and bias and both directions twice."""

Out = Literal["bf16", "f32"]


def objects(*, width: int, **_: Any) -> tuple[CoreObject, ...]:
    """The core's object file; it holds both kinds of result."""
    return (CoreObject(f"layernorm_{width}.o", Path(__file__).with_name("layernorm.cc"), (("ROW_WIDTH", str(width)),)),)


def _operator(device: str, rows: int, width: int, out: Out, epsilon: float, x_stride: int, out_stride: int) -> Operator:
    check_count(width)
    if width > MAX_WIDTH:
        raise ValueError(f"A row of {width} is longer than {MAX_WIDTH}.")
    if out not in ("bf16", "f32"):
        raise ValueError(f"{out!r} is not bf16 or f32.")
    if not 0 < epsilon < math.inf:
        raise ValueError(f"epsilon = {epsilon} is not above 0 and finite: a row of equal values would be divided by 0.")
    return Operator(
        device=device,
        units=rows,
        symbol=f"layernorm_{out}",
        object=objects(width=width)[0].object,
        inputs=(Rows("x", "f32", width, x_stride),),
        parameter=Rows("weight_bias", "f32", 2 * width),
        output=Rows("out", out, width, out_stride),
        scratch=width,
        scalars=(float_bits(epsilon),),
    )


def design(
    *,
    device: str,
    rows: int,
    width: int,
    out: Out = "bf16",
    epsilon: float = 1e-5,
    x_stride: int = 0,
    out_stride: int = 0,
) -> Any:
    """The IRON program.

    Args:
        device: ``npu1`` or ``npu2``.
        rows: a multiple of 4.
        width: a multiple of 16, at most ``MAX_WIDTH``.
        out: type of the result.
        epsilon: added to the variance.
        x_stride: elements between the rows of x; 0: they lie close.
        out_stride: the same of the result; even.
    """
    return _operator(device, rows, width, out, epsilon, x_stride, out_stride).program()


def arguments(
    *,
    device: str,
    rows: int,
    width: int,
    out: Out = "bf16",
    epsilon: float = 1e-5,
    x_stride: int = 0,
    out_stride: int = 0,
) -> tuple[Argument, ...]:
    """x, weight and bias, out."""
    return _operator(device, rows, width, out, epsilon, x_stride, out_stride).arguments()
