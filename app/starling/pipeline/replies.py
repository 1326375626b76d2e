"""The reply line: one thread that owns the assistant, speaks its answers and its timers."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from starling.core.errors import StarlingError, internal_error
from starling.pipeline.events import Reply

MAX_WAIT_S = 60.0
"""Longest sleep between looks at the timers: a changed wall clock is noticed within it."""


class Answerer(Protocol):
    """The assistant, as the line sees it. Called from the line's thread only."""

    def answer(self, request: str) -> str:
        """The reply's text; empty when there is nothing to say."""
        ...

    def due(self) -> list[str]:
        """Announcements of timers that are due now."""
        ...

    def seconds_to_next(self) -> float | None:
        """Seconds until the next announcement, None if there is none."""
        ...


class Voice(Protocol):
    """Speaks."""

    def speak(self, text: str) -> Reply:
        """Speak the text to its end or to :meth:`stop`; what goes wrong is in the reply."""
        ...

    def stop(self) -> None:
        """Silence at once, from any thread."""
        ...


@dataclass(frozen=True)
class _Request:
    text: str
    job: int


class ReplyLine:
    """Answers requests in order on its own thread.

    Args:
        answerer: the assistant.
        voice: speaks the answers.
        on_begin: called on the line's thread when a reply's text is known.
        on_end: called when a reply was spoken or stopped.
        on_done: called with the job after every request, with its reply if there was something to say.
    """

    def __init__(
        self,
        answerer: Answerer,
        voice: Voice,
        on_begin: Callable[[str], None],
        on_end: Callable[[Reply], None],
        on_done: Callable[[int, Reply | None], None],
    ) -> None:
        self._answerer = answerer
        self._voice = voice
        self._on_begin = on_begin
        self._on_end = on_end
        self._on_done = on_done
        self._inbox: queue.Queue[_Request | None] = queue.Queue()
        self._unfinished = 0
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="replies", daemon=True)
        self._thread.start()

    @property
    def busy(self) -> bool:
        """Whether a request is waiting or being answered."""
        with self._lock:
            return self._unfinished > 0

    def submit(self, request: str, job: int) -> None:
        """Answer this request, heard under this job number, after those before it."""
        with self._lock:
            self._unfinished += 1
        self._inbox.put(_Request(request, job))

    def stop(self) -> None:
        """Stop speaking and drop what waits to be answered."""
        dropped = 0
        while True:
            try:
                item = self._inbox.get_nowait()
            except queue.Empty:
                break
            if item is None:
                self._inbox.put(None)
                break
            dropped += 1
        with self._lock:
            self._unfinished -= dropped
        self._voice.stop()

    def close(self, timeout_s: float = 3.0) -> None:
        """Stop and end the thread."""
        self._inbox.put(None)
        self.stop()
        self._thread.join(timeout_s)

    def _run(self) -> None:
        while True:
            for announcement in self._answerer.due():
                self._say(announcement)
            wait_s = self._answerer.seconds_to_next()
            try:
                request = self._inbox.get(timeout=MAX_WAIT_S if wait_s is None else min(max(wait_s, 0.01), MAX_WAIT_S))
            except queue.Empty:
                continue
            if request is None:
                return
            self._answer(request)

    def _answer(self, request: _Request) -> None:
        reply: Reply | None = None
        try:
            if text := self._answerer.answer(request.text):
                reply = self._say(text)
        except StarlingError as error:
            reply = self._failed(error)
        except Exception as error:  # noqa: BLE001 - one failed reply must not end all others
            reply = self._failed(internal_error(error))
        finally:
            with self._lock:
                self._unfinished -= 1
            self._on_done(request.job, reply)

    def _say(self, text: str) -> Reply:
        self._on_begin(text)
        reply = self._voice.speak(text)
        self._on_end(reply)
        return reply

    def _failed(self, error: StarlingError) -> Reply:
        reply = Reply("", error=error.to_json())
        self._on_end(reply)
        return reply
