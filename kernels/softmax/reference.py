"""Softmax in NumPy, float32."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

F32 = NDArray[np.float32]


def softmax(x: F32, keep: F32, scale: float) -> F32:
    """Along the rows of ``scale * x``, over the columns that count.

    Args:
        x: (rows, width).
        keep: (width,); a column counts when its value is not 0.
        scale: factor before the exponential.

    Returns:
        (rows, width), 0 in the columns that do not count. All NaN when no column counts or ``keep`` is not finite; a
        row with NaN or positive infinity in a column that counts is NaN throughout, 0 aside.
    """
    columns = keep != 0
    if not columns.any() or not np.isfinite(keep).all():
        return np.full_like(x, np.nan)
    with np.errstate(invalid="ignore"):
        powers = x[:, columns] * np.float32(scale)
        powers -= powers.max(axis=1, keepdims=True)
        np.exp(powers, out=powers)
        powers /= powers.sum(axis=1, keepdims=True)
    result = np.zeros_like(x)
    result[:, columns] = powers
    return result
