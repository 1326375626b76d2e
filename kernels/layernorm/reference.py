"""Layer normalisation in NumPy, float32."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

F32 = NDArray[np.float32]


def layernorm(x: F32, weight: F32, bias: F32, epsilon: float) -> F32:
    """``(x - mean) / sqrt(variance + epsilon) * weight + bias`` along rows; the variance divides by the width.

    Args:
        x: (rows, width).
        weight: (width,).
        bias: (width,).
        epsilon: keeps a constant row finite.
    """
    wide = np.asarray(x, np.float64)  # so that a large mean leaves the digits of a small variance
    with np.errstate(invalid="ignore", over="ignore"):
        centred = wide - wide.mean(axis=1, keepdims=True)
        variance = np.mean(centred * centred, axis=1, keepdims=True)
        return np.asarray(centred / np.sqrt(variance + epsilon) * weight + bias, np.float32)
