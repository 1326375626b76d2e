"""What the product computes, in NumPy with float32."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

F32 = NDArray[np.float32]
I32 = NDArray[np.int32]


def gemm(a: F32, b: F32, bias: F32 | None = None, gelu: bool = False) -> F32:
    """``a @ b + bias``, then GELU: a (m, k), b (k, n), bias (n,), all float32."""
    return epilogue(a.astype(np.float32) @ b.astype(np.float32), None, bias, gelu)


def gemm_i8(a: NDArray[np.int8], b: NDArray[np.int8]) -> I32:
    """``a @ b``: int8 (m, k) and (k, n), exact in int32 for k up to 131071."""
    # float64 holds these sums exactly, and its product is much faster than that of integers.
    return (a.astype(np.float64) @ b.astype(np.float64)).astype(np.int32)


def epilogue(sums: NDArray[Any], scale: F32 | None, bias: F32 | None, gelu: bool) -> F32:
    """What is done to a tile's sums: times ``scale`` and plus ``bias`` by column, then GELU."""
    result = sums.astype(np.float32)
    if scale is not None:
        result = result * scale
    if bias is not None:
        result = result + bias
    return exact_gelu(result) if gelu else result


def exact_gelu(x: F32) -> F32:
    """``x * Phi(x)`` by the error function."""
    return (0.5 * x * (1 + _erf(x * np.sqrt(0.5)))).astype(np.float32)


def _erf(x: NDArray[Any]) -> NDArray[np.float64]:
    """Abramowitz and Stegun 7.1.26: absolute error 1.5e-7."""
    z = np.abs(x.astype(np.float64))
    t = 1 / (1 + 0.3275911 * z)
    series = np.zeros_like(t)
    for factor in (1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592):
        series = (series + factor) * t
    return np.asarray(np.copysign(1 - series * np.exp(-z * z), x))
