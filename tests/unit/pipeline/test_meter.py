import numpy as np
import pytest

from starling.pipeline.meter import SILENCE_DBFS, measure


@pytest.mark.parametrize(
    ("samples", "level"),
    [
        (np.zeros(1024), SILENCE_DBFS),
        (np.ones(1024), 0.0),
        (np.full(1024, 0.1), -20.0),
        (np.full(1024, 1e-9), SILENCE_DBFS),
        (np.ones(3), 0.0),
    ],
)
def test_level(samples, level):
    assert measure(samples.astype(np.float32), 0.5, 0.5).level_dbfs == pytest.approx(level, abs=0.05)


def test_peaks_are_the_lowest_and_highest_of_each_piece():
    samples = np.zeros(1024, np.float32)
    samples[10], samples[300] = 0.5, -0.25
    sound = measure(samples, 0.7, 0.4)
    assert sound.peaks == ((0.0, 0.5), (-0.25, 0.0), (0.0, 0.0), (0.0, 0.0))
    assert (sound.probability, sound.threshold, sound.seconds) == (0.7, 0.4, 0.064)


def test_a_block_shorter_than_a_piece_has_one_peak():
    assert measure(np.array([0.1, -0.2], np.float32), 0.0, 0.5).peaks == ((pytest.approx(-0.2), pytest.approx(0.1)),)
