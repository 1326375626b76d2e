"""Speaking a reply: the first clause sounds while the next is made.

Two threads a reply: the caller's hands sound to the speaker, the other one cuts the text and asks the engine.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from starling.audio.base import AudioSink
from starling.audio.events import FirstSound, SinkEvent, SpeakerBack, SpeakerLost, SpeakerOpened
from starling.audio.gain import amplified
from starling.core.errors import StarlingError
from starling.core.placement import Placement
from starling.core.results import Samples
from starling.pipeline.events import Reply
from starling.pipeline.making import ClauseBegins, Made, Producer, Recorded, Synthesizer
from starling.speech.tts.scripts import foreign
from starling.speech.tts.voices import voice_language

LEAD_S = 2.0
"""Sound that waits in the speaker's queue before more is handed over: a stop has little to forget."""
QUIET = 1e-3
"""Amplitude below which a sample is silence: -60 dB of full scale."""
DRAIN_GRACE_S = 15.0
"""How much longer than its sound a speaker may take, its own reconnecting included."""
LOST_S = 1.5
"""A reply of which nothing has sounded waits no longer for a speaker that is not there: its text was read by then."""
_POLL_S = 0.05


@dataclass(frozen=True)
class Delivery:
    """How a text is spoken by somebody else than the voice in use.

    Attributes:
        synthesizer: makes the sound.
        voice: voice id; empty for its default.
        speed: 1.0 is the voice's own pace.
        volume: 1.0 is the voice's own loudness.
        on_sound: called on the speaking thread with all sound that is handed to the speaker, and its rate; also with
            the silence between clauses that the engine's delay stood for.
    """

    synthesizer: Synthesizer
    voice: str
    speed: float
    volume: float
    on_sound: Callable[[Samples, int], None] = lambda samples, rate: None


class Speaking:
    """Speaks replies, one at a time.

    Args:
        synthesizer: makes the sound.
        sink: plays it.
        voice: voice id; empty for the tier's default.
        speed: 1.0 is the voice's own pace.
        volume: 1.0 is the voice's own loudness; recordings are played as they are.
        on_event: called, on the speaking thread, with what the sink told apart from first sounds.
        clock: monotonic seconds, the clock of :class:`FirstSound`.
        measured: called, on the speaking thread, with every reply that was spoken or tried.
    """

    def __init__(
        self,
        synthesizer: Synthesizer,
        sink: AudioSink,
        *,
        voice: str = "",
        speed: float = 1.0,
        volume: float = 1.0,
        on_event: Callable[[SinkEvent], None] = lambda event: None,
        clock: Callable[[], float] = time.monotonic,
        measured: Callable[[Reply], None] = lambda reply: None,
    ) -> None:
        self._measured = measured
        self.voice = voice
        self.speed = speed
        self.volume = volume
        self._synthesizer = synthesizer
        self._sink = sink
        self._on_event = on_event
        self._clock = clock
        self._turn = threading.Lock()
        self._running: _Run | None = None
        self._count = 0
        self._lost: StarlingError | None = None

    def speak(
        self,
        text: str | Iterable[str],
        delivery: Delivery | None = None,
        unwanted: Callable[[], bool] = lambda: False,
    ) -> Reply:
        """Speak a text, or pieces of one as they come, to its end or to :meth:`stop`.

        With a ``delivery`` as that says, instead of with the voice in use. ``unwanted`` is asked once :meth:`stop`
        would be heeded: it tells of a stop that came before.

        Never raises for the engine, the speaker or the pieces failing with a StarlingError: what could be said was
        said, and the reply carries the error.
        """
        with self._turn:
            self._count += 1
            pieces = [text] if isinstance(text, str) else text
            how = delivery or Delivery(self._synthesizer, self.voice, self.speed, self.volume)
            producer = Producer(pieces, how.synthesizer, how.voice, how.speed, self._clock)
            run = _Run(producer, self._sink, f"reply-{self._count}", self._take, self._clock, lambda: self._lost)
            run.volume, run.on_sound = how.volume, how.on_sound
            reply = self._run(run, how.voice, unwanted)
        self._measured(reply)
        return reply

    def play(self, samples: Samples, rate: int, unwanted: Callable[[], bool] = lambda: False) -> Reply:
        """Play a recording, (n,) float32, to its end or to :meth:`stop`; errors as in :meth:`speak`."""
        with self._turn:
            self._count += 1
            tag = f"replay-{self._count}"
            run = _Run(Recorded(samples, rate), self._sink, tag, self._take, self._clock, lambda: self._lost)
            return self._run(run, "", unwanted)

    def look(self) -> None:
        """Tell what the sink did while nothing was said. From any thread; does nothing while something is."""
        if self._turn.acquire(blocking=False):
            try:
                for event in self._sink.events():
                    self._take(event)
            finally:
                self._turn.release()

    def use(self, sink: AudioSink) -> AudioSink:
        """Play through another sink from the next reply on; waits for the end of one, returns the old sink."""
        with self._turn:
            old, self._sink, self._lost = self._sink, sink, None
            return old

    def stop(self) -> None:
        """Silence at once, from any thread; :meth:`speak` returns soon after. Nothing happens when nothing is said."""
        run = self._running
        if run is not None:
            run.stop()

    def _run(self, run: _Run, voice: str, unwanted: Callable[[], bool]) -> Reply:
        self._running = run
        try:
            if unwanted():
                run.stop()
            return run.run(voice)
        finally:
            self._running = None

    def _take(self, event: SinkEvent) -> None:
        if isinstance(event, SpeakerLost):
            self._lost = event.reason
        elif isinstance(event, SpeakerOpened | SpeakerBack):
            self._lost = None
        if not isinstance(event, FirstSound):
            self._on_event(event)


