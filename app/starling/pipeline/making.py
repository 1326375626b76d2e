"""Making a reply's sound: text is cut into clauses, each made on a thread of its own while the one before it plays."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from starling.core.clauses import ClauseSplitter
from starling.core.errors import StarlingError, internal_error
from starling.core.fences import CodeBlocks
from starling.core.results import Samples
from starling.core.spoken import spoken
from starling.engine.clients import CHARACTERS_PER_S, SpeechChunk, SpeechMetrics

CLAUSES_AHEAD = 2
"""Clauses made or being made beyond the one that is being handed to the speaker."""
SHARED_TIME = 2.5
"""A clause that shares the processor takes up to twice as long, and slow speech is longer than was thought."""
SENTENCE_PAUSE_S = 0.25
CLAUSE_PAUSE_S = 0.08
"""Silence between two clauses; what the engine left at the end of the first counts."""
STOP_JOIN_S = 0.3
"""A stopped engine call ends at its next chunk; the reply does not wait longer for it."""
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

    def synthesize(self, text: str, voice: str, speed: float, following: str = "") -> Speech:
        """Begin one clause; ``following`` is the one after it, where that may be made at the same time."""
        ...


@dataclass(frozen=True)
class ClauseBegins:
    """The next chunks belong to a new clause, after a pause of so many seconds; ``text`` as it stands in the reply."""

    pause_s: float
    text: str = ""


class Made(Protocol):
    """Where a reply's sound comes from: ``made`` gives what is to be played and ends with None."""

    made: queue.SimpleQueue[ClauseBegins | SpeechChunk | None]
    text: str
    synthesis_s: float
    last_metrics: SpeechMetrics | None
    error: StarlingError | None
    known_s: float | None
    """When the first clause was known, by the clock of the speaking; None while there is none."""

    def start(self) -> None:
        """Begin."""
        ...

    def clause_taken(self) -> None:
        """The clause that began is being played."""
        ...

    def stop(self) -> None:
        """Make nothing more."""
        ...

    def join(self) -> None:
        """Wait for the end."""
        ...


class Recorded:
    """A recording in the place of a :class:`Producer`: all of it is there already."""

    def __init__(self, samples: Samples, rate: int) -> None:
        self.made: queue.SimpleQueue[ClauseBegins | SpeechChunk | None] = queue.SimpleQueue()
        self.text = ""
        self.synthesis_s = 0.0
        self.last_metrics: SpeechMetrics | None = None
        self.error: StarlingError | None = None
        self.known_s: float | None = None
        self.made.put(SpeechChunk(samples, rate))
        self.made.put(None)

    def start(self) -> None:
        """Nothing is to be made."""

    def clause_taken(self) -> None:
        """Nothing is to be made."""

    def stop(self) -> None:
        """Nothing is being made."""

    def join(self) -> None:
        """There is no thread."""


class Producer:
    """Cuts the pieces into clauses and has them made, on a thread of its own, at most CLAUSES_AHEAD ahead.

    ``made`` gives what is to be played and ends with None. The figures are complete then.
    """

    def __init__(
        self, pieces: Iterable[str], synthesizer: Synthesizer, voice: str, speed: float, clock: Callable[[], float]
    ) -> None:
        self.made: queue.SimpleQueue[ClauseBegins | SpeechChunk | None] = queue.SimpleQueue()
        self.text = ""
        self.synthesis_s = 0.0
        self.last_metrics: SpeechMetrics | None = None
        self.error: StarlingError | None = None
        self.known_s: float | None = None
        self._pieces = pieces
        self._synthesizer = synthesizer
        self._voice = voice
        self._speed = speed
        self._clock = clock
        self._stopped = threading.Event()
        self._ahead = threading.Semaphore(CLAUSES_AHEAD + 1)
        self._made_s = 0.0
        self._sounds_since_s: float | None = None
        self._thread = threading.Thread(target=self._produce, name="speech-producer", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def clause_taken(self) -> None:
        """The clause that began is being played: one more may be made."""
        self._ahead.release()

    def stop(self) -> None:
        """Make nothing more; who waits for sound waits no longer."""
        self._stopped.set()
        self._ahead.release()
        self.made.put(None)

    def join(self) -> None:
        """Wait until the thread has ended; a stopped one is left after STOP_JOIN_S to end at its next chunk."""
        self._thread.join(STOP_JOIN_S if self._stopped.is_set() else None)

    def _produce(self) -> None:
        try:
            pause_s = 0.0
            passed = ""
            blocks = CodeBlocks()
            for batch in self._clauses():
                sayables = [spoken(blocks.without(clause)) for clause in batch]
                for place, (clause, sayable) in enumerate(zip(batch, sayables, strict=True)):
                    passed += clause
                    if _has_words(sayable):
                        following = next(filter(_has_words, sayables[place + 1 :]), "")
                        self._make(sayable, pause_s, passed, following)
                        pause_s, passed = pause_after(clause), ""
                    if self._stopped.is_set():
                        return
        except StarlingError as error:
            self.error = error
        except Exception as error:  # noqa: BLE001 - the reply says so; a thread's traceback would tell nobody
            self.error = internal_error(error)
        finally:
            self.made.put(None)

    def _clauses(self) -> Iterator[list[str]]:
        """Those that are known at the same time, together."""
        splitter = ClauseSplitter()
        for piece in self._pieces:
            self.text += piece
            yield splitter.feed(piece)
        yield splitter.finish()

    def _make(self, clause: str, pause_s: float, text: str, following: str) -> None:
        self.known_s = self._clock() if self.known_s is None else self.known_s
        self._ahead.acquire()
        if self._stopped.is_set():
            return
        began_s = self._clock()
        shared = (following,) if following and self._may_share(clause, began_s) else ()
        speech = self._synthesizer.synthesize(clause, self._voice, self._speed, *shared)
        self.made.put(ClauseBegins(pause_s, text))
        try:
            for chunk in speech:
                if self._stopped.is_set():
                    break
                self._sounds_since_s = self._clock() if self._sounds_since_s is None else self._sounds_since_s
                self._made_s += chunk.samples.size / chunk.rate
                self.made.put(chunk)
        finally:
            speech.close()
            metrics = speech.metrics
            self.last_metrics = metrics or self.last_metrics
            self.synthesis_s += metrics.synthesis_s if metrics else self._clock() - began_s

    def _may_share(self, clause: str, now_s: float) -> bool:
        if self._sounds_since_s is None or not self._made_s:
            return False
        lead_s = self._made_s - (now_s - self._sounds_since_s)
        return may_share(lead_s, self.synthesis_s / self._made_s, len(clause))


def may_share(lead_s: float, rtf: float, characters: int) -> bool:
    """Whether a clause may be made beside the next one, which makes it later, without a gap before it.

    Args:
        lead_s: seconds of sound that are made and not yet played.
        rtf: of the clauses before it.
        characters: of the clause.
    """
    return lead_s >= SHARED_TIME * rtf * characters / CHARACTERS_PER_S


def _has_words(text: str) -> bool:
    return any(character.isalnum() for character in text)


def pause_after(clause: str) -> float:
    """Seconds of silence that belong after a clause, by the mark it ends with."""
    return SENTENCE_PAUSE_S if clause.rstrip(_AFTER_MARKS).endswith(tuple(_SENTENCE_MARKS)) else CLAUSE_PAUSE_S
