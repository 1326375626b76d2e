"""How numbers lie in the NPU's buffers: padding to tiles, weights in blocks, buckets of frames. Pure arithmetic.

Weights are cut into blocks beforehand, because a DMA size counts to 1023 only and a row of a large model is longer.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from starling.npu.planning.shapes import BUCKETS

Array = NDArray[Any]

FRAME_BUCKETS = tuple(2 * positions for positions in BUCKETS)
"""Mel frames of the static shapes."""


def padded(size: int, tile: int) -> int:
    """The smallest multiple of ``tile`` that holds ``size``."""
    return -(-size // tile) * tile


def bucket_for(frames: int) -> int:
    """The static shape that a clip of ``frames`` mel frames is computed in.

    Raises:
        ValueError: no bucket holds so many, or there are none.
    """
    if frames < 1:
        raise ValueError("a clip has one frame at least")
    for bucket in FRAME_BUCKETS:
        if frames <= bucket:
            return bucket
    raise ValueError(f"{frames} frames do not fit into {FRAME_BUCKETS[-1]}")


def pad_rows(matrix: Array, rows: int) -> Array:
    """(n, width) with zero rows up to ``rows``."""
    if len(matrix) > rows:
        raise ValueError(f"{len(matrix)} rows do not fit into {rows}")
    return np.pad(matrix, ((0, rows - len(matrix)), (0, 0)))


def to_blocks(matrix: Array, k_tile: int, n_tile: int) -> Array:
    """(K, N) padded with zeros and cut into contiguous tiles, (N / n_tile, K / k_tile, k_tile, n_tile)."""
    k, n = (padded(size, tile) for size, tile in zip(matrix.shape, (k_tile, n_tile), strict=True))
    whole = np.pad(matrix, ((0, k - matrix.shape[0]), (0, n - matrix.shape[1])))
    return np.ascontiguousarray(whole.reshape(k // k_tile, k_tile, n // n_tile, n_tile).transpose(2, 0, 1, 3))


def from_blocks(blocks: Array) -> Array:
    """The padded (K, N) matrix that :func:`to_blocks` cut."""
    columns, rows, k_tile, n_tile = blocks.shape
    return np.ascontiguousarray(blocks.transpose(1, 2, 0, 3).reshape(rows * k_tile, columns * n_tile))


def conv_weight(weight: Array) -> Array:
    """(outputs, channels, taps) as the (taps * channels, outputs) of a product with the im2col of rows of channels.

    A row of that im2col is ``taps`` consecutive rows of the input, so the DMA makes it by overlapping reads.
    """
    return np.ascontiguousarray(weight.transpose(2, 1, 0).reshape(-1, weight.shape[0]))


def mel_rows(mel: Array, bucket: int, size: int) -> Array:
    """(mels, frames) as rows of channels with one zero row before and zeros after, flat, ``size`` values.

    The zeros are the padding of the convolution at both ends of the clip.
    """
    mels, frames = mel.shape
    if frames > bucket or (bucket + 2) * mels > size:
        raise ValueError(f"{frames} frames of {mels} do not fit into {size} values")
    flat = np.zeros(size, np.float32)
    flat[mels : (frames + 1) * mels] = mel.T.reshape(-1)
    return flat
