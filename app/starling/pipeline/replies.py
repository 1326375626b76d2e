"""The reply line: one thread that owns the assistant, speaks its answers and its timers, and plays turns again."""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from starling.core.errors import StarlingError, internal_error
from starling.core.results import Samples
from starling.pipeline.events import Reply

MAX_WAIT_S = 60.0
"""Longest sleep between looks at the timers: a changed wall clock is noticed within it."""
ANNOUNCEMENT = 0
"""The job of what nobody asked for: a timer."""


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

    def play(self, samples: Samples) -> Reply:
        """Play (n,) float32 at 16 kHz likewise."""
        ...

    def stop(self) -> None:
        """Silence at once, from any thread."""
        ...


class Audience(Protocol):
    """Who is told; called on the line's thread, but for requests that :meth:`ReplyLine.stop` drops."""

    def reply_began(self, text: str, job: int) -> None:
        """A reply's text is known."""
        ...

    def reply_ended(self, reply: Reply, job: int) -> None:
        """It was spoken or stopped."""
        ...

    def answered(self, job: int, reply: Reply | None) -> None:
        """Once for every request, with its reply if there was something to say."""
        ...

    def replay_began(self, turn: str, text: str) -> None:
        """A turn is played again; ``text`` is what it says."""
        ...

    def replay_ended(self, turn: str, error: dict[str, str] | None) -> None:
        """It has ended."""
        ...


@dataclass(frozen=True)
class _Request:
    text: str
    job: int


@dataclass(frozen=True)
class _Replay:
    turn: str
    text: str
    samples: Samples | None = None
    perform: Callable[[], Reply] | None = None
    dropped: Callable[[], None] | None = None


class ReplyLine:
    """Answers requests in order on its own thread."""

    def __init__(self, answerer: Answerer, voice: Voice, audience: Audience) -> None:
        self._answerer = answerer
        self._voice = voice
        self._audience = audience
        self._inbox: queue.Queue[_Request | _Replay | None] = queue.Queue()
        self._stops = 0
        self._thread = threading.Thread(target=self._run, name="replies", daemon=True)
        self._thread.start()

    def submit(self, request: str, job: int) -> None:
        """Answer this request, heard or typed under this job number, after those before it."""
        self._inbox.put(_Request(request, job))

    def replay(self, turn: str, text: str, samples: Samples | None = None) -> None:
        """Play a turn's recording, (n,) float32 at 16 kHz that says ``text``; without one, speak the text."""
        self._inbox.put(_Replay(turn, text, samples))

    def perform(self, text: str, perform: Callable[[], Reply], dropped: Callable[[], None]) -> None:
        """Have something spoken in its turn by ``perform``, on the line's thread, that says ``text``.

        Like a replay: what is heard meanwhile is told from it. ``dropped`` is called instead when a stop comes before.
        """
        self._inbox.put(_Replay("", text, perform=perform, dropped=dropped))

    def stop(self) -> None:
        """Stop speaking, also what is about to begin, and drop what waits to be answered. From one thread."""
        self._stops += 1
        closing = False
        with contextlib.suppress(queue.Empty):
            while True:
                item = self._inbox.get_nowait()
                closing |= item is None
                if isinstance(item, _Request):
                    self._audience.answered(item.job, None)
                elif isinstance(item, _Replay) and item.dropped is not None:
                    item.dropped()
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
                item = self._inbox.get(timeout=MAX_WAIT_S if wait_s is None else min(max(wait_s, 0.01), MAX_WAIT_S))
            except queue.Empty:
                continue
            if item is None:
                return
            if isinstance(item, _Replay):
                self._play_again(item)
            else:
                reply = self._guarded(partial(self._answerer.answer, item.text), item.job)
                self._audience.answered(item.job, reply)

    def _announce(self) -> None:
        for announcement in self._answerer.due():
            self._guarded(partial(str, announcement), ANNOUNCEMENT)

    def _guarded(self, make: Callable[[], str], job: int) -> Reply | None:
        """Say what ``make`` returns. One failed reply must not end all others."""
        stops = self._stops
        try:
            text = make()
            if not text or stops != self._stops:
                return None
            self._audience.reply_began(text, job)
            reply = self._voice.speak(text)
        except StarlingError as error:
            reply = Reply("", error=error.to_json())
        except Exception as error:  # noqa: BLE001 - see above
            reply = Reply("", error=internal_error(error).to_json())
        self._audience.reply_ended(reply, job)
        return reply

    def _play_again(self, item: _Replay) -> None:
        self._audience.replay_began(item.turn, item.text)
        try:
            error = self._heard_again(item).error
        except StarlingError as failure:
            error = failure.to_json()
        except Exception as failure:  # noqa: BLE001 - see above
            error = internal_error(failure).to_json()
        self._audience.replay_ended(item.turn, error)

    def _heard_again(self, item: _Replay) -> Reply:
        if item.perform is not None:
            return item.perform()
        return self._voice.speak(item.text) if item.samples is None else self._voice.play(item.samples)
