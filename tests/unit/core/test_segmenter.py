from __future__ import annotations

import numpy as np
import pytest

from starling.core.frames import FRAME_SAMPLES
from starling.core.results import Samples
from starling.core.segmenter import (
    EarlySegment,
    Segment,
    SegmentDropped,
    SegmentEnded,
    Segmenter,
    SegmenterConfig,
    SegmentEvent,
    SpeechResumed,
    SpeechStarted,
)

FRAME_S = 0.032
LETTERS = {SpeechStarted: "S", EarlySegment: "e", SpeechResumed: "r", SegmentEnded: "E", SegmentDropped: "D"}
PROBABILITY = {"#": 0.9, "+": 0.4, ".": 0.1}  # speech, between release and threshold, silence


def frame(number: int, loudness: float = 1.0) -> Samples:
    """A frame whose samples tell its number."""
    return np.full(FRAME_SAMPLES, loudness * (number + 1) / 4096, np.float32)


def run(script: str, segmenter: Segmenter, loud: dict[int, float] | None = None) -> list[SegmentEvent]:
    return [
        event
        for number, mark in enumerate(script)
        for event in segmenter.feed(frame(number, (loud or {}).get(number, 1.0)), PROBABILITY[mark])
    ]


def letters(events: list[SegmentEvent]) -> str:
    return "".join(LETTERS[type(event)] for event in events)


def frames_in(segment: Segment) -> list[int]:
    return [round(float(value) * 4096) - 1 for value in segment.samples[::FRAME_SAMPLES]]


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("." * 100, ""),
        ("+" * 100, ""),
        ("#." * 50, ""),  # never two in a row
        ("##" + "." * 5, "S"),
        ("##" + "." * 19, "SD"),  # 64 ms is no word
        ("###" + "." * 6, "S"),
        ("###" + "." * 7, "Se"),  # 224 ms of silence
        ("###" + "." * 18, "Se"),
        ("###" + "." * 19, "SeE"),  # 608 ms
        ("##+" + "." * 19, "SeE"),  # speech goes on above the release
        ("##." + "+" * 18, "SD"),  # but does not come back below the threshold
        ("###" + "." * 7 + "+" * 12, "SeE"),
        ("###" + "." * 7 + "#" + "." * 7 + "###" + "." * 19, "SerereE"),
        ("###" + "." * 6 + "#" + "." * 19, "SeE"),  # resumed before there was an early result
        ("###" + "." * 19 + "###" + "." * 19, "SeESeE"),
        ("##" + "." * 7 + "#" + "." * 19, "SeE"),  # too short in the first pause, enough in the second
        ("###" + ("." * 17 + "#") * 5 + "." * 19, "SererererD"),  # too little speech in it from the fourth on
    ],
)
def test_events(script: str, expected: str) -> None:
    assert letters(run(script, Segmenter())) == expected


def test_times_and_samples() -> None:
    events = run("." * 40 + "#" * 10 + "." * 30, Segmenter())
    started, early, ended = events
    assert isinstance(started, SpeechStarted)
    assert isinstance(early, EarlySegment)
    assert isinstance(ended, SegmentEnded)
    segment = ended.segment
    assert started.start_s == segment.start_s == pytest.approx(40 * FRAME_S)
    assert segment.end_s == pytest.approx(50 * FRAME_S)
    assert early.segment.endpoint_s == pytest.approx(57 * FRAME_S)
    assert segment.endpoint_s == pytest.approx(69 * FRAME_S)
    assert segment.audio_start_s == pytest.approx(25 * FRAME_S)  # 15 frames hold 450 ms
    assert frames_in(segment) == list(range(25, 57))
    assert segment.audio_s == pytest.approx(32 * FRAME_S)
    assert ended.reason == "silence"
    assert not ended.cut


def test_the_final_segment_is_the_early_one() -> None:
    _, early, ended = run("." * 40 + "#" * 10 + "." * 30, Segmenter())
    assert isinstance(early, EarlySegment)
    assert isinstance(ended, SegmentEnded)
    assert ended.early_is_final
    assert np.array_equal(early.segment.samples, ended.segment.samples)


def test_a_resumed_segment_needs_its_own_early_result() -> None:
    events = run("#" * 5 + "." * 8 + "#" * 3 + "." * 8 + "#" * 4 + "." * 30, Segmenter())
    assert letters(events) == "SerereE"
    early = [event.segment for event in events if isinstance(event, EarlySegment)]
    assert [frames_in(segment)[-1] for segment in early] == [11, 22, 34]
    last = events[-1]
    assert isinstance(last, SegmentEnded)
    assert last.early_is_final
    assert frames_in(last.segment) == list(range(35))


@pytest.mark.parametrize("early_ms", [600, 900])
def test_no_early_result_when_it_would_not_be_early(early_ms: float) -> None:
    config = SegmenterConfig(early_ms=early_ms)
    events = run("#" * 5 + "." * 30, Segmenter(config))
    assert letters(events) == "SE"
    assert not events[-1].early_is_final  # type: ignore[union-attr]


def test_the_pre_roll_is_not_audio_that_was_already_given_away() -> None:
    events = run("#####" + "." * 7 + "#####" + "." * 10, Segmenter(SegmenterConfig(hangover_ms=200, early_ms=100)))
    ended = [event.segment for event in events if isinstance(event, SegmentEnded)]
    assert [frames_in(segment) for segment in ended] == [list(range(9)), list(range(9, 21))]


def test_dropped_audio_may_be_pre_roll() -> None:
    events = run("##" + "." * 7 + "#####" + "." * 10, Segmenter(SegmenterConfig(hangover_ms=200, early_ms=100)))
    assert letters(events) == "SDSeE"
    assert frames_in(events[-1].segment) == list(range(18))  # type: ignore[union-attr]


