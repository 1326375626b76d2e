"""The talk key over the segmenter, by the clock."""

import numpy as np

from starling.core.frames import FRAME_SAMPLES
from starling.core.segmenter import SegmentDropped, SegmentEnded, Segmenter
from starling.pipeline.talking import IN_FLIGHT_S, LATCHED_S, Talking


def heard(segmenter, frames, probability):
    frame = np.full(FRAME_SAMPLES, 0.1, np.float32)
    return [event for _ in range(frames) for event in segmenter.feed(frame, probability)]


def tapped():
    segmenter = Segmenter()
    segmenter.listening = False
    talking = Talking(segmenter)
    talking.press(0.0)
    talking.release(0.1)
    return segmenter, talking


def test_the_end_of_the_last_word_is_waited_for():
    segmenter = Segmenter()
    talking = Talking(segmenter)
    talking.press(0.0)
    heard(segmenter, 20, 1.0)
    assert talking.release(1.0) == []
    assert talking.passed(1.0 + IN_FLIGHT_S - 0.01) == []
    (ended,) = talking.passed(1.0 + IN_FLIGHT_S)
    assert isinstance(ended, SegmentEnded)


def test_a_tap_after_which_nobody_speaks_is_forgotten():
    _, talking = tapped()
    assert talking.passed(LATCHED_S) == []
    (dropped,) = talking.passed(0.2 + LATCHED_S)
    assert isinstance(dropped, SegmentDropped)
    assert not talking.active


def test_a_tap_after_which_somebody_spoke_lasts_until_the_next():
    segmenter, talking = tapped()
    heard(segmenter, 10, 1.0)
    talking.passed(5.0)
    heard(segmenter, 30, 0.0)
    assert talking.passed(10 * LATCHED_S) == []
    assert talking.latched
    assert heard(segmenter, 10, 1.0)
    talking.press(200.0)
    assert not talking.latched
