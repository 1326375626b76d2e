"""The coordinator: one thread that owns the stream, the jobs and the conversation.

Everyone else sends it messages through one inbox; it alone decides.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from starling.core.errors import StarlingError, internal_error
from starling.core.jobs import Deliver, Discard, SegmentJobs, Transcribe
from starling.core.results import Samples, Transcript
from starling.core.segmenter import SegmentEvent, SpeechStarted
from starling.pipeline import events
from starling.pipeline.conversation import Rules, Verdict
from starling.pipeline.ears import Ears
from starling.pipeline.recognition import Recognised, RecognitionLine
from starling.pipeline.replies import ReplyLine
from starling.pipeline.said import ECHO_TAIL_S, SaidReplies
from starling.pipeline.streamclock import StreamClock
from starling.speech.wake.phrase import follow_up

READ_S = 0.25
"""Longest wait for samples: how late the pump notices a stop."""


class Source(Protocol):
    """A stream of 16 kHz mono float32: microphone or file."""

    def read(self, timeout_s: float) -> Samples | None:
        """What has arrived, empty after ``timeout_s``; None at the end of the stream."""
        ...

    def events(self) -> list[Any]:
        """What happened to the stream since the last call."""
        ...


@dataclass(frozen=True)
class _Block:
    samples: Samples | None
    arrived_s: float
    error: StarlingError | None = None


@dataclass(frozen=True)
class _Result:
    job: int
    recognised: Recognised


@dataclass(frozen=True)
class _ReplyBegan:
    text: str


@dataclass(frozen=True)
class _ReplyEnded:
    reply: events.Reply


@dataclass(frozen=True)
class _Answered:
    job: int
    reply: events.Reply | None


@dataclass(frozen=True)
class _Stop:
    pass


_Message = _Block | _Result | _ReplyBegan | _ReplyEnded | _Answered | _Stop


class Mailbox:
    """How the other threads reach the coordinator; made first, handed to the lines."""

    def __init__(self) -> None:
        self.queue: queue.SimpleQueue[_Message] = queue.SimpleQueue()

    def result(self, job: int, recognised: Recognised) -> None:
        """From the recognition line."""
        self.queue.put(_Result(job, recognised))

    def reply_began(self, text: str) -> None:
        """From the reply line."""
        self.queue.put(_ReplyBegan(text))

    def reply_ended(self, reply: events.Reply) -> None:
        """From the reply line."""
        self.queue.put(_ReplyEnded(reply))

    def answered(self, job: int, reply: events.Reply | None) -> None:
        """From the reply line."""
        self.queue.put(_Answered(job, reply))

    def stop(self) -> None:
        """From anyone, also a signal handler."""
        self.queue.put(_Stop())


class Coordinator:
    """Runs one stream to its end, or until :meth:`stop`.

    Args:
        source: the stream.
        real_time: the stream comes at the clock's pace. One that does not is read only while nothing else is going
            on, so that what comes of it does not depend on this machine's speed.
        translate: turns the source's own events into pipeline events.
        emit: called on the coordinator's thread with every event.
        follow_up_s: time after a reply in which no wake phrase is needed.
    """

    def __init__(
        self,
        source: Source,
        ears: Ears,
        mailbox: Mailbox,
        line: RecognitionLine,
        replies: ReplyLine,
        rules: Rules,
        emit: Callable[[events.Event], None],
        *,
        real_time: bool,
        translate: Callable[[Any], events.Event] | None = None,
        follow_up_s: float = 8.0,
    ) -> None:
        self._source = source
        self._ears = ears
        self._mailbox = mailbox
        self._line = line
        self._replies = replies
        self._rules = rules
        self._emit = emit
        self._real_time = real_time
        self._translate = translate
        self._follow_up_s = follow_up_s
        self._jobs: SegmentJobs[Recognised] = SegmentJobs()
        self._clock = StreamClock()
        self._said = SaidReplies(ECHO_TAIL_S if real_time else 0.0)
        self._asked = 0
        self._stop = threading.Event()
        self._stopping = False
        self._ended = False

    @property
    def discarded_s(self) -> float:
        """Engine time spent on early results that were thrown away."""
        return self._line.discarded_s

    def stop(self) -> None:
        """Ask :meth:`run` to finish what was said and return. From any thread, also a signal handler."""
        self._stop.set()
        self._mailbox.stop()

    def run(self) -> None:
        """Listen until the stream ends or :meth:`stop`; every utterance that had ended is delivered first."""
        pump = threading.Thread(target=self._pump, name="source-pump", daemon=True) if self._real_time else None
        try:
            if pump:
                pump.start()
            while not self._finished():
                self._turn(wait=pump is not None or self._busy())
        finally:
            self._stop.set()
        if pump:
            pump.join(4 * READ_S)

    def _busy(self) -> bool:
        return self._jobs.open or self._asked > 0

    def _finished(self) -> bool:
        return self._ended and not self._busy() and self._mailbox.queue.empty()

    def _turn(self, *, wait: bool) -> None:
        if wait:
            self._handle(self._mailbox.queue.get())
        elif not self._ended:
            self._handle(self._read())
        while not self._mailbox.queue.empty():
            self._handle(self._mailbox.queue.get())

    def _pump(self) -> None:
        while not self._stop.is_set():
            block = self._read()
            self._mailbox.queue.put(block)
            if block.samples is None:
                return

    def _read(self) -> _Block:
        """The next block; a source that fails ends the stream and says why."""
        try:
            return _Block(self._source.read(READ_S), time.monotonic())
        except StarlingError as error:
            return _Block(None, time.monotonic(), error)
        except Exception as error:  # noqa: BLE001 - what was heard so far must still be delivered
            return _Block(None, time.monotonic(), internal_error(error))

    def _handle(self, message: _Message) -> None:
        match message:
            case _Block():
                self._hear(message)
            case _Stop():  # comes after the blocks that had arrived before it
                self._stopping = True
                self._end_stream()
                self._replies.stop()
            case _Result(job=job, recognised=recognised):
                for deliver in self._jobs.on_result(job, recognised, time.monotonic()):
                    self._deliver(deliver)
            case _ReplyBegan(text=text):
                self._said.began(text, self._now_s())
                self._emit(events.ReplyBegan(text))
            case _ReplyEnded(reply=reply):
                self._said.ended(self._now_s())
                self._emit(events.ReplyEnded(reply))
            case _Answered(job=job, reply=answer):
                self._asked -= 1
                self._line.replied(job, answer)

    def _now_s(self) -> float:
        """The time base of utterances and replies: the wall clock, or a file's own time."""
        return time.monotonic() if self._real_time else self._ears.position_s

    def _hear(self, block: _Block) -> None:
        if self._ended:
            return
        for event in self._source.events():
            self._on_source(event)
        if block.error is not None:
            self._emit(events.Trouble(block.error))
        if block.samples is None:
            self._end_stream()
        elif block.samples.size:
            for event in self._ears.hear(block.samples):
                self._on_segment(event)
            self._clock.arrived(self._ears.position_s, block.arrived_s)

    def _end_stream(self) -> None:
        if self._ended:
            return
        self._ended = True
        for event in self._ears.end("end_of_stream"):
            self._on_segment(event)

    def _on_source(self, event: Any) -> None:
        translated = self._translate(event) if self._translate else None
        if translated is None:
            return
        if isinstance(translated, events.MicrophoneChanged) and translated.state == "lost":
            for segment_event in self._ears.end("microphone_lost"):
                self._on_segment(segment_event)
        if isinstance(translated, events.MicrophoneChanged) and translated.gap_s > 0:
            self._clock = StreamClock()
        self._emit(translated)

    def _on_segment(self, event: SegmentEvent) -> None:
        if isinstance(event, SpeechStarted):
            self._emit(events.SpeechBegan(event.start_s))
        for command in self._jobs.on_segment(event, time.monotonic()):
            match command:
                case Transcribe(job=job, segment=segment):
                    self._line.submit(job, segment.samples)
                case Discard(job=job):
                    self._line.discard(job)
                case Deliver():
                    self._deliver(command)

    def _deliver(self, deliver: Deliver[Recognised]) -> None:
        utterance = self._judge(deliver)
        self._emit(events.Heard(utterance))
        if deliver.result.error is None:
            self._line.delivered(deliver.job, answered=utterance.verdict == Verdict.ANSWER.value)

    def _judge(self, deliver: Deliver[Recognised]) -> events.Utterance:
        text = deliver.result.transcript.text if deliver.result.transcript else ""
        start_s, end_s = self._time_s(deliver.segment.start_s), self._time_s(deliver.segment.end_s)
        judgement = self._rules.judge(
            text,
            speaking=self._said.heard_between(start_s, end_s),
            in_follow_up=follow_up(start_s, self._said.last_ended_s, self._follow_up_s),
        )
        if judgement.verdict is Verdict.STOP:
            self._replies.stop()
        elif judgement.verdict is Verdict.ANSWER and not self._stopping:
            self._asked += 1
            self._replies.submit(judgement.request, deliver.job)
        return self._record(deliver, judgement.verdict)

    def _time_s(self, stream_s: float) -> float:
        return self._clock.wall(stream_s) if self._real_time else stream_s

    def _record(self, deliver: Deliver[Recognised], verdict: Verdict) -> events.Utterance:
        segment, recognised, transcript = deliver.segment, deliver.result, deliver.result.transcript
        waited_s = deliver.waited_s if self._real_time else deliver.wait_at_speaking_pace_s
        since_speech_s = self._clock.since(segment.end_s, time.monotonic()) if self._real_time else None
        if since_speech_s is None:
            since_speech_s = segment.endpoint_s - segment.end_s + waited_s
        facts = {} if transcript is None else _facts(transcript)
        return events.Utterance(
            start_s=round(segment.start_s, 3),
            end_s=round(segment.end_s, 3),
            tier=recognised.tier,
            model=recognised.model,
            audio_s=round(segment.audio_s, 3),
            endpoint_to_text_ms=round(waited_s * 1000, 1),
            speech_end_to_text_ms=round(since_speech_s * 1000, 1),
            verdict=verdict.value,
            attempts=recognised.attempts,
            error=recognised.error.to_json() if recognised.error else None,
            **facts,
        )


def _facts(transcript: Transcript) -> dict[str, Any]:
    confidence = transcript.confidence
    return {
        "text": transcript.text,
        "placement": transcript.placement,
        "processing_s": round(transcript.processing_s, 4),
        "confidence": None if confidence is None else round(confidence, 3),
        "dropped": transcript.dropped,
        "notes": transcript.notes,
    }
