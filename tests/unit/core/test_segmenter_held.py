"""The talk key over the segmenter, and what it says of an utterance in progress."""

import numpy as np
import pytest

from starling.core.frames import FRAME_SAMPLES
from starling.core.segmenter import (
    HELD_THRESHOLD,
    SegmentDropped,
    SegmentEnded,
    Segmenter,
    SegmenterConfig,
    SpeechStarted,
)

PRE_ROLL = 15
HANGOVER = 19


def frames(count, value=0.1):
    return [np.full(FRAME_SAMPLES, value, np.float32) for _ in range(count)]


def fed(segmenter, count, probability, value=0.1):
    return [event for frame in frames(count, value) for event in segmenter.feed(frame, probability)]


def gated():
    segmenter = Segmenter(SegmenterConfig())
    segmenter.listening = False
    return segmenter


def test_a_gated_segmenter_hears_nothing_until_the_key_is_down():
    segmenter = gated()
    assert fed(segmenter, 50, 1.0) == []
    assert [type(event) for event in segmenter.hold()] == [SpeechStarted]
    fed(segmenter, 20, 1.0)
    (ended,) = segmenter.release()
    assert isinstance(ended, SegmentEnded)
    assert (ended.reason, ended.segment.held) == ("released", True)


def test_what_was_said_just_before_the_key_is_kept():
    segmenter = gated()
    fed(segmenter, 50, 0.0, value=0.0)
    fed(segmenter, 5, 1.0, value=0.5)
    segmenter.hold()
    fed(segmenter, 20, 1.0, value=0.5)
    (ended,) = segmenter.release()
    loud = int((np.abs(ended.segment.samples) > 0.4).sum())
    assert loud == 25 * FRAME_SAMPLES


def test_no_silence_ends_a_held_utterance():
    segmenter = gated()
    segmenter.hold()
    events = fed(segmenter, 10, 1.0) + fed(segmenter, 5 * HANGOVER, 0.0) + fed(segmenter, 10, 1.0)
    assert not any(isinstance(event, SegmentEnded) for event in events)
    (ended,) = segmenter.release()
    assert ended.segment.end_s - ended.segment.start_s == pytest.approx((20 + 5 * HANGOVER) * 0.032)


def test_an_early_segment_is_final_when_nothing_is_said_until_the_release():
    segmenter = gated()
    segmenter.hold()
    fed(segmenter, 10, 1.0)
    fed(segmenter, 60, 0.0)
    (ended,) = segmenter.release()
    assert ended.early_is_final


def test_a_whisper_counts_while_the_key_is_held():
    whisper = HELD_THRESHOLD + 0.01
    segmenter = gated()
    segmenter.hold()
    fed(segmenter, 20, whisper)
    assert isinstance(segmenter.release()[0], SegmentEnded)
    segmenter.listening = True
    assert fed(segmenter, 20, whisper) == []


def test_a_key_held_in_silence_gives_nothing_and_says_so():
    segmenter = gated()
    segmenter.hold()
    fed(segmenter, 20, 0.0)
    (dropped,) = segmenter.release()
    assert isinstance(dropped, SegmentDropped)
    assert (dropped.why, dropped.held) == ("too_short", True)


def test_the_key_takes_over_an_utterance_in_progress():
    segmenter = Segmenter()
    (started,) = fed(segmenter, 10, 1.0)
    assert segmenter.hold() == []
    fed(segmenter, 2 * HANGOVER, 0.0)
    (ended,) = segmenter.release()
    assert (ended.segment.id, ended.segment.held) == (started.segment_id, True)


def test_cancel_forgets_what_was_said_and_the_next_utterance_is_whole():
    segmenter = Segmenter()
    fed(segmenter, 20, 1.0)
    (dropped,) = segmenter.cancel()
    assert dropped.why == "cancelled"
    assert segmenter.cancel() == []
    assert fed(segmenter, HANGOVER, 0.0) == []
    assert any(isinstance(event, SpeechStarted) for event in fed(segmenter, 5, 1.0))


def test_after_a_tap_speech_opens_an_utterance_that_counts_as_held():
    segmenter = gated()
    segmenter.hold()
    fed(segmenter, 5, 0.0)
    segmenter.let_go()
    assert segmenter.current is None
    events = fed(segmenter, 10, 1.0) + fed(segmenter, HANGOVER + 1, 0.0)
    (ended,) = [event for event in events if isinstance(event, SegmentEnded)]
    assert (ended.reason, ended.segment.held) == ("silence", True)
    segmenter.latched = False
    assert fed(segmenter, 20, 1.0) == []


def test_a_tap_in_the_middle_of_a_word_goes_on():
    segmenter = gated()
    segmenter.hold()
    fed(segmenter, 8, 1.0)
    segmenter.let_go()
    events = fed(segmenter, 8, 1.0) + fed(segmenter, HANGOVER + 1, 0.0)
    (ended,) = [event for event in events if isinstance(event, SegmentEnded)]
    assert ended.segment.end_s - ended.segment.start_s == pytest.approx(16 * 0.032)


def test_longer_than_the_longest_goes_on_in_the_next_while_held():
    segmenter = Segmenter(SegmenterConfig(longest_s=5))
    segmenter.hold()
    events = fed(segmenter, 200, 1.0) + segmenter.release()
    ended = [event.segment for event in events if isinstance(event, SegmentEnded)]
    assert len(ended) == 2
    assert all(segment.held for segment in ended)
    assert sum(len(segment.samples) for segment in ended) == 200 * FRAME_SAMPLES


def test_so_far_is_what_was_said_and_nothing_in_a_pause():
    segmenter = Segmenter()
    assert segmenter.so_far() is None
    fed(segmenter, 30, 1.0)
    segment = segmenter.so_far()
    assert (segment.id, len(segment.samples)) == (segmenter.current, 30 * FRAME_SAMPLES)
    fed(segmenter, 1, 0.0)
    assert segmenter.so_far() is None


def test_other_numbers_count_at_once():
    segmenter = Segmenter()
    fed(segmenter, 20, 1.0)
    segmenter.configure(SegmenterConfig(hangover_ms=200))
    events = fed(segmenter, 7, 0.0)
    assert any(isinstance(event, SegmentEnded) for event in events)
