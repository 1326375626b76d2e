"""The coordinator: one thread that owns the stream, the jobs and the conversation.

Everyone else sends it messages through one inbox; it alone decides.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from starling.core.jobs import Deliver, Discard, SegmentJobs, Transcribe
from starling.core.results import Samples
from starling.core.segmenter import SegmentDropped, SegmentEnded, SegmentEvent, SpeechStarted
from starling.core.segments import EndReason, SegmenterConfig
from starling.pipeline import events, mailbox
from starling.pipeline.conversation import Rules, Verdict
from starling.pipeline.ears import Ears
from starling.pipeline.handsfree import HandsFree, Phrases, Said
from starling.pipeline.hearinglog import HearingLog
from starling.pipeline.mailbox import Mailbox
from starling.pipeline.meter import measure
from starling.pipeline.partials import PartialLine
from starling.pipeline.pump import Pump, Source
from starling.pipeline.recognition import Recognised, RecognitionLine
from starling.pipeline.replies import ReplyLine
from starling.pipeline.replydesk import ReplyDesk
from starling.pipeline.said import ECHO_TAIL_S, SaidReplies
from starling.pipeline.streamclock import StreamClock
from starling.pipeline.talking import Talking, cannot_hear
from starling.pipeline.turnbook import TurnBook
from starling.pipeline.utterances import utterance_of
from starling.speech.wake.phrase import follow_up


class Coordinator:
    """Runs one stream to its end, or until :meth:`stop`.

    Methods other than :meth:`stop` and :meth:`run` are for the coordinator's thread: from others send them with
    ``mailbox.do``.

    Args:
        source: the stream.
        rules: who is answered; may be replaced.
        real_time: the stream comes at the clock's pace. One that does not is read only while nothing else is going
            on, so that what comes of it does not depend on this machine's speed.
        translate: turns the source's own events into pipeline events.
        emit: called on the coordinator's thread with every event.
        follow_up_s: time after a reply in which no wake phrase is needed.
        partials: makes live text; None for none.
        book: where turns are kept for later; None keeps nothing.
        hearing: stores what is being said; None stores it when it has ended.
    """

    def __init__(
        self,
        source: Source,
        ears: Ears,
        inbox: Mailbox,
        line: RecognitionLine,
        replies: ReplyLine,
        rules: Rules,
        emit: Callable[[events.Event], None],
        *,
        real_time: bool,
        translate: Callable[[Any], events.Event] | None = None,
        follow_up_s: float = 8.0,
        partials: PartialLine | None = None,
        book: TurnBook | None = None,
        hearing: HearingLog | None = None,
    ) -> None:
        self.rules = rules
        self.follow_up_s = follow_up_s
        self.handsfree = HandsFree(Phrases())
        self.metering = False
        self.listening = events.Listening("assistant", "always", False)
        self._source = source
        self._ears = ears
        self._mailbox = inbox
        self._line = line
        self._replies = replies
        self._emit = emit
        self._real_time = real_time
        self._translate = translate
        self._partials = partials
        self._book = book
        self._hearing = hearing
        self._talking = Talking(ears.segmenter)
        self._jobs: SegmentJobs[Recognised] = SegmentJobs()
        self._clock = StreamClock()
        self._desk = ReplyDesk(emit, line, book, SaidReplies(ECHO_TAIL_S if real_time else 0.0), self._now_s)
        self._typed = itertools.count(-1, -1)
        self._unanswered: set[int] = set()
        self._stop = threading.Event()
        self._pump = Pump(source, inbox.queue.put, self._stop)
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
        try:
            if self._real_time:
                self._pump.start()
            while not self._finished():
                self._turn(wait=self._real_time or self._busy())
        finally:
            self._stop.set()
        if self._real_time:
            self._pump.join()

    # -- what the user does ------------------------------------------------------------------------------------

    def listen(self, mode: events.Mode, activation: events.Activation, *, muted: bool) -> None:
        """What is heard from now on. What was being said when listening ends is finished and kept."""
        deaf = muted or mode == "off"
        if mode != self.listening.mode:
            self.handsfree.reset()
        if deaf:
            self._on_segments(self._talking.end())
            self._end_speech("released")
        self._ears.segmenter.listening = activation == "always"
        self.listening = events.Listening(mode, activation, muted)
        self._show_listening()

    def configure(self, segmenter: SegmenterConfig, follow_up_s: float) -> None:
        """Use other numbers from now on."""
        self.follow_up_s = follow_up_s
        self._ears.segmenter.configure(segmenter)

    def lose_speech(self) -> None:
        """The microphone is gone, or another one follows: what was being said is finished and kept."""
        held = self._talking.active
        self._talking.reset()
        self._end_speech("microphone_lost")
        if held:
            self._show_listening()

    def press(self, now_s: float) -> None:
        """The talk key went down. Starling is silent at once: who holds the key wants to be heard."""
        if self._deaf:
            self._emit(events.Trouble(cannot_hear(self.listening)))
            return
        self._replies.stop()
        self._on_segments(self._talking.press(now_s))
        self._show_listening()

    def release(self, now_s: float) -> None:
        """The talk key went up."""
        self._on_segments(self._talking.release(now_s))
        self._show_listening()

    def cancel(self) -> None:
        """Forget what is being said."""
        self._talking.reset()
        self._on_segments(self._ears.segmenter.cancel())
        self._show_listening()

    def silence(self) -> None:
        """Stop speaking, and answer nothing of what was said until now."""
        self._unanswered |= self._jobs.ended
        self._replies.stop()

    def ask(self, text: str) -> None:
        """Answer a typed question."""
        number, at = next(self._typed), time.time()
        turn = self._line.typed(number, text, at) or f"#{number}"
        self._desk.turns[number] = turn
        self._emit(events.Asked(turn, text, at))
        self._submit(self.rules.request(text), number)

    def confirm(self, turn: str, yes: bool) -> None:
        """The user's word on the question of a turn, given by hand; silences the question."""
        if self._desk.confirming.takes(turn):
            self._replies.stop()
            number = next(self._typed)
            self._desk.turns[number] = turn
            self._line.follow_up(number, turn)
            self._desk.asked += 1
            self._replies.confirm(yes, number)

    # -- messages ----------------------------------------------------------------------------------------------

    def _busy(self) -> bool:
        return self._jobs.open or self._desk.asked > 0

    def _finished(self) -> bool:
        return self._ended and not self._busy() and self._mailbox.queue.empty()

    def _turn(self, *, wait: bool) -> None:
        if wait:
            self._handle(self._mailbox.queue.get())
        elif not self._ended:
            self._handle(self._pump.read())
        while not self._mailbox.queue.empty():
            self._handle(self._mailbox.queue.get())

    def _handle(self, message: mailbox.Message) -> None:
        match message:
            case mailbox.Block():
                self._hear(message)
            case mailbox.Do(action=action):
                action()
            case mailbox.Stop():  # comes after the blocks that had arrived before it
                self._stopping = True
                self._end_stream()
                self._replies.stop()
            case mailbox.Result(job=job, recognised=recognised):
                for deliver in self._jobs.on_result(job, recognised, time.monotonic()):
                    self._deliver(deliver)
            case mailbox.PartialText():
                self._on_partial(message)
            case _:
                self._desk.take(message)

    def _now_s(self) -> float:
        """The time base of utterances and replies: the wall clock, or a file's own time."""
        return time.monotonic() if self._real_time else self._ears.position_s

    # -- sound -------------------------------------------------------------------------------------------------

    @property
    def _deaf(self) -> bool:
        return self.listening.muted or self.listening.mode == "off"

    def _hear(self, block: mailbox.Block) -> None:
        if self._ended:
            return
        for event in self._source.events():
            self._on_source(event)
        if block.error is not None:
            self._emit(events.Trouble(block.error))
        if block.samples is None:
            self._end_stream()
        elif block.samples.size and not self._deaf:
            self._listen_to(block.samples, block.arrived_s)
        held = self._talking.active
        self._on_segments(self._talking.passed(block.arrived_s))
        if held and not self._talking.active:
            self._show_listening()

    def _listen_to(self, samples: Samples, arrived_s: float) -> None:
        self._on_segments(self._ears.hear(samples))
        self._clock.arrived(self._ears.position_s, arrived_s)
        if self.metering:
            self._emit(measure(samples, self._ears.probability, self._ears.threshold))
        if self._partials and (so_far := self._ears.segmenter.so_far()) is not None:
            self._partials.offer(so_far, self._ears.segmenter.config.hangover_ms / 1000)

    def _end_stream(self) -> None:
        if not self._ended:
            self._ended = True
            self._end_speech("end_of_stream")

    def _end_speech(self, reason: EndReason) -> None:
        self._on_segments(self._ears.end(reason))

    def _on_source(self, event: Any) -> None:
        translated = self._translate(event) if self._translate else None
        if translated is None:
            return
        if isinstance(translated, events.MicrophoneChanged):
            if translated.state == "lost":
                self.lose_speech()
            if translated.gap_s > 0 or translated.state == "open":
                self._clock = StreamClock()
        self._emit(translated)

    def _on_segments(self, happened: Iterable[SegmentEvent]) -> None:
        for event in happened:
            self._on_segment(event)
        if self._hearing is not None:
            self._hearing.follow(self._ears.segmenter)

    def _on_segment(self, event: SegmentEvent) -> None:
        match event:
            case SpeechStarted(start_s=start_s):
                self._emit(events.SpeechBegan(start_s))
            case SegmentEnded():
                self._emit(events.SpeechEnded())
                self._latch_ends(self.listening.mode == "assistant")
            case SegmentDropped(why=why, held=held):
                self._emit(events.SpeechDropped(why, held))
        for command in self._jobs.on_segment(event, time.monotonic()):
            match command:
                case Transcribe(job=job, segment=segment):
                    name = self._hearing.name(segment.id) if self._hearing is not None else ""
                    self._line.submit(job, segment.samples, name)
                case Discard(job=job):
                    self._line.discard(job)
                case Deliver():
                    self._deliver(command)

    def _latch_ends(self, ends: bool) -> None:
        """One tap asks the assistant one question; a dictation goes on until the next tap."""
        if ends and self._talking.latched:
            self._talking.reset()
            self._show_listening()

    def _show_listening(self) -> None:
        now = self.listening
        held = self._talking.active
        self.listening = events.Listening(now.mode, now.activation, now.muted, held)
        self._emit(self.listening)

    def _on_partial(self, partial: mailbox.PartialText) -> None:
        if self._partials:
            self._partials.ended(partial.segment, partial.audio_s, partial.took_s)
        if partial.text and self._ears.segmenter.current == partial.segment:
            self._emit(events.Partial(partial.text))

    # -- texts -------------------------------------------------------------------------------------------------

    def _deliver(self, deliver: Deliver[Recognised]) -> None:
        turn = deliver.result.record or f"#{deliver.job}"
        self._desk.turns[deliver.job] = turn
        transcript = deliver.result.transcript
        if self._partials and transcript is not None:
            self._partials.measured(deliver.segment.audio_s, transcript.processing_s)
        if self._book:
            gone = self._book.heard(turn, deliver.segment.samples, transcript.text if transcript else "")
            if gone:
                self._emit(events.RecordingsGone(gone))
        dictating, held = self.listening.mode == "dictation", deliver.segment.held
        said = self.handsfree.hear(transcript.text if transcript else "", dictating=dictating, held=held)
        utterance = self._judge(deliver, said)
        answered = utterance.verdict == Verdict.ANSWER.value
        self._emit(events.Heard(utterance))
        if said.command:
            self._emit(events.DictationSaid(said.command, self.handsfree.paused))
        if not answered:
            self._desk.turns.pop(deliver.job, None)
        if deliver.result.error is None:
            self._line.delivered(deliver.job, answered=answered)

    def _judge(self, deliver: Deliver[Recognised], said: Said) -> events.Utterance:
        if said.ignored or (said.command and not said.text):
            return self._record(deliver, Verdict.COMMAND if said.command else Verdict.PAUSED)
        start_s, end_s = self._time_s(deliver.segment.start_s), self._time_s(deliver.segment.end_s)
        judgement = self.rules.judge(
            said.text,
            speaking=self._desk.said.heard_between(start_s, end_s),
            in_follow_up=follow_up(start_s, self._desk.said.last_ended_s, self.follow_up_s),
            held=deliver.segment.held,
        )
        if judgement.verdict is Verdict.STOP:
            self._replies.stop()
        elif deliver.job in self._unanswered:
            self._unanswered.discard(deliver.job)
            return self._record(deliver, Verdict.NOT_ADDRESSED)
        elif judgement.verdict is Verdict.ANSWER and not self._stopping:
            self._submit(judgement.request, deliver.job)
        record = self._record(deliver, judgement.verdict)
        return replace(record, text=said.text) if said.command else record

    def _submit(self, request: str, job: int) -> None:
        self._desk.asked += 1
        self._replies.submit(request, job)

    def _time_s(self, stream_s: float) -> float:
        return self._clock.wall(stream_s) if self._real_time else stream_s

    def _record(self, deliver: Deliver[Recognised], verdict: Verdict) -> events.Utterance:
        waited_s = deliver.waited_s if self._real_time else deliver.wait_at_speaking_pace_s
        segment = deliver.segment
        since_speech_s = self._clock.since(segment.end_s, time.monotonic()) if self._real_time else None
        if since_speech_s is None:
            since_speech_s = segment.endpoint_s - segment.end_s + waited_s
        since_start_s = since_speech_s + segment.end_s - segment.start_s
        return utterance_of(
            segment,
            deliver.result,
            waited_s=waited_s,
            since_speech_s=since_speech_s,
            verdict=verdict.value,
            turn=self._desk.turns[deliver.job],
            at=time.time() - since_start_s,
            mode=self.listening.mode,
            replayable=self._book is not None,
        )
