from __future__ import annotations

import itertools
import re

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from starling.core.frames import FRAME_SAMPLES, Framer
from starling.core.results import Samples
from starling.core.segmenter import (
    EarlySegment,
    SegmentDropped,
    SegmentEnded,
    Segmenter,
    SegmenterConfig,
    SegmentEvent,
    SpeechResumed,
    SpeechStarted,
)

LETTERS = {SpeechStarted: "S", EarlySegment: "e", SpeechResumed: "r", SegmentEnded: "E", SegmentDropped: "D"}
GRAMMAR = re.compile(r"(S(er)*(eE|E|D))*")

unhurried = settings(max_examples=60, deadline=None)  # a busy machine is no failure
configs = st.builds(
    SegmenterConfig,
    threshold=st.sampled_from([0.3, 0.5, 0.8]),
    pre_roll_ms=st.integers(0, 1000),
    onset_frames=st.integers(1, 4),
    hangover_ms=st.integers(100, 1500),
    early_ms=st.integers(50, 700),
    longest_s=st.floats(3.0, 8.0),
)
stretch = st.tuples(st.floats(0, 1), st.integers(1, 60))
probabilities = st.lists(stretch, max_size=25).map(lambda runs: [p for p, count in runs for _ in range(count)])


def audio_for(frames: int) -> Samples:
    """Noise of changing loudness; every sample is its own witness."""
    rng = np.random.default_rng(frames)
    loudness = np.repeat(rng.uniform(0.01, 1, frames), FRAME_SAMPLES)
    return (rng.uniform(-1, 1, frames * FRAME_SAMPLES) * loudness).astype(np.float32)


def feed(audio: Samples, probabilities: list[float], segmenter: Segmenter) -> list[SegmentEvent]:
    frames = audio.reshape(-1, FRAME_SAMPLES)
    events = [event for frame, p in zip(frames, probabilities, strict=True) for event in segmenter.feed(frame, p)]
    return events + segmenter.flush("end_of_stream")


def ends(events: list[SegmentEvent]) -> list[SegmentEnded]:
    return [event for event in events if isinstance(event, SegmentEnded)]


def spans(events: list[SegmentEvent]) -> list[tuple[int, int]]:
    """(first, end) sample of every segment's audio."""
    starts = [round(event.segment.audio_start_s * 16_000) for event in ends(events)]
    return [(start, start + len(event.segment.samples)) for start, event in zip(starts, ends(events), strict=True)]


@unhurried
@given(probabilities, configs)
def test_samples_are_the_streams_and_in_one_segment_only(script: list[float], config: SegmenterConfig) -> None:
    audio = audio_for(len(script))
    events = feed(audio, script, Segmenter(config))
    for event, (start, end) in zip(ends(events), spans(events), strict=True):
        assert np.array_equal(event.segment.samples, audio[start:end])
        assert end - start <= config.longest_frames * FRAME_SAMPLES
    assert all(before[1] <= after[0] for before, after in itertools.pairwise(spans(events)))


@unhurried
@given(probabilities, configs)
def test_all_confirmed_speech_is_in_a_segment(script: list[float], config: SegmenterConfig) -> None:
    """As many speech frames in a row as the onset asks for are in a segment, or in one dropped by name."""
    events = feed(audio_for(len(script)), script, Segmenter(config))
    covered = np.zeros(len(script) * FRAME_SAMPLES, bool)
    for start, end in spans(events):
        covered[start:end] = True
    for event in events:
        if isinstance(event, SegmentDropped):
            covered[round(event.start_s * 16_000) : round(event.end_s * 16_000)] = True
    run = 0
    for number, p in enumerate(script):
        run = run + 1 if p >= config.threshold else 0
        if run >= config.onset_frames:
            first = number + 1 - run
            assert covered[first * FRAME_SAMPLES : (number + 1) * FRAME_SAMPLES].all()


@unhurried
@given(probabilities, configs)
def test_no_gap_at_a_cut_in_speech(script: list[float], config: SegmenterConfig) -> None:
    audio, segmenter = audio_for(len(script)), Segmenter(config)
    continued: dict[int, int] = {}  # the id that continues a cut segment, and the sample it must begin with
    began: dict[int, int] = {}
    for events in [segmenter.feed(frame, p) for frame, p in zip(audio.reshape(-1, FRAME_SAMPLES), script, strict=True)]:
        began |= {e.segment.id: start for e, (start, _) in zip(ends(events), spans(events), strict=True)}
        if len(events) == 2 and isinstance(events[0], SegmentEnded) and isinstance(events[1], SpeechStarted):
            assert events[0].cut
            continued[events[1].segment_id] = spans(events)[0][1]
    assert all(began.get(segment_id, first) == first for segment_id, first in continued.items())


@unhurried
@given(probabilities, configs)
def test_events_alternate_and_early_results_are_honest(script: list[float], config: SegmenterConfig) -> None:
    events = feed(audio_for(len(script)), script, Segmenter(config))
    assert GRAMMAR.fullmatch("".join(LETTERS[type(event)] for event in events))
    ids = [event.segment_id for event in events if isinstance(event, SpeechStarted)]
    assert ids == list(range(1, len(ids) + 1))
    for before, event in zip([None, *events], events, strict=False):
        if isinstance(event, SegmentEnded):
            assert event.early_is_final == isinstance(before, EarlySegment)
        if isinstance(event, SegmentEnded) and isinstance(before, EarlySegment):
            assert np.array_equal(event.segment.samples, before.segment.samples)
            assert event.segment.id == before.segment.id


@unhurried
@given(probabilities, configs)
def test_times_are_in_order(script: list[float], config: SegmenterConfig) -> None:
    events = feed(audio_for(len(script)), script, Segmenter(config))
    last_endpoint = 0.0
    for event in events:
        if isinstance(event, SegmentEnded | EarlySegment):
            segment = event.segment
            assert segment.audio_start_s <= segment.start_s < segment.end_s <= segment.endpoint_s
            assert last_endpoint <= segment.endpoint_s
            last_endpoint = segment.endpoint_s


@unhurried
@given(probabilities, st.lists(st.integers(1, 5000), min_size=1, max_size=50))
def test_chunking_does_not_matter(script: list[float], lengths: list[int]) -> None:
    audio = audio_for(len(script))
    whole = spans(feed(audio, script, Segmenter()))
    segmenter, framer, events, fed = Segmenter(), Framer(), [], 0
    bounds = np.cumsum(lengths)
    for block in np.split(audio, bounds[bounds < len(audio)]):
        for frame in framer.feed(block):
            events += segmenter.feed(frame, script[fed])
            fed += 1
    assert fed == len(script)
    assert spans(events + segmenter.flush("end_of_stream")) == whole


@settings(max_examples=10, deadline=None)
@given(configs)
def test_memory_is_bounded(config: SegmenterConfig) -> None:
    segmenter = Segmenter(config)
    frame = np.zeros(FRAME_SAMPLES, np.float32)
    for p in [0.0] * 500 + [1.0] * 2000 + [0.0] * 500:
        segmenter.feed(frame, p)
        utterance = segmenter._utterance
        held = len(segmenter._before) + (len(utterance.frames) if utterance else 0)
        assert held <= 2 * config.longest_frames
