"""The reply line: one thread that owns the assistant, speaks its answers and its timers."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from starling.core.errors import StarlingError, internal_error

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

    def speak(self, text: str) -> dict[str, Any]:
        """Speak the text to its end or to :meth:`stop`; returns an entry of ``replies[]``."""
        ...

    def stop(self) -> None:
        """Silence at once, from any thread."""
        ...


@dataclass(frozen=True)
class _Request:
    text: str


class ReplyLine:
    """Answers requests in order on its own thread.

    Args:
        answerer: the assistant.
        voice: speaks the answers.
        on_begin: called on the line's thread when a reply's text is known.
        on_end: called with the entry for ``replies[]`` when it was spoken or stopped.
        on_done: called after every request, spoken or not.
    """

    def __init__(
        self,
        answerer: Answerer,
        voice: Voice,
        on_begin: Callable[[str], None],
        on_end: Callable[[dict[str, Any]], None],
        on_done: Callable[[], None],
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

    def submit(self, request: str) -> None:
        """Answer this request after those before it."""
        with self._lock:
            self._unfinished += 1
        self._inbox.put(_Request(request))

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
        try:
            if text := self._answerer.answer(request.text):
                self._say(text)
        except StarlingError as error:
            self._on_end({"text": "", "error": error.to_json()})
        except Exception as error:  # noqa: BLE001 - one failed reply must not end all others
            self._on_end({"text": "", "error": internal_error(error).to_json()})
        finally:
            with self._lock:
                self._unfinished -= 1
            self._on_done()

    def _say(self, text: str) -> None:
        self._on_begin(text)
        self._on_end(self._voice.speak(text))
