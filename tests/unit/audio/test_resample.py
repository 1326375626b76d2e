import numpy as np
import pytest

from starling.audio.resample import Resampler, mono


def tone(rate: int, seconds: float, hz: float = 440.0) -> np.ndarray:
    return np.sin(2 * np.pi * hz * np.arange(int(rate * seconds)) / rate).astype(np.float32)


@pytest.mark.parametrize("rate_in", [8_000, 16_000, 44_100, 48_000, 96_000])
@pytest.mark.parametrize("block", [160, 1411])
def test_a_stream_in_blocks_is_the_whole_without_a_seam(rate_in: int, block: int) -> None:
    whole = tone(rate_in, 1.0)
    resampler = Resampler(rate_in, 16_000)
    parts = [resampler.process(whole[start : start + block]) for start in range(0, whole.size, block)]
    streamed = np.concatenate([*parts, resampler.process(whole[:0], last=True)])
    expected = tone(16_000, 1.0)
    assert abs(streamed.size - expected.size) <= 1
    middle = slice(800, 15_200)  # the tone starts and ends abruptly, which no filter follows
    assert np.abs(streamed[middle] - expected[middle]).max() < 1e-3


def test_channels_are_averaged() -> None:
    assert np.allclose(mono(np.array([[1.0, 0.0], [0.5, 0.5], [-1.0, 1.0]], np.float32)), [0.5, 0.5, 0.0])
    assert mono(np.ones((3, 1), np.float32)).shape == (3,)
    assert mono(np.ones((3, 6), np.float32)).dtype == np.float32
