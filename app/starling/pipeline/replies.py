"""The reply line: one thread that owns the assistant, speaks its answers and its timers."""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
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
        on_done: called once with the job of every request, with its reply if there was something to say.
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
        self._stops = 0
        self._thread = threading.Thread(target=self._run, name="replies", daemon=True)
        self._thread.start()

    def submit(self, request: str, job: int) -> None:
        """Answer this request, heard under this job number, after those before it."""
        self._inbox.put(_Request(request, job))

    def stop(self) -> None:
        """Stop speaking, also what is about to begin, and drop what waits to be answered. From one thread."""
        self._stops += 1
        closing = False
        with contextlib.suppress(queue.Empty):
            while True:
                request = self._inbox.get_nowait()
                closing |= request is None
                if request is not None:
                    self._on_done(request.job, None)
        if closing:
            self._inbox.put(None)
        self._voice.stop()

    def close(self, timeout_s: float = 3.0) -> None:
        """Stop and end the thread."""
        self._inbox.put(None)
        self.stop()
        self._thread.join(timeout_s)

    def _run(self) -> None:
        while True:
            self._announce()
            wait_s = self._answerer.seconds_to_next()
            try:
                request = self._inbox.get(timeout=MAX_WAIT_S if wait_s is None else min(max(wait_s, 0.01), MAX_WAIT_S))
            except queue.Empty:
                continue
            if request is None:
                return
            self._on_done(request.job, self._guarded(partial(self._answerer.answer, request.text)))

    def _announce(self) -> None:
        for announcement in self._answerer.due():
            self._guarded(partial(str, announcement))

    def _guarded(self, make: Callable[[], str]) -> Reply | None:
        """Say what ``make`` returns. One failed reply must not end all others."""
        stops = self._stops
        try:
            text = make()
            if not text or stops != self._stops:
                return None
            self._on_begin(text)
            reply = self._voice.speak(text)
        except StarlingError as error:
            reply = Reply("", error=error.to_json())
        except Exception as error:  # noqa: BLE001 - see above
            reply = Reply("", error=internal_error(error).to_json())
        self._on_end(reply)
        return reply