def test_why_it_was_dropped() -> None:
    short = run("." * 3 + "##" + "." * 19, Segmenter())[-1]
    assert short == SegmentDropped(1, 3 * FRAME_S, 5 * FRAME_S, "too_short")
    noise = run("##" + ("." * 17 + "#") * 4 + "." * 19, Segmenter())[-1]
    assert isinstance(noise, SegmentDropped)
    assert noise.why == "noise"


def test_cut_at_the_quietest_point_without_losing_a_sample() -> None:
    config = SegmenterConfig(longest_s=10.0)  # 312 frames, searched from 156 on
    loud = {number: 0.01 for number in [*range(50, 60), 198, 199, 200, 201]}
    events = run("#" * 320 + "." * 19, Segmenter(config), loud)
    assert letters(events) == "SESeE"
    first, second = (event for event in events if isinstance(event, SegmentEnded))
    assert first.cut
    assert not first.early_is_final
    assert not second.cut
    assert second.early_is_final
    assert len(first.segment.samples) == 200 * FRAME_SAMPLES
    assert len(second.segment.samples) == (320 + 7 - 200) * FRAME_SAMPLES
    assert first.segment.end_s == second.segment.start_s == second.segment.audio_start_s == pytest.approx(200 * FRAME_S)
    joined = np.concatenate((first.segment.samples, second.segment.samples))
    heard = np.concatenate([frame(number, loud.get(number, 1.0)) for number in range(327)])
    assert np.array_equal(joined, heard)


def test_what_follows_a_cut_needs_no_new_onset() -> None:
    config = SegmenterConfig(longest_s=2.0, onset_frames=5)
    events = run("#" * 62 + "." * 19, Segmenter(config))
    assert letters(events)[:3] == "SES"


def test_a_pause_at_the_limit_ends_the_segment_there() -> None:
    config = SegmenterConfig(longest_s=3.2)  # 100 frames
    events = run("#" * 90 + "." * 30, Segmenter(config))
    assert letters(events) == "SeE"
    ended = events[-1]
    assert isinstance(ended, SegmentEnded)
    assert ended.cut
    assert ended.early_is_final
    assert len(ended.segment.samples) == 97 * FRAME_SAMPLES


def test_a_long_speech_is_cut_again_and_again() -> None:
    events = run("#" * 1000 + "." * 19, Segmenter(SegmenterConfig(longest_s=5.0)))
    ended = [event for event in events if isinstance(event, SegmentEnded)]
    assert len(ended) > 6
    assert [event.segment.id for event in ended] == list(range(1, len(ended) + 1))
    assert [number for event in ended for number in frames_in(event.segment)] == list(range(1007))


@pytest.mark.parametrize(
    ("script", "expected", "early_is_final"),
    [
        ("", "", None),
        ("#", "", None),
        ("##", "SD", None),
        ("#####", "SE", False),
        ("#####...", "SE", False),
        ("#####........", "SeE", True),
    ],
)
def test_flush_keeps_what_was_said(script: str, expected: str, early_is_final: bool | None) -> None:
    segmenter = Segmenter()
    events = run(script, segmenter) + segmenter.flush("end_of_stream")
    assert letters(events) == expected
    if early_is_final is not None:
        ended = events[-1]
        assert isinstance(ended, SegmentEnded)
        assert ended.reason == "end_of_stream"
        assert ended.early_is_final == early_is_final
        assert ended.segment.endpoint_s == pytest.approx(len(script) * FRAME_S)
    assert segmenter.flush("end_of_stream") == []


def test_audio_before_a_flush_is_no_pre_roll_and_time_goes_on() -> None:
    segmenter = Segmenter()
    run("." * 20, segmenter)
    segmenter.flush("microphone_lost")
    events = run("#####" + "." * 19, segmenter)
    segment = events[-1].segment  # type: ignore[union-attr]
    assert frames_in(segment) == list(range(12))
    assert segment.start_s == segment.audio_start_s == pytest.approx(20 * FRAME_S)


def test_reset_starts_at_zero_with_new_ids() -> None:
    segmenter = Segmenter()
    run("." * 20 + "#####", segmenter)
    segmenter.reset()
    assert segmenter.now_s == 0
    assert run("#", segmenter) == []
    started = run("#", segmenter)[0]
    assert started == SpeechStarted(2, 0.0)


def test_the_frame_is_copied_and_the_segment_is_read_only() -> None:
    segmenter = Segmenter()
    reused = np.zeros(FRAME_SAMPLES, np.float32)
    events: list[SegmentEvent] = []
    for number, mark in enumerate("#####" + "." * 19):
        reused[:] = frame(number)
        events += segmenter.feed(reused, PROBABILITY[mark])
    segment = events[-1].segment  # type: ignore[union-attr]
    assert frames_in(segment) == list(range(12))
    with pytest.raises(ValueError, match="read-only"):
        segment.samples[0] = 1


@pytest.mark.parametrize("shape", [(511,), (513,), (512, 1), (0,)])
def test_a_frame_of_another_shape_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="512 samples"):
        Segmenter().feed(np.zeros(shape, np.float32), 0.0)


@pytest.mark.parametrize(
    "numbers",
    [
        {"threshold": 0.0},
        {"threshold": 1.1},
        {"onset_frames": 0},
        {"hangover_ms": 0},
        {"early_ms": 0},
        {"pre_roll_ms": -1},
        {"longest_s": 1.0},
    ],
)
def test_contradictory_numbers_are_refused(numbers: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="must"):
        SegmenterConfig(**numbers)  # type: ignore[arg-type]
