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
        waited_s: from the decision that speech had ended to now, wall time; never negative.
        recognition_s: from sending the audio to the result, wall time.
        head_start_s: stream time between the pause at which the audio was sent and the endpoint.
    """

    segment: Segment
    result: Result
    job: int
    waited_s: float
    recognition_s: float
    head_start_s: float

    @property
    def wait_at_speaking_pace_s(self) -> float:
        """What ``waited_s`` would have been with the stream at the clock's pace: for streams read faster."""
        return max(0.0, self.recognition_s - self.head_start_s)


@dataclass
class _Open(Generic[Result]):
    job: int
    sent_at_s: float
    pause_s: float
    recognition_s: float = 0.0
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
    def ended(self) -> set[int]:
        """Jobs whose utterance has ended and whose result is waited for."""
        return {number for number, job in self._jobs.items() if job.segment is not None}

    @property
    def open(self) -> bool:
        """Whether any job, early ones too, has no result yet."""
        return any(job.result is None for job in self._jobs.values())

    def on_segment(self, event: SegmentEvent, now_s: float) -> list[Transcribe | Discard | Deliver[Result]]:
        """Take one event of the segmenter."""
        match event:
            case EarlySegment(segment=segment):
                return [*self._drop(segment.id), self._send(segment, now_s, early=True)]
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
        entry.recognition_s = now_s - entry.sent_at_s
        return self._deliver(entry, now_s)

    def _send(self, segment: Segment, now_s: float, *, early: bool) -> Transcribe:
        entry: _Open[Result] = _Open(self._next_job, now_s, segment.endpoint_s)
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
            transcribe = self._send(segment, now_s, early=False)
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
        head_start_s = entry.segment.endpoint_s - entry.pause_s
        waited_s = max(0.0, now_s - entry.endpoint_at_s)
        return [Deliver(entry.segment, entry.result, entry.job, waited_s, entry.recognition_s, head_start_s)]
