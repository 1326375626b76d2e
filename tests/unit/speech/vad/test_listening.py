"""Speech through the real detector and the segmenter."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import av
import numpy as np
import pytest

from starling.core.frames import Framer
from starling.core.results import Samples
from starling.core.segmenter import (
    EarlySegment,
    SegmentEnded,
    Segmenter,
    SegmentEvent,
)
from starling.speech.vad.cascade import open_detector
from starling.speech.vad.silero import Silero
from tests.helpers.espeak import silence, speak
from tests.helpers.shared import shared

SENTENCES = ("hey starling, what time is it", "set a timer for ten minutes", "stop")
VOICES = ("en-us", "en-gb+f5", "en-us+edward2")
LOUD = 0.02


def listen(audio: Samples) -> list[SegmentEvent]:
    detector, segmenter, framer = open_detector(), Segmenter(), Framer()
    frames = framer.feed(audio) + framer.flush()
    events = [event for frame in frames for event in segmenter.feed(frame, detector.probability(frame))]
    return events + segmenter.flush("end_of_stream")


def ended(events: Sequence[SegmentEvent]) -> list[SegmentEnded]:
    return [event for event in events if isinstance(event, SegmentEnded)]


def read(path: Path) -> Samples:
    with av.open(str(path)) as container:
        resampler = av.AudioResampler("flt", "mono", 16_000)
        blocks = [out for block in container.decode(audio=0) for out in resampler.resample(block)]
        return np.concatenate([block.to_ndarray().ravel() for block in [*blocks, *resampler.resample(None)]])


def with_noise(audio: Samples, amplitude: float) -> Samples:
    return audio + np.random.default_rng(7).normal(0, amplitude, len(audio)).astype(np.float32)


@pytest.mark.parametrize("voice", VOICES)
@pytest.mark.parametrize("hiss", [0.0, 1e-3])
def test_every_utterance_is_one_segment_with_its_first_word_whole(voice: str, hiss: float) -> None:
    parts, speech_at, position = [silence(1.0)], [], 16_000
    for sentence in SENTENCES:
        spoken = speak(sentence, voice)
        loud = np.flatnonzero(np.abs(spoken) > LOUD)
        speech_at.append((position + int(loud[0]), position + int(loud[-1])))
        parts += [spoken, silence(1.2)]
        position += len(spoken) + round(1.2 * 16_000)
    events = listen(with_noise(np.concatenate(parts), hiss))
    segments = [event.segment for event in ended(events)]
    assert len(segments) == len(SENTENCES)
    for segment, (first, last) in zip(segments, speech_at, strict=True):
        assert segment.audio_start_s <= first / 16_000 - 0.3
        assert segment.audio_start_s + segment.audio_s >= last / 16_000
        assert segment.endpoint_s - last / 16_000 < 0.8
    assert all(event.early_is_final for event in ended(events))


def test_a_short_pause_does_not_end_an_utterance() -> None:
    audio = np.concatenate((silence(0.5), speak("set a timer"), silence(0.2), speak("for ten minutes"), silence(1.0)))
    events = listen(audio)
    assert len(ended(events)) == 1
    assert sum(isinstance(event, EarlySegment) for event in events) == 2


def noises() -> dict[str, Samples]:
    rng = np.random.default_rng(3)
    count = 16_000 * 10
    time = np.arange(count) / 16_000
    keys = rng.normal(0, 1e-4, count)
    for start in range(0, count, 4_000):
        keys[start : start + 80] += rng.normal(0, 0.3, 80) * np.exp(-np.arange(80) / 15)
    sounds = {
        "silence": np.zeros(count),
        "quiet hiss": rng.normal(0, 1e-3, count),
        "loud hiss": rng.normal(0, 0.1, count),
        "hum": 0.05 * np.sin(2 * np.pi * 50 * time) + 0.02 * np.sin(2 * np.pi * 150 * time),
        "tone": 0.1 * np.sin(2 * np.pi * 440 * time),
        "keys": keys,
    }
    return {name: sound.astype(np.float32) for name, sound in sounds.items()}


@pytest.mark.parametrize("name", sorted(noises()))
def test_noise_is_no_utterance(name: str) -> None:
    assert listen(noises()[name]) == []


def test_a_person_says_four_words() -> None:
    audio = read(shared("audio", "go_forward_ten_meters.wav"))
    segments = [event.segment for event in ended(listen(np.concatenate((silence(0.5), audio, silence(1.0)))))]
    assert len(segments) == 1
    loud = 0.5 + np.flatnonzero(np.abs(audio) > LOUD)[0] / 16_000
    assert segments[0].audio_start_s <= loud - 0.3


def test_a_person_gives_a_speech() -> None:
    """Nothing that Silero hears in the whole recording is outside the segments."""
    audio = read(shared("audio", "jfk.flac"))
    segments = [event.segment for event in ended(listen(audio))]
    silero = Silero()
    speech = [n * 0.032 for n, frame in enumerate(Framer().feed(audio)) if silero.probability(frame) >= 0.5]
    missed = [at for at in speech if not any(s.audio_start_s <= at < s.audio_start_s + s.audio_s for s in segments)]
    assert len(speech) > 150
    assert missed == []
