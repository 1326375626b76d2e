"""Speaking a reply: the first clause sounds while the next is made.

Two threads a reply: the caller's hands sound to the speaker, the other one cuts the text and asks the engine.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from starling.audio.base import AudioSink
from starling.audio.events import FirstSound, SinkEvent, SpeakerBack, SpeakerLost
from starling.core.clauses import ClauseSplitter
from starling.core.errors import StarlingError, internal_error
from starling.core.placement import Placement
from starling.core.results import Samples
from starling.core.spoken import spoken
from starling.engine.clients import SpeechChunk, SpeechMetrics
from starling.pipeline.events import Reply

CLAUSES_AHEAD = 2
"""Clauses made or being made beyond the one that is being handed to the speaker."""
LEAD_S = 2.0
"""Sound that waits in the speaker's queue before more is handed over: a stop has little to forget."""
SENTENCE_PAUSE_S = 0.25
CLAUSE_PAUSE_S = 0.08
"""Silence between two clauses; what the engine left at the end of the first counts."""
QUIET = 1e-3
"""Amplitude below which a sample is silence: -60 dB of full scale."""
DRAIN_GRACE_S = 15.0
"""How much longer than its sound a speaker may take, its own reconnecting included."""
STOP_JOIN_S = 2.0
"""A stopped engine call ends at its next chunk; the reply does not wait longer for it."""
_POLL_S = 0.05
_SENTENCE_MARKS = ".!?…。！？\n"  # noqa: RUF001
_AFTER_MARKS = " \"'”’»)]}*_`"  # noqa: RUF001


class Speech(Protocol):
    """One clause's sound; ``metrics`` is there when the iteration has ended."""

    metrics: SpeechMetrics | None

    def __iter__(self) -> Iterator[SpeechChunk]:
        """The chunks, in order."""
        ...

    def close(self) -> None:
        """Cancel the rest."""
        ...


class Synthesizer(Protocol):
    """Makes sound of text; :class:`starling.engine.clients.TtsClient` is one. Iterating raises StarlingError."""

    def synthesize(self, text: str, voice: str, speed: float) -> Speech:
        """Begin one clause."""
        ...


