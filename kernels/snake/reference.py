"""Snake in NumPy, float32."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

F32 = NDArray[np.float32]


def snake(x: F32, alpha: F32) -> F32:
    """``x + sin(alpha * x) ** 2 / alpha``, one ``alpha`` for each channel.

    Args:
        x: (channels, time).
        alpha: (channels,); 0 gives NaN.
    """
    factor = np.asarray(alpha, np.float64)[:, None]
    wide = np.asarray(x, np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(wide + np.sin(factor * wide) ** 2 / factor, np.float32)
