"""What the convolution computes, in NumPy with float32."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..gemm.reference import exact_gelu

F32 = NDArray[np.float32]


def conv1d(x: F32, weight: F32, bias: F32, stride: int, padding: int, gelu: bool = False) -> F32:
    """(positions, outputs) from x (time, channels), weight (outputs, channels, taps) and bias (outputs,).

    Position p is the sum over taps t of ``weight[:, :, t] @ x[p * stride + t - padding]``; outside x there are zeros.
    """
    taps = weight.shape[2]
    wide = np.pad(x, ((padding, padding), (0, 0))).astype(np.float32)
    positions = (len(wide) - taps) // stride + 1
    result = np.zeros((positions, len(weight)), np.float32)
    for tap in range(taps):
        result += wide[tap : tap + (positions - 1) * stride + 1 : stride] @ weight[:, :, tap].T.astype(np.float32)
    result += bias
    return exact_gelu(result) if gelu else result