class Speaking:
    """Speaks replies, one at a time.

    Args:
        synthesizer: makes the sound.
        sink: plays it.
        voice: voice id; empty for the tier's default.
        speed: 1.0 is the voice's own pace.
        on_event: called, on the speaking thread, with what the sink told apart from first sounds.
        clock: monotonic seconds, the clock of :class:`FirstSound`.
    """

    def __init__(
        self,
        synthesizer: Synthesizer,
        sink: AudioSink,
        *,
        voice: str = "",
        speed: float = 1.0,
        on_event: Callable[[SinkEvent], None] = lambda event: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.voice = voice
        self.speed = speed
        self._synthesizer = synthesizer
        self._sink = sink
        self._on_event = on_event
        self._clock = clock
        self._turn = threading.Lock()
        self._running: _Run | None = None
        self._count = 0

    def speak(self, text: str | Iterable[str]) -> Reply:
        """Speak a text, or pieces of one as they come, to its end or to :meth:`stop`.

        Never raises for the engine, the speaker or the pieces failing with a StarlingError: what could be said was
        said, and the reply carries the error.
        """
        with self._turn:
            self._count += 1
            pieces = [text] if isinstance(text, str) else text
            producer = _Producer(pieces, self._synthesizer, self.voice, self.speed, self._clock)
            run = _Run(producer, self._sink, f"reply-{self._count}", self._on_event, self._clock)
            self._running = run
            try:
                return run.run(self.voice)
            finally:
                self._running = None

    def stop(self) -> None:
        """Silence at once, from any thread; :meth:`speak` returns soon after. Nothing happens when nothing is said."""
        run = self._running
        if run is not None:
            run.stop()


@dataclass(frozen=True)
class _ClauseBegins:
    """The next chunks belong to a new clause, after a pause of so many seconds."""

    pause_s: float


class _Producer:
    """Cuts the pieces into clauses and has them made, on a thread of its own, at most CLAUSES_AHEAD ahead.

    ``made`` gives what is to be played and ends with None. The figures are complete then.
    """

    def __init__(
        self, pieces: Iterable[str], synthesizer: Synthesizer, voice: str, speed: float, clock: Callable[[], float]
    ) -> None:
        self.made: queue.SimpleQueue[_ClauseBegins | SpeechChunk | None] = queue.SimpleQueue()
        self.text = ""
        self.synthesis_s = 0.0
        self.last_metrics: SpeechMetrics | None = None
        self.error: StarlingError | None = None
        self._pieces = pieces
        self._synthesizer = synthesizer
        self._voice = voice
        self._speed = speed
        self._clock = clock
        self._stopped = threading.Event()
        self._ahead = threading.Semaphore(CLAUSES_AHEAD + 1)
        self._thread = threading.Thread(target=self._produce, name="speech-producer", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def clause_taken(self) -> None:
        """The clause that began is being played: one more may be made."""
        self._ahead.release()

    def stop(self) -> None:
        """Make nothing more."""
        self._stopped.set()
        self._ahead.release()

    def join(self) -> None:
        """Wait until the thread has ended; a stopped one is left after STOP_JOIN_S to end at its next chunk."""
        self._thread.join(STOP_JOIN_S if self._stopped.is_set() else None)

    def _produce(self) -> None:
        try:
            pause_s = 0.0
            for clause in self._clauses():
                sayable = spoken(clause)
                if any(character.isalnum() for character in sayable):
                    self._make(sayable, pause_s)
                    pause_s = pause_after(clause)
                if self._stopped.is_set():
                    return
        except StarlingError as error:
            self.error = error
        except Exception as error:  # noqa: BLE001 - the reply says so; a thread's traceback would tell nobody
            self.error = internal_error(error)
        finally:
            self.made.put(None)

    def _clauses(self) -> Iterator[str]:
        splitter = ClauseSplitter()
        for piece in self._pieces:
            self.text += piece
            yield from splitter.feed(piece)
        yield from splitter.finish()

    def _make(self, clause: str, pause_s: float) -> None:
        self._ahead.acquire()
        if self._stopped.is_set():
            return
        began_s = self._clock()
        speech = self._synthesizer.synthesize(clause, self._voice, self._speed)
        self.made.put(_ClauseBegins(pause_s))
        try:
            for chunk in speech:
                if self._stopped.is_set():
                    break
                self.made.put(chunk)
        finally:
            speech.close()
            metrics = speech.metrics
            self.last_metrics = metrics or self.last_metrics
            self.synthesis_s += metrics.synthesis_s if metrics else self._clock() - began_s


class _Run:
    """One reply on its way to the speaker. All but :meth:`stop` on one thread."""

    def __init__(
        self,
        producer: _Producer,
        sink: AudioSink,
        tag: str,
        on_event: Callable[[SinkEvent], None],
        clock: Callable[[], float],
    ) -> None:
        self._producer = producer
        self._sink = sink
        self._tag = tag
        self._on_event = on_event
        self._clock = clock
        self._stopped = threading.Event()
        self._lost: StarlingError | None = None
        self._first_sound_s: float | None = None
        self._played_before_s = sink.stats().played_s
        self._handed_s = 0.0
        self._forgotten_s = 0.0
        self._speech_s = 0.0
        self._sounds_until_s = 0.0
        self._pause_due_s = 0.0
        self._tail = (0.0, 0)

    def stop(self) -> None:
        self._stopped.set()
        self._producer.stop()
        self._sink.stop()

    def run(self, voice: str) -> Reply:
        began_s = self._clock()
        error: StarlingError | None = None
        self._producer.start()
        try:
            self._play_all()
        except StarlingError as failure:
            error = failure
            self._producer.stop()
            self._sink.stop()
        if self._stopped.is_set():
            self._sink.stop()  # a chunk may have been handed over while stop() silenced the sink
        self._producer.join()
        self._collect_events()
        return self._reply(voice, began_s, self._producer.error or error or self._lost)

    def _play_all(self) -> None:
        while (item := self._producer.made.get()) is not None:
            if self._stopped.is_set():
                return
            if isinstance(item, _ClauseBegins):
                self._wait_until_left(LEAD_S)
                self._producer.clause_taken()
                self._pause_due_s = item.pause_s
            else:
                self._pause()
                self._play(item.samples, item.rate)
                self._speech_s += item.samples.size / item.rate
            self._collect_events()
        self._wait_until_left(0.0)

    def _play(self, samples: Samples, rate: int) -> None:
        if not samples.size or self._stopped.is_set():
            return
        self._sink.play(samples, rate, self._tag)
        self._handed_s += samples.size / rate
        self._sounds_until_s = max(self._sounds_until_s, self._clock()) + samples.size / rate
        self._tail = (trailing_silence_s(samples, rate, self._tail[0]), rate)

    def _pause(self) -> None:
        """Add what is missing to the pause before a clause: the engine's silence or its delay have begun it."""
        pause_s, self._pause_due_s = self._pause_due_s, 0.0
        tail_s, rate = self._tail
        missing_s = pause_s - tail_s - max(0.0, self._clock() - self._sounds_until_s)
        if rate and missing_s > 0.0:
            self._play(np.zeros(round(missing_s * rate), np.float32), rate)

    def _wait_until_left(self, left_s: float) -> None:
        """Wait until the sink has at most this much sound to play, 0 for none, or until a stop."""
        deadline_s = self._clock() + self._left_s() + DRAIN_GRACE_S
        while not self._stopped.is_set() and self._handed_s and (left_s == 0.0 or self._left_s() > left_s):
            if self._sink.wait(_POLL_S):
                self._forgotten_s += self._left_s()  # a speaker that was away drops sound
                return
            self._collect_events()
            if self._clock() > deadline_s:
                raise self._lost or StarlingError(
                    "audio.speaker_stuck",
                    "The speaker takes no more sound.",
                    "Check the sound settings, or choose another speaker; see: starling devices",
                )

    def _left_s(self) -> float:
        return self._handed_s - self._forgotten_s - (self._sink.stats().played_s - self._played_before_s)

    def _collect_events(self) -> None:
        for event in self._sink.events():
            if isinstance(event, FirstSound):
                if event.tag == self._tag and self._first_sound_s is None:
                    self._first_sound_s = event.at_s
                continue
            if isinstance(event, SpeakerLost):
                self._lost = event.reason
            elif isinstance(event, SpeakerBack):
                self._lost = None
            self._on_event(event)

    def _reply(self, voice: str, began_s: float, error: StarlingError | None) -> Reply:
        metrics = self._producer.last_metrics
        first_s = self._first_sound_s
        return Reply(
            text=self._producer.text,
            tier=metrics.rung.spec.tier if metrics else "",
            voice=metrics.voice if metrics and metrics.voice else voice,
            placement=metrics.placement if metrics else Placement(),
            audio_s=self._speech_s if self._handed_s else None,
            synthesis_s=self._producer.synthesis_s if self._handed_s else None,
            time_to_first_audio_ms=None if first_s is None else (first_s - began_s) * 1000,
            stopped=self._stopped.is_set(),
            played=first_s is not None,
            error=error.to_json() if error else None,
        )


def pause_after(clause: str) -> float:
    """Seconds of silence that belong after a clause, by the mark it ends with."""
    return SENTENCE_PAUSE_S if clause.rstrip(_AFTER_MARKS).endswith(tuple(_SENTENCE_MARKS)) else CLAUSE_PAUSE_S


def trailing_silence_s(samples: Samples, rate: int, before_s: float) -> float:
    """Seconds of silence at the end of (n,) float32, after ``before_s`` of silence already."""
    loud = np.flatnonzero(np.abs(samples) > QUIET)
    if loud.size:
        return float(samples.size - 1 - loud[-1]) / rate
    return before_s + samples.size / rate
