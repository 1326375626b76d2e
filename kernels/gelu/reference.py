"""GELU in NumPy, float32."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

F32 = NDArray[np.float32]

_erfc = np.frompyfunc(math.erfc, 1, 1)


def gelu(x: F32) -> F32:
    """``x / 2 * erfc(-x / sqrt(2))``: the exact form, in double precision and then rounded.

    The complementary error function keeps the digits of the negative tail that ``1 + erf`` cancels.
    """
    with np.errstate(invalid="ignore"):
        wide = np.asarray(x, np.float64)
        half = np.asarray(_erfc(-wide / math.sqrt(2)), np.float64)
        return np.asarray(0.5 * wide * half, np.float32)
