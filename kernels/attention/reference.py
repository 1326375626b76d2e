"""Attention in NumPy, float32."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..softmax.reference import softmax

F32 = NDArray[np.float32]


def attention(q: F32, k: F32, v: F32, keep: F32, heads: int, scale: float) -> F32:
    """``softmax(scale * q @ k.T) @ v`` for each head.

    Args:
        q: (positions, heads * head width).
        k: as q.
        v: as q.
        keep: (positions,); a position is attended to when its value is not 0.
        heads: how many lie side by side in a row.
        scale: factor of the scores.

    Returns:
        As q.
    """
    width = q.shape[1] // heads
    result = np.empty_like(q)
    for head in range(heads):
        part = slice(head * width, (head + 1) * width)
        result[:, part] = softmax(q[:, part] @ k[:, part].T, keep, scale) @ v[:, part]
    return result
