"""Padding and blocks, for any shape."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from starling.npu.xrt.layout import (
    FRAME_BUCKETS,
    bucket_for,
    conv_weight,
    from_blocks,
    mel_rows,
    pad_rows,
    padded,
    to_blocks,
)

sizes = st.integers(1, 100)
tiles = st.sampled_from([1, 2, 8, 32])


@given(st.integers(0, 10_000), st.integers(1, 512))
def test_padded(size: int, tile: int) -> None:
    result = padded(size, tile)
    assert result % tile == 0
    assert size <= result < size + tile


@given(sizes, sizes, tiles, tiles)
def test_blocks_there_and_back(k: int, n: int, k_tile: int, n_tile: int) -> None:
    matrix = np.arange(1, k * n + 1, dtype=np.uint16).reshape(k, n)
    blocks = to_blocks(matrix, k_tile, n_tile)
    assert blocks.shape == (padded(n, n_tile) // n_tile, padded(k, k_tile) // k_tile, k_tile, n_tile)
    assert blocks.flags.c_contiguous
    whole = from_blocks(blocks)
    assert (whole[:k, :n] == matrix).all()
    assert int(whole.astype(np.int64).sum()) == int(matrix.astype(np.int64).sum())  # the rest is zero
    assert (blocks[0, 0, : min(k, k_tile), : min(n, n_tile)] == matrix[:k_tile, :n_tile]).all()


@given(sizes, sizes, sizes)
def test_rows_are_padded_with_zeros(rows: int, width: int, more: int) -> None:
    result = pad_rows(np.ones((rows, width)), rows + more)
    assert result.shape == (rows + more, width)
    assert result.sum() == rows * width
    if rows > 1:
        with pytest.raises(ValueError, match="do not fit"):
            pad_rows(np.ones((rows, width)), rows - 1)


def test_every_frame_count_has_the_smallest_bucket() -> None:
    for frames in range(1, 3001):
        bucket = bucket_for(frames)
        assert frames <= bucket
        assert all(other >= bucket or other < frames for other in FRAME_BUCKETS)
    for wrong in (0, -1, FRAME_BUCKETS[-1] + 1):
        with pytest.raises(ValueError, match="frame"):
            bucket_for(wrong)


def test_buckets_suit_the_tiles() -> None:
    assert all(frames % 64 == 0 for frames in FRAME_BUCKETS)
    assert list(FRAME_BUCKETS) == sorted(FRAME_BUCKETS)


@given(st.integers(1, 6), st.integers(1, 6), st.integers(2, 12))
def test_a_convolution_is_a_product_of_overlapping_rows(outputs: int, channels: int, frames: int) -> None:
    random = np.random.default_rng(0)
    weight = random.standard_normal((outputs, channels, 3))
    mel = random.standard_normal((channels, frames)).astype(np.float32)
    flat = mel_rows(mel, frames + 3, (frames + 5) * channels)
    rows = np.stack([flat[at * channels : (at + 3) * channels] for at in range(frames)])
    padded_mel = np.pad(mel, ((0, 0), (1, 1)))
    expected = sum(weight[:, :, tap] @ padded_mel[:, tap : tap + frames] for tap in range(3))
    np.testing.assert_allclose(rows @ conv_weight(weight), np.transpose(expected), atol=1e-5)


def test_features_that_do_not_fit() -> None:
    mel = np.zeros((80, 10), np.float32)
    for bucket, size in ((9, 10_000), (10, 12 * 80 - 1)):
        with pytest.raises(ValueError, match="do not fit"):
            mel_rows(mel, bucket, size)
