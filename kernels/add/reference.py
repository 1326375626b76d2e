"""The residual sum in NumPy."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

F32 = NDArray[np.float32]


def add(x: F32, y: F32) -> F32:
    """``x + y`` in float32; y is what bfloat16 holds."""
    with np.errstate(invalid="ignore", over="ignore"):
        return np.asarray(x + y, np.float32)
