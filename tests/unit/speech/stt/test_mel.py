import time

import numpy as np
import pytest
from faster_whisper.feature_extractor import FeatureExtractor

from starling.speech.stt.mel import HOP, log_mel, mel_filters


def noise(samples: int, seed: int = 0) -> np.ndarray:
    return (np.random.default_rng(seed).standard_normal(samples) * 0.1).astype(np.float32)


def padded(samples: np.ndarray, frames: int) -> np.ndarray:
    return np.pad(samples, (0, frames * HOP - len(samples)))


@pytest.mark.parametrize("mels", [80, 128])
@pytest.mark.parametrize(
    ("samples", "frames"),
    [
        (0, 100),
        (1, 100),
        (159, 100),
        (320, 2),
        (15_639, 100),
        (15_640, 100),
        (15_641, 100),
        (15_999, 100),
        (16_000, 100),
        (48_000, 350),
        (80_000, 3000),
        (480_000, 3000),
    ],
)
def test_equals_whispers_own_features_of_the_padded_clip(samples: int, frames: int, mels: int) -> None:
    clip = noise(samples)
    expected = FeatureExtractor(mels)(padded(clip, frames), padding=0)
    features = log_mel(clip, frames, mels)
    assert features.shape == (mels, frames)
    assert features.dtype == np.float32
    np.testing.assert_allclose(features, expected, atol=1e-5)


def test_padding_follows_the_loudness_of_the_clip() -> None:
    quiet, loud = (log_mel(noise(16_000) * np.float32(gain), 300)[:, -1] for gain in (0.01, 1.0))
    assert np.ptp(quiet) == np.ptp(loud) == 0
    assert quiet[0] < loud[0]


@pytest.mark.parametrize("mels", [80, 128])
def test_filters_equal_whispers(mels: int) -> None:
    np.testing.assert_allclose(mel_filters(mels), FeatureExtractor(mels).mel_filters, atol=1e-8)


@pytest.mark.parametrize(("samples", "frames"), [(16_001, 100), (0, 1)])
def test_a_clip_that_does_not_fit_is_refused(samples: int, frames: int) -> None:
    with pytest.raises(ValueError, match="do not fit"):
        log_mel(noise(samples), frames)


def test_the_clip_is_not_changed() -> None:
    clip = noise(16_000)
    before = clip.copy()
    clip.setflags(write=False)
    log_mel(clip, 150)
    np.testing.assert_array_equal(clip, before)


def test_five_seconds_take_milliseconds() -> None:
    clip = noise(80_000)
    log_mel(clip, 550)
    best = min(_seconds(lambda: log_mel(clip, 550)) for _ in range(20))
    assert best < 0.010


def _seconds(work: object) -> float:
    started = time.perf_counter()
    assert callable(work)
    work()
    return time.perf_counter() - started
