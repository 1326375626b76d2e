"""Which audio is transcribed when, and which result becomes the utterance: pure, fed with events and times.

A segment is sent early, at a short silence. If speech resumes the early result is discarded; if the hangover ends
and nothing was said since, the early result *is* the final one and the text is there at once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Generic, TypeVar

from starling.core.segmenter import (
    EarlySegment,
    Segment,
    SegmentDropped,
    SegmentEnded,
    SegmentEvent,
    SpeechResumed,
)

Result = TypeVar("Result")


@dataclass(frozen=True)
class Transcribe:
    """Send this segment's audio to the recogniser under this job number."""

    job: int
    segment: Segment
    early: bool


@dataclass(frozen=True)
class Discard:
    """Nobody waits for this job any more."""

    job: int


@dataclass(frozen=True)
class Deliver(Generic[Result]):
    """The utterance is finished.

    Attributes:
        segment: its audio and times.
        result: what the recogniser returned for it.
        job: the job that made the result.
        endpoint_to_text_s: from the decision that speech had ended to now, wall time; never negative.
    """

    segment: Segment
    result: Result
    job: int
    endpoint_to_text_s: float


@dataclass
class _Open(Generic[Result]):
    job: int
    result: Result | None = None
    segment: Segment | None = None
    endpoint_at_s: float = 0.0


@dataclass
class SegmentJobs(Generic[Result]):
    """The jobs in flight. ``now_s`` is any monotonic clock, given by the caller."""

    _next_job: int = 1
    _early: dict[int, _Open[Result]] = field(default_factory=dict)
    _jobs: dict[int, _Open[Result]] = field(default_factory=dict)

    @property
    def waiting(self) -> bool:
        """Whether an utterance has ended and its text is not there yet."""
        return any(job.segment is not None for job in self._jobs.values())

    @property
    def open(self) -> bool:
        """Whether any job, early ones too, has no result yet."""
        return any(job.result is None for job in self._jobs.values())

    def on_segment(self, event: SegmentEvent, now_s: float) -> list[Transcribe | Discard | Deliver[Result]]:
        """Take one event of the segmenter."""
        match event:
            case EarlySegment(segment=segment):
                return [*self._drop(segment.id), self._send(segment, early=True)]
            case SpeechResumed(segment_id=segment_id) | SegmentDropped(segment_id=segment_id):
                return list(self._drop(segment_id))
            case SegmentEnded(segment=segment, early_is_final=early_is_final):
                return self._end(segment, early_is_final, now_s)
        return []

    def on_result(self, job: int, result: Result, now_s: float) -> list[Deliver[Result]]:
        """Take the recogniser's result. A result of a discarded job is ignored."""
        entry = self._jobs.get(job)
        if entry is None:
            return []
        entry.result = result
        return self._deliver(entry, now_s)

    def _send(self, segment: Segment, *, early: bool) -> Transcribe:
        entry: _Open[Result] = _Open(self._next_job)
        self._next_job += 1
        self._jobs[entry.job] = entry
        if early:
            self._early[segment.id] = entry
        return Transcribe(entry.job, segment, early)

    def _drop(self, segment_id: int) -> list[Discard]:
        entry = self._early.pop(segment_id, None)
        if entry is None:
            return []
        del self._jobs[entry.job]
        return [Discard(entry.job)]

    def _end(
        self, segment: Segment, early_is_final: bool, now_s: float
    ) -> list[Transcribe | Discard | Deliver[Result]]:
        commands: list[Transcribe | Discard | Deliver[Result]] = []
        if not early_is_final or segment.id not in self._early:
            commands += self._drop(segment.id)
            transcribe = self._send(segment, early=False)
            entry = self._jobs[transcribe.job]
            commands.append(transcribe)
        else:
            entry = self._early.pop(segment.id)
        entry.segment = segment
        entry.endpoint_at_s = now_s
        return [*commands, *self._deliver(entry, now_s)]

    def _deliver(self, entry: _Open[Result], now_s: float) -> list[Deliver[Result]]:
        if entry.segment is None or entry.result is None:
            return []
        del self._jobs[entry.job]
        return [Deliver(entry.segment, entry.result, entry.job, max(0.0, now_s - entry.endpoint_at_s))]
