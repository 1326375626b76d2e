"""Recordings of any length: segments in, lines of text out, a bounded number of segments in memory."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from starling.core.frames import Framer
from starling.core.results import SAMPLE_RATE, Samples, Transcript, Word
from starling.core.segmenter import Segmenter
from starling.core.segments import Segment, SegmentEnded, SegmentEvent
from starling.speech.vad.base import Detector

BATCH = 4
BATCHES_AHEAD = 4
"""Segments read before any is transcribed, in batches: enough to find some of similar length."""

Transcribe = Callable[[list[Samples]], list[Transcript]]
"""Clips to transcripts in order; makes do with the memory there is."""


@dataclass(frozen=True)
class Line:
    """The text of one segment; times in seconds from the start of the recording."""

    start_s: float
    end_s: float
    text: str
    words: tuple[Word, ...] = ()


def segments_of(blocks: Iterable[Samples], detector: Detector, segmenter: Segmenter) -> Iterator[Segment]:
    """The segments with speech of a whole recording, as soon as each has ended.

    Args:
        blocks: the recording, (n,) float32 at 16 kHz each, of any length.
        detector: fresh, or reset.
        segmenter: fresh, or reset.
    """
    framer = Framer()
    frames = itertools.chain.from_iterable(map(framer.feed, blocks))
    events = itertools.chain.from_iterable(segmenter.feed(frame, detector.probability(frame)) for frame in frames)
    yield from _ended(events)
    for frame in framer.flush():
        yield from _ended(segmenter.feed(frame, detector.probability(frame)))
    yield from _ended(segmenter.flush("end_of_stream"))


def _ended(events: Iterable[SegmentEvent]) -> Iterator[Segment]:
    return (event.segment for event in events if isinstance(event, SegmentEnded))


def transcribe_segments(segments: Iterable[Segment], transcribe: Transcribe, batch: int = BATCH) -> Iterator[Line]:
    """Transcribe segments in batches of similar length and yield their lines in the order of the recording.

    Segments without text give no line. At most ``batch * BATCHES_AHEAD`` segments are held.

    Args:
        segments: in order, each short enough for one clip.
        transcribe: the recogniser.
        batch: clips in one call.

    Raises:
        StarlingError: what ``transcribe`` raises.
    """
    rest = without_overlap(segments)
    while window := list(itertools.islice(rest, batch * BATCHES_AHEAD)):
        found: dict[int, Transcript] = {}
        for indices in batches([len(segment.samples) for segment in window], batch):
            clips = [window[index].samples for index in indices]
            found.update(zip(indices, transcribe(clips), strict=True))
        for index, segment in enumerate(window):
            if found[index].text:
                yield _line(segment, found[index])


def without_overlap(segments: Iterable[Segment]) -> Iterator[Segment]:
    """The segments without the audio that one before already had, so that nothing is heard twice."""
    reached = 0
    for segment in segments:
        first = round(segment.audio_start_s * SAMPLE_RATE)
        start = max(first, reached)
        kept = segment.samples[start - first :]
        if len(kept):
            reached = start + len(kept)
            start_s = start / SAMPLE_RATE
            yield replace(segment, samples=kept, audio_start_s=start_s, start_s=max(start_s, segment.start_s))


def batches(lengths: Sequence[int], size: int) -> list[list[int]]:
    """Indices grouped by ``size`` with neighbours in length together: a batch costs as much as its longest clip."""
    order = sorted(range(len(lengths)), key=lambda index: lengths[index])
    return [order[first : first + size] for first in range(0, len(order), size)]


def _line(segment: Segment, transcript: Transcript) -> Line:
    """Word times are held to where the segmenter heard speech: the alignment gives silence before it to a word."""

    def placed(seconds: float) -> float:
        return round(min(max(segment.audio_start_s + seconds, segment.start_s), segment.end_s), 3)

    words = tuple(
        Word(word.text, placed(word.start_s), placed(word.end_s), word.probability) for word in transcript.words
    )
    return Line(segment.start_s, segment.end_s, transcript.text, words)
