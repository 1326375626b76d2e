"""The recognition line: every utterance is stored, then transcribed."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Protocol

from starling.core.changes import Change
from starling.core.errors import StarlingError, internal_error
from starling.core.results import Samples, Transcript
from starling.pipeline.events import Reply


@dataclass(frozen=True)
class Recognised:
    """What came of one job: a transcript and who made it, or the error. ``record`` is its name in the log, if any."""

    transcript: Transcript | None
    tier: str = ""
    model: str = ""
    attempts: int = 1
    error: StarlingError | None = None
    record: str = ""
    provider: str = ""
    changes: tuple[Change, ...] = ()
    why_not_better: str = ""


class UtteranceLog(Protocol):
    """Keeps utterances on disk until their text is delivered. Never raises: it reports through its own events."""

    def pending(self, samples: Samples, name: str = "") -> str:
        """Store the audio before inference, under a name if it has one; returns it, empty when nothing is stored."""
        ...

    def name(self, at: float) -> str:
        """A name for what was typed at this Unix time, empty when nothing can be stored. From any thread."""
        ...

    def typed(self, name: str, at: float, text: str) -> None:
        """Store a typed question under its name."""
        ...

    def finished(self, utterance: str, recognised: Recognised) -> None:
        """Store the text, or the failure."""
        ...

    def delivered(self, utterance: str) -> None:
        """The text reached the user: the audio may go."""
        ...

    def replied(self, utterance: str, reply: Reply) -> None:
        """This is what was answered."""
        ...

    def discarded(self, utterance: str) -> None:
        """The audio was part of a longer utterance: forget it."""
        ...


@dataclass(frozen=True)
class _Job:
    number: int
    samples: Samples
    name: str = ""
    stored: threading.Event = field(default_factory=threading.Event)


class RecognitionLine:
    """Transcribes jobs in order on one thread, and keeps them in the log on another.

    Two threads, so that an utterance that has ended is on disk even while the one before it is recognised.

    Args:
        transcribe: blocks until the text is there; raises StarlingError when every rung failed.
        log: the utterance store.
        on_result: called on the line's thread with the job number and the result.
    """

    def __init__(
        self,
        transcribe: Callable[[Samples], Recognised],
        log: UtteranceLog,
        on_result: Callable[[int, Recognised], None],
    ) -> None:
        self._transcribe = transcribe
        self._log = log
        self._on_result = on_result
        self._lock = threading.Lock()  # guards the three below
        self._dropped: set[int] = set()
        self._took_s: dict[int, float] = {}
        self._discarded_s = 0.0
        self._stored: dict[int, str] = {}  # written by the log's thread alone
        self._tasks: _Tasks = queue.SimpleQueue()
        self._writes: _Tasks = queue.SimpleQueue()
        self._threads = [
            threading.Thread(target=_work, args=(tasks,), name=name, daemon=True)
            for name, tasks in (("recognition", self._tasks), ("utterance-log", self._writes))
        ]
        for thread in self._threads:
            thread.start()

    @property
    def discarded_s(self) -> float:
        """Engine time spent on results that nobody waited for any more."""
        with self._lock:
            return self._discarded_s

    def submit(self, number: int, samples: Samples, name: str = "") -> None:
        """Queue one job; it is stored at once, under its name if it has one, and recognised after those before it."""
        job = _Job(number, samples, name)
        self._writes.put(lambda: self._store(job))
        self._tasks.put(lambda: self._recognise(job))

    def typed(self, number: int, text: str, at: float) -> str:
        """Log a question that needs no recognition, under a job number of its own; returns its name in the log."""
        name = self._log.name(at)
        if name:
            self._writes.put(lambda: self._keep_typed(number, name, at, text))
        return name

    def follow_up(self, number: int, name: str) -> None:
        """What is answered under this job number belongs to an earlier utterance, by its name in the log."""
        self._writes.put(lambda: self._stored.__setitem__(number, name))

    def after_stores(self, task: Callable[[], None]) -> None:
        """Do this on the log's thread, after what was told before it."""
        self._writes.put(task)

    def discard(self, number: int) -> None:
        """Nobody waits for this job: skip it if it has not started, forget its audio."""
        with self._lock:
            self._dropped.add(number)
            self._discarded_s += self._took_s.pop(number, 0.0)
        self._writes.put(lambda: self._forget(number))

    def delivered(self, number: int, *, answered: bool) -> None:
        """The text of this job reached the user; ``answered``: a reply may still be told with :meth:`replied`."""
        with self._lock:
            self._took_s.pop(number, None)
        self._writes.put(lambda: self._release(number, answered))

    def replied(self, number: int, reply: Reply | None) -> None:
        """The request of this job was answered, with this reply or with nothing to say."""
        self._writes.put(lambda: self._answered(number, reply))

    def close(self, timeout_s: float = 5.0) -> None:
        """Finish what is queued, then end the threads."""
        for thread, tasks in zip(self._threads, (self._tasks, self._writes), strict=True):
            tasks.put(None)
            thread.join(timeout_s)

    def _recognise(self, job: _Job) -> None:
        job.stored.wait()
        if self._is_dropped(job.number):
            return
        started = time.monotonic()
        try:
            recognised = self._transcribe(job.samples)
        except StarlingError as error:
            recognised = Recognised(None, error=error)
        except Exception as error:  # noqa: BLE001 - the line must go on, and the utterance must not wait for ever
            recognised = Recognised(None, error=internal_error(error))
        recognised = replace(recognised, record=self._stored.get(job.number, ""))
        if not self._was_wanted(job.number, time.monotonic() - started):
            return
        self._writes.put(lambda: self._finish(job.number, recognised))
        self._on_result(job.number, recognised)

    def _is_dropped(self, number: int) -> bool:
        with self._lock:
            return number in self._dropped

    def _was_wanted(self, number: int, took_s: float) -> bool:
        """Book the time; False when the job was discarded meanwhile."""
        with self._lock:
            if number in self._dropped:
                self._discarded_s += took_s
                return False
            self._took_s[number] = took_s
            return True

    # -- on the log's thread ---------------------------------------------------------------------------------

    def _store(self, job: _Job) -> None:
        try:
            if not self._is_dropped(job.number):
                self._stored[job.number] = self._log.pending(job.samples, job.name)
        finally:
            job.stored.set()

    def _keep_typed(self, number: int, name: str, at: float, text: str) -> None:
        self._stored[number] = name
        self._log.typed(name, at, text)

    def _finish(self, number: int, recognised: Recognised) -> None:
        if utterance := self._stored.get(number, ""):
            self._log.finished(utterance, recognised)

    def _forget(self, number: int) -> None:
        if utterance := self._stored.pop(number, ""):
            self._log.discarded(utterance)

    def _release(self, number: int, answered: bool) -> None:
        if utterance := self._stored.get(number, "") if answered else self._stored.pop(number, ""):
            self._log.delivered(utterance)

    def _answered(self, number: int, reply: Reply | None) -> None:
        utterance = self._stored.pop(number, "")
        if utterance and reply is not None:
            self._log.replied(utterance, reply)


_Tasks = queue.SimpleQueue[Callable[[], None] | None]


def _work(tasks: _Tasks) -> None:
    while (task := tasks.get()) is not None:
        task()
