"""The recognition line: one thread that stores each utterance, then has it transcribed."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from starling.core.errors import StarlingError, internal_error
from starling.core.results import Samples, Transcript
from starling.pipeline.events import Reply


@dataclass(frozen=True)
class Recognised:
    """What came of one job: a transcript and who made it, or the error."""

    transcript: Transcript | None
    tier: str = ""
    model: str = ""
    attempts: int = 1
    error: StarlingError | None = None


class UtteranceLog(Protocol):
    """Keeps utterances on disk until their text is delivered. Never raises: it reports through its own events."""

    def pending(self, samples: Samples) -> str:
        """Store the audio before inference; returns its id, empty when nothing could be stored."""
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


class RecognitionLine:
    """Transcribes jobs in order on its own thread.

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
        self._tasks: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._dropped: set[int] = set()
        self._stored: dict[int, str] = {}
        self._lock = threading.Lock()
        self.discarded_s = 0.0
        self._thread = threading.Thread(target=self._run, name="recognition", daemon=True)
        self._thread.start()

    def submit(self, job: int, samples: Samples) -> None:
        """Queue one job."""
        self._tasks.put(lambda: self._recognise(_Job(job, samples)))

    def discard(self, job: int) -> None:
        """Nobody waits for this job: skip it if it has not started, forget its audio."""
        with self._lock:
            self._dropped.add(job)
        self._tasks.put(lambda: self._forget(job))

    def delivered(self, job: int, *, answered: bool) -> None:
        """The text of this job reached the user; ``answered``: a reply may still be told with :meth:`replied`."""
        self._tasks.put(lambda: self._release(job, answered))

    def replied(self, job: int, reply: Reply | None) -> None:
        """The request of this job was answered, with this reply or with nothing to say."""
        self._tasks.put(lambda: self._answered(job, reply))

    def close(self, timeout_s: float = 5.0) -> None:
        """Finish what is queued, then end the thread."""
        self._tasks.put(None)
        self._thread.join(timeout_s)

    def _run(self) -> None:
        while (task := self._tasks.get()) is not None:
            task()

    def _is_dropped(self, job: int) -> bool:
        with self._lock:
            return job in self._dropped

    def _recognise(self, job: _Job) -> None:
        if self._is_dropped(job.number):
            return
        self._stored[job.number] = self._log.pending(job.samples)
        started = time.monotonic()
        try:
            recognised = self._transcribe(job.samples)
        except StarlingError as error:
            recognised = Recognised(None, error=error)
        except Exception as error:  # noqa: BLE001 - the line must go on, and the utterance must not wait for ever
            recognised = Recognised(None, error=internal_error(error))
        if self._is_dropped(job.number):
            self.discarded_s += time.monotonic() - started
            return
        self._on_result(job.number, recognised)
        self._log.finished(self._stored[job.number], recognised)

    def _forget(self, job: int) -> None:
        with self._lock:
            self._dropped.discard(job)
        utterance = self._stored.pop(job, "")
        if utterance:
            self._log.discarded(utterance)

    def _release(self, job: int, answered: bool) -> None:
        utterance = self._stored.get(job, "") if answered else self._stored.pop(job, "")
        if utterance:
            self._log.delivered(utterance)

    def _answered(self, job: int, reply: Reply | None) -> None:
        utterance = self._stored.pop(job, "")
        if utterance and reply is not None:
            self._log.replied(utterance, reply)
