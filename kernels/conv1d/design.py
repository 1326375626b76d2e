"""A convolution in time: the product of overlapping rows of the input with the weight.

One output position reads ``taps`` consecutive rows of (time, channels), which lie one after the other in memory: they
are a row of A, ``stride * channels`` elements after the last one. So the DMA makes the im2col and the cores are gemm's.
"""

from __future__ import annotations

from typing import Any

from ..gemm import design as gemm
from ..gemm.shapes import Shape
from ..objects import Argument, CoreObject

CORE = ("device", "tile_m", "tile_k", "tile_n", "out", "gelu")
"""Parameters that are baked into the cores; one image serves all others, and gemm's products with the same ones."""


def product(
    *,
    device: str,
    positions: int,
    channels: int,
    outputs: int,
    taps: int,
    stride: int,
    tile_m: int,
    tile_k: int,
    tile_n: int,
    out: str = "bf16",
    gelu: bool = False,
    x_offset: int = 0,
    x_elements: int = 0,
    ldc: int = 0,
    c_offset: int = 0,
    c_elements: int = 0,
) -> dict[str, Any]:
    """The same as parameters of gemm.

    ``taps * channels`` is padded to tiles: the last row of A then reaches past the taps, and past the end of x by
    less than a tile; the weight's rows for that are zeros.
    """
    k = -(-taps * channels // tile_k) * tile_k
    return {
        "device": device,
        "m": positions,
        "k": k,
        "n": outputs,
        "tile_m": tile_m,
        "tile_k": tile_k,
        "tile_n": tile_n,
        "out": out,
        "bias": True,
        "gelu": gelu,
        "lda": stride * channels,
        "a_offset": x_offset,
        "a_elements": max(x_elements, x_offset + (positions - 1) * stride * channels + k),
        "ldc": ldc,
        "c_offset": c_offset,
        "c_elements": c_elements,
    }


def objects(**parameters: Any) -> tuple[CoreObject, ...]:
    """The one object that the workers link; gemm's."""
    return gemm.objects(**product(**parameters))


def arguments(**parameters: Any) -> tuple[Argument, ...]:
    """x, the weight in blocks, the bias and C."""
    x, weight, bias, c = gemm.arguments(**product(**parameters))
    return (Argument("x", x.dtype, x.elements), Argument("weight", weight.dtype, weight.elements), bias, c)


def design(**parameters: Any) -> Any:
    """The program.

    Args:
        **parameters: ``device``; ``positions`` of the output, ``channels`` of the input, ``outputs``, ``taps``,
            ``stride``; ``tile_m``, ``tile_k``, ``tile_n`` of a core; ``out`` (``bf16``, ``f32``); ``gelu``;
            ``x_offset``, ``x_elements``, ``ldc``, ``c_offset``, ``c_elements`` as gemm's of A and C. x (time, channels)
            holds the padding of the convolution: rows of zeros before and after.

    Raises:
        ValueError: the shape does not fit the array.
    """
    return gemm.design(**product(**parameters))


def shape(**parameters: Any) -> Shape:
    """The product's shape, for sizes and budgets.

    Raises:
        ValueError: it does not fit the array.
    """
    return Shape(**product(**parameters))
