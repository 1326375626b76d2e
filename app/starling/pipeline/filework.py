"""Recordings to text: decode, segment, transcribe in batches. Constant memory whatever the length."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from starling.audio.files import decode
from starling.core.changes import Change
from starling.core.errors import StarlingError
from starling.core.placement import Placement
from starling.core.results import SAMPLE_RATE, Samples, Transcript
from starling.core.segmenter import Segmenter
from starling.core.segments import Segment
from starling.engine.clients import SttClient, Transcribed
from starling.pipeline import sound_events
from starling.pipeline.choice import Choice
from starling.speech.stt.longform import Line, segments_of, transcribe_segments
from starling.speech.vad.cascade import open_detector

LONGEST_GAP_S = 2.0
"""Longer pauses keep their segments apart: Whisper invents words for long silence inside a window."""


@dataclass
class Tally:
    """What transcribing one recording took; filled while its lines are read.

    ``processing_s`` is time inside the engine, ``elapsed_s`` all of it: decoding, loading, writing. ``changes``: the
    better engines that did not deliver a part of it, each reason once.
    """

    audio_s: float = 0.0
    speech_s: float = 0.0
    processing_s: float = 0.0
    elapsed_s: float = 0.0
    tier: str = ""
    model: str = ""
    language: str = ""
    placement: Placement = field(default_factory=Placement)
    provider: str = ""
    changes: list[Change] = field(default_factory=list)

    @property
    def rtf(self) -> float:
        """Recognition time divided by the recording's length."""
        return self.processing_s / self.audio_s if self.audio_s else 0.0


class Recording:
    """One file being transcribed.

    Args:
        path: any audio file.
        client: the recogniser.
        choice: options and segmenter of the run.
        whole_windows: the model works on 30 s however short a clip is: segments are packed to fill them.
        on_progress: called with the seconds of the recording that have been read.
        on_trouble: told, after the last line, when the file ended early or is damaged.
    """

    def __init__(
        self,
        path: Path,
        client: SttClient,
        choice: Choice,
        *,
        whole_windows: bool,
        on_progress: Callable[[float], None] = lambda seconds: None,
        on_trouble: Callable[[StarlingError], None] = lambda error: None,
    ) -> None:
        self.tally = Tally()
        self._path = path
        self._client = client
        self._options = replace(choice.stt_options, words=True)
        self._config = choice.segmenter
        self._whole_windows = whole_windows
        self._on_progress = on_progress
        self._on_trouble = on_trouble

    def lines(self) -> Iterator[Line]:
        """The text in order, as it comes. Raises StarlingError for a bad file or failed engines."""
        started = time.monotonic()
        segments = segments_of(self._blocks(), open_detector(), Segmenter(self._config))
        if self._whole_windows:
            segments = packed(segments, self._config.longest_s)
        yield from transcribe_segments(segments, self._transcribe)
        self.tally.elapsed_s = time.monotonic() - started

    def _blocks(self) -> Iterator[Samples]:
        for block in decode(self._path, lambda event: self._on_trouble(sound_events.truncated(event))):
            self.tally.audio_s += len(block) / SAMPLE_RATE
            self._on_progress(self.tally.audio_s)
            yield block

    def _transcribe(self, clips: list[Samples]) -> list[Transcript]:
        results = self._client.transcribe(clips, self._options)
        for result in results:
            self._count(result)
        return [result.transcript for result in results]

    def _count(self, result: Transcribed) -> None:
        transcript, tally = result.transcript, self.tally
        tally.speech_s += transcript.audio_s
        tally.processing_s += transcript.processing_s
        tally.tier, tally.model = result.rung.spec.tier, result.rung.spec.model
        tally.provider = result.rung.spec.provider
        tally.changes += [change for change in result.changes if change not in tally.changes]
        tally.language, tally.placement = transcript.language, transcript.placement


def packed(segments: Iterable[Segment], longest_s: float) -> Iterator[Segment]:
    """Join neighbouring segments into windows of at most ``longest_s``; the pause between them becomes silence."""
    window: Segment | None = None
    for segment in segments:
        if window is not None and _fits(window, segment, longest_s):
            window = _joined(window, segment)
            continue
        if window is not None:
            yield window
        window = segment
    if window is not None:
        yield window


def _fits(window: Segment, segment: Segment, longest_s: float) -> bool:
    end_s = segment.audio_start_s + segment.audio_s
    return segment.start_s - window.end_s <= LONGEST_GAP_S and end_s - window.audio_start_s <= longest_s


def _joined(window: Segment, segment: Segment) -> Segment:
    """One segment with both; audio that both hold (a pre-roll) stands once."""
    offset = round((segment.audio_start_s - window.audio_start_s) * SAMPLE_RATE)
    kept = window.samples[:offset]
    gap = np.zeros(offset - len(kept), np.float32)
    return replace(
        window,
        end_s=segment.end_s,
        endpoint_s=segment.endpoint_s,
        samples=np.concatenate((kept, gap, segment.samples)),
    )
