import numpy as np

from starling.core.results import SAMPLE_RATE
from starling.core.segments import Segment
from starling.pipeline.filework import packed


def segment(number, start_s, end_s, value):
    samples = np.full(round((end_s - start_s) * SAMPLE_RATE), value, np.float32)
    return Segment(number, start_s, end_s, end_s + 0.6, start_s, samples)


def test_near_segments_share_a_window_and_keep_their_places():
    (window,) = packed([segment(1, 1.0, 2.0, 0.1), segment(2, 3.0, 4.0, 0.2)], 28.0)
    assert (window.start_s, window.end_s, window.audio_s) == (1.0, 4.0, 3.0)
    second = int(1.5 * SAMPLE_RATE)
    assert window.samples[0] == np.float32(0.1)
    assert window.samples[second] == 0
    assert window.samples[-1] == np.float32(0.2)


def test_long_pauses_and_full_windows_keep_segments_apart():
    apart = list(packed([segment(1, 0.0, 1.0, 0.1), segment(2, 3.5, 4.0, 0.1)], 28.0))
    full = list(packed([segment(1, 0.0, 20.0, 0.1), segment(2, 20.5, 29.0, 0.1)], 28.0))
    assert [len(apart), len(full)] == [2, 2]


def test_audio_that_both_hold_stands_once():
    (window,) = packed([segment(1, 0.0, 2.0, 0.1), segment(2, 1.5, 3.0, 0.2)], 28.0)
    assert window.audio_s == 3.0
    assert window.samples[int(1.4 * SAMPLE_RATE)] == np.float32(0.1)
    assert window.samples[int(1.6 * SAMPLE_RATE)] == np.float32(0.2)


def test_nothing_comes_of_nothing():
    assert list(packed([], 28.0)) == []