class _Run:
    """One reply on its way to the speaker. All but :meth:`stop` on one thread."""

    def __init__(
        self,
        producer: Made,
        sink: AudioSink,
        tag: str,
        on_event: Callable[[SinkEvent], None],
        clock: Callable[[], float],
        lost: Callable[[], StarlingError | None],
    ) -> None:
        self.volume = 1.0
        self.on_sound: Callable[[Samples, int], None] = lambda samples, rate: None
        self._producer = producer
        self._sink = sink
        self._tag = tag
        self._on_event = on_event
        self._clock = clock
        self._stopped = threading.Event()
        self._lost = lost
        self._first_sound_s: float | None = None
        self._played_before_s = sink.stats().played_s
        self._handed_s = 0.0
        self._forgotten_s = 0.0
        self._speech_s = 0.0
        self._sounds_until_s = 0.0
        self._pause_due_s = 0.0
        self._tail = (0.0, 0)
        self._clauses: list[tuple[float, str]] = []  # the sound before it, its text

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
        return self._reply(voice, began_s, self._producer.error or error or self._lost())

    def _play_all(self) -> None:
        while (item := self._producer.made.get()) is not None:
            if self._stopped.is_set():
                return
            if isinstance(item, ClauseBegins):
                self._wait_until_left(LEAD_S)
                self._producer.clause_taken()
                self._pause_due_s = item.pause_s
                self._clauses.append((self._handed_s, item.text))
            else:
                self._pause()
                self._play(item.samples, item.rate)
                self._speech_s += item.samples.size / item.rate
            self._collect_events()
        self._wait_until_left(0.0)

    def _play(self, samples: Samples, rate: int) -> None:
        if not samples.size or self._stopped.is_set():
            return
        samples = amplified(samples, self.volume)
        self._sink.play(samples, rate, self._tag)
        self.on_sound(samples, rate)
        self._handed_s += samples.size / rate
        self._sounds_until_s = max(self._sounds_until_s, self._clock()) + samples.size / rate
        self._tail = (trailing_silence_s(samples, rate, self._tail[0]), rate)

    def _pause(self) -> None:
        """Add what is missing to the pause before a clause: the engine's silence or its delay have begun it."""
        pause_s, self._pause_due_s = self._pause_due_s, 0.0
        tail_s, rate = self._tail
        missing_s = pause_s - tail_s
        late_s = max(0.0, self._clock() - self._sounds_until_s)
        if rate and missing_s > 0.0:
            self._play(np.zeros(round(max(0.0, missing_s - late_s) * rate), np.float32), rate)
            # Who keeps the sound has no delay in it.
            self.on_sound(np.zeros(round(min(late_s, missing_s) * rate), np.float32), rate)

    def _wait_until_left(self, left_s: float) -> None:
        """Wait until the sink has at most this much sound to play, 0 for none, or until a stop."""
        began_s = self._clock()
        deadline_s = began_s + self._left_s() + DRAIN_GRACE_S
        while not self._stopped.is_set() and self._handed_s and (left_s == 0.0 or self._left_s() > left_s):
            if self._sink.wait(_POLL_S):
                self._forgotten_s += self._left_s()  # a speaker that was away drops sound
                return
            self._collect_events()
            lost = self._lost()
            if lost and self._first_sound_s is None and self._clock() - began_s > LOST_S:
                raise lost
            if self._clock() > deadline_s:
                raise lost or StarlingError(
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
            else:
                self._on_event(event)

    def _said(self) -> str:
        """The clauses that began to sound."""
        if self._first_sound_s is None:
            return ""
        played_s = self._sink.stats().played_s - self._played_before_s
        return "".join(text for before_s, text in self._clauses if before_s <= played_s)

    def _reply(self, voice: str, began_s: float, error: StarlingError | None) -> Reply:
        metrics = self._producer.last_metrics
        first_s = self._first_sound_s
        tier = metrics.rung.spec.tier if metrics else ""
        spoke = metrics.voice if metrics and metrics.voice else voice
        return Reply(
            text=self._producer.text,
            tier=tier,
            voice=spoke,
            placement=metrics.placement if metrics else Placement(),
            audio_s=self._speech_s if self._handed_s else None,
            synthesis_s=self._producer.synthesis_s if self._handed_s else None,
            time_to_first_audio_ms=None if first_s is None else (first_s - (self._producer.known_s or began_s)) * 1000,
            stopped=self._stopped.is_set(),
            said=self._said() if self._stopped.is_set() else None,
            played=first_s is not None,
            error=error.to_json() if error else None,
            notes=notes_on(self._producer.text, tier, spoke),
            model=metrics.rung.spec.model if metrics else "",
            provider=metrics.rung.spec.provider if metrics else "",
        )


def notes_on(text: str, tier: str, voice: str) -> tuple[str, ...]:
    """What a listener should know of this text in this voice; nothing while no tier is known."""
    found = foreign(text, voice_language(tier, voice), voice) if tier and voice else None
    return (found.sentence,) if found else ()


def trailing_silence_s(samples: Samples, rate: int, before_s: float) -> float:
    """Seconds of silence at the end of (n,) float32, after ``before_s`` of silence already."""
    loud = np.flatnonzero(np.abs(samples) > QUIET)
    if loud.size:
        return float(samples.size - 1 - loud[-1]) / rate
    return before_s + samples.size / rate
