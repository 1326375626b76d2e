"""Early transcription, discard and delivery, told as the segmenter tells it."""

from dataclasses import replace

import numpy as np
import pytest

from starling.core.jobs import Deliver, Discard, SegmentJobs, Transcribe
from starling.core.segmenter import EarlySegment, Segment, SegmentDropped, SegmentEnded, SpeechResumed


def segment(number=1, end_s=2.0):
    return Segment(number, 1.0, end_s, end_s + 0.6, 0.5, np.zeros(16, np.float32))


def kinds(commands):
    return [(type(command).__name__, command.job) for command in commands]


def test_an_early_result_that_is_there_is_delivered_with_the_endpoint():
    jobs = SegmentJobs()
    assert kinds(jobs.on_segment(EarlySegment(segment()), 0.0)) == [("Transcribe", 1)]
    assert jobs.on_result(1, "text", 0.1) == []
    delivered = jobs.on_segment(SegmentEnded(segment(), early_is_final=True, reason="silence"), 0.4)
    (deliver,) = delivered
    assert isinstance(deliver, Deliver)
    assert (deliver.result, deliver.job, deliver.waited_s) == ("text", 1, 0.0)
    assert not jobs.open


def test_an_early_result_that_is_late_counts_from_the_endpoint():
    jobs = SegmentJobs()
    jobs.on_segment(EarlySegment(segment()), 0.0)
    assert jobs.on_segment(SegmentEnded(segment(), early_is_final=True, reason="silence"), 0.4) == []
    assert jobs.open
    (delivered,) = jobs.on_result(1, "text", 0.45)
    assert abs(delivered.waited_s - 0.05) < 1e-9


def test_resumed_speech_discards_the_early_result_and_the_whole_is_sent():
    jobs = SegmentJobs()
    jobs.on_segment(EarlySegment(segment()), 0.0)
    assert jobs.on_segment(SpeechResumed(1), 0.1) == [Discard(1)]
    assert jobs.on_result(1, "half", 0.2) == []
    commands = jobs.on_segment(SegmentEnded(segment(end_s=4.0), early_is_final=False, reason="silence"), 1.0)
    assert kinds(commands) == [("Transcribe", 2)]
    (delivered,) = jobs.on_result(2, "whole", 1.1)
    assert delivered.result == "whole"


def test_several_pauses_keep_only_the_last_early_result():
    jobs = SegmentJobs()
    jobs.on_segment(EarlySegment(segment()), 0.0)
    jobs.on_segment(SpeechResumed(1), 0.1)
    assert kinds(jobs.on_segment(EarlySegment(segment(end_s=3.0)), 0.2)) == [("Transcribe", 2)]
    jobs.on_result(2, "both", 0.3)
    assert (
        jobs.on_segment(SegmentEnded(segment(end_s=3.0), early_is_final=True, reason="silence"), 0.6)[0].result
        == "both"
    )


def test_a_stale_early_job_is_replaced_when_the_end_differs():
    jobs = SegmentJobs()
    jobs.on_segment(EarlySegment(segment()), 0.0)
    commands = jobs.on_segment(SegmentEnded(segment(), early_is_final=False, reason="silence"), 0.5)
    assert kinds(commands) == [("Discard", 1), ("Transcribe", 2)]
    assert isinstance(commands[1], Transcribe)
    assert not commands[1].early


def test_a_dropped_segment_leaves_nothing():
    jobs = SegmentJobs()
    jobs.on_segment(EarlySegment(segment()), 0.0)
    assert jobs.on_segment(SegmentDropped(1, 1.0, 1.1, "too_short"), 0.1) == [Discard(1)]
    assert not jobs.open


def test_segments_do_not_mix():
    jobs = SegmentJobs()
    jobs.on_segment(SegmentEnded(segment(1), early_is_final=False, reason="silence"), 0.0)
    jobs.on_segment(SegmentEnded(segment(2), early_is_final=False, reason="silence"), 0.1)
    assert jobs.on_result(2, "second", 0.2)[0].segment.id == 2
    assert jobs.on_result(1, "first", 0.3)[0].segment.id == 1


@pytest.mark.parametrize(("took_s", "wait_s"), [(0.1, 0.0), (0.4, 0.0), (1.5, 1.1)])
def test_a_stream_read_fast_is_told_the_wait_at_the_pace_of_speech(took_s, wait_s):
    jobs = SegmentJobs()
    pause = replace(segment(), endpoint_s=2.2)  # sent at 2.2 s, ended at 2.6 s: 0.4 s ahead
    jobs.on_segment(EarlySegment(pause), 10.0)
    jobs.on_result(1, "text", 10.0 + took_s)
    (deliver,) = jobs.on_segment(SegmentEnded(segment(), early_is_final=True, reason="silence"), 10.0 + took_s)
    assert deliver.waited_s == 0.0
    assert deliver.wait_at_speaking_pace_s == pytest.approx(wait_s)
