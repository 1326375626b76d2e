"""The reply line: one thread that owns the assistant, speaks its answers and its timers, and plays turns again."""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

from starling.core.errors import StarlingError, internal_error
from starling.core.results import Samples
from starling.pipeline.events import Reply
from starling.pipeline.growing import Growing, Told

MAX_WAIT_S = 60.0
"""Longest sleep between looks at the timers: a changed wall clock is noticed within it."""
ANNOUNCEMENT = 0
"""The job of what nobody asked for: a timer."""


Unwanted = Callable[[], bool]
"""Whether a stop has come since something was asked for."""


class Answerer(Protocol):
    """The assistant, as the line sees it. Called from the line's thread only."""

    def answer(self, request: str) -> str | Told:
        """The reply's text, empty when there is nothing to say; or one that streams."""
        ...

    def confirm(self, yes: bool) -> str | Told:
        """The user's word on what they were asked, given by hand; the reply as in :meth:`answer`."""
        ...

    def due(self) -> list[str]:
        """Announcements of timers that are due now."""
        ...

    def seconds_to_next(self) -> float | None:
        """Seconds until the next announcement, None if there is none."""
        ...


class Voice(Protocol):
    """Speaks."""

    def speak(self, text: str | Iterable[str], unwanted: Unwanted) -> Reply:
        """Speak the text, or pieces as they come, to the end or to :meth:`stop`; what goes wrong is in the reply.

        ``unwanted`` is asked once a stop would be heeded: one that came before says so.
        """
        ...

    def play(self, samples: Samples, unwanted: Unwanted) -> Reply:
        """Play (n,) float32 at 16 kHz likewise."""
        ...

    def stop(self) -> None:
        """Silence at once, from any thread."""
        ...


class Audience(Protocol):
    """Who is told; on the line's thread, that which reads a streamed reply, or that of :meth:`ReplyLine.stop`."""

    def reply_began(self, text: str, job: int) -> None:
        """A reply's text is known, or begins to be."""
        ...

    def reply_grew(self, text: str, job: int) -> None:
        """More of it is known."""
        ...

    def confirm_asked(self, question: str, job: int) -> None:
        """The user is asked whether something may be changed."""
        ...

    def reply_ended(self, reply: Reply, job: int) -> None:
        """It was spoken or stopped."""
        ...

    def answered(self, job: int, reply: Reply | None) -> None:
        """Once for every request, with its reply if there was something to say."""
        ...

    def replay_began(self, turn: str, text: str, of_reply: bool) -> None:
        """A turn is played again; ``text`` is what it says; ``of_reply``: what was answered, not what was asked."""
        ...

    def replay_ended(self, turn: str, error: dict[str, str] | None, of_reply: bool) -> None:
        """It has ended."""
        ...


@dataclass(frozen=True)
class _Request:
    text: str
    job: int
    stops: int
    word: bool | None = None
    """The user's word on a question, in the place of a text."""


@dataclass(frozen=True)
class _Do:
    action: Callable[[], None]


@dataclass(frozen=True)
class _Replay:
    turn: str
    text: str
    stops: int
    samples: Samples | None = None
    perform: Callable[[Unwanted], Reply] | None = None
    dropped: Callable[[], None] | None = None


class ReplyLine:
    """Answers requests in order on its own thread."""

    def __init__(self, answerer: Answerer, voice: Voice, audience: Audience) -> None:
        self._answerer = answerer
        self._voice = voice
        self._audience = audience
        self._inbox: queue.Queue[_Request | _Replay | _Do | None] = queue.Queue()
        self._stops = 0
        self._growing: Growing | None = None
        self._thread = threading.Thread(target=self._run, name="replies", daemon=True)
        self._thread.start()

    def submit(self, request: str, job: int) -> None:
        """Answer this request, heard or typed under this job number, after those before it."""
        self._inbox.put(_Request(request, job, self._stops))

    def confirm(self, yes: bool, job: int) -> None:
        """Take the user's word on what they were asked, and answer it under this job number."""
        self._inbox.put(_Request("", job, self._stops, yes))

    def do(self, action: Callable[[], None]) -> None:
        """Do something with the assistant, on its thread and in its turn."""
        self._inbox.put(_Do(action))

    def replay(self, turn: str, text: str, samples: Samples | None = None) -> None:
        """Play a turn's recording, (n,) float32 at 16 kHz that says ``text``; without one, speak the text."""
        self._inbox.put(_Replay(turn, text, self._stops, samples))

    def perform(self, text: str, perform: Callable[[Unwanted], Reply], dropped: Callable[[], None]) -> None:
        """Have something spoken in its turn by ``perform``, on the line's thread, that says ``text``.

        Like a replay: what is heard meanwhile is told from it. ``dropped`` is called instead when a stop comes before.
        """
        self._inbox.put(_Replay("", text, self._stops, perform=perform, dropped=dropped))

    def stop(self) -> None:
        """Stop speaking, also what is about to begin, and drop what waits to be answered. From one thread."""
        self._stops += 1
        closing = False
        kept: list[_Do] = []
        with contextlib.suppress(queue.Empty):
            while True:
                item = self._inbox.get_nowait()
                closing |= item is None
                if isinstance(item, _Request):
                    self._audience.answered(item.job, None)
                elif isinstance(item, _Replay) and item.dropped is not None:
                    item.dropped()
                elif isinstance(item, _Do):
                    kept.append(item)
        for item in (*kept, *([None] if closing else [])):
            self._inbox.put(item)
        if (growing := self._growing) is not None:
            growing.cancel()
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
            match item:
                case _Replay():
                    self._play_again(item)
                case _Do(action=action):
                    action()
                case _Request(text=text, job=job, stops=stops, word=word):
                    answer = (
                        partial(self._answerer.answer, text) if word is None else partial(self._answerer.confirm, word)
                    )
                    self._audience.answered(job, self._guarded(answer, job, stops))

    def _announce(self) -> None:
        for announcement in self._answerer.due():
            self._guarded(partial(str, announcement), ANNOUNCEMENT, self._stops)

    def _stopped_since(self, stops: int) -> Unwanted:
        return lambda: stops != self._stops

    def _guarded(self, make: Callable[[], str | Told], job: int, stops: int) -> Reply | None:
        """Say what ``make`` returns. One failed reply must not end all others."""
        failure = None
        try:
            text = make()
            if stops != self._stops and not isinstance(text, str):
                text.cancel()
                text.ended("")  # what it did before is remembered, though nothing of it was heard
                return None
            if not text or stops != self._stops:
                return None
            if isinstance(text, str):
                self._audience.reply_began(text, job)
                reply = self._voice.speak(text, self._stopped_since(stops))
            else:
                reply, failure = self._tell(text, job, stops)
        except StarlingError as error:
            reply = Reply("", error=error.to_json())
        except Exception as error:  # noqa: BLE001 - see above
            reply = Reply("", error=internal_error(error).to_json())
        self._audience.reply_ended(reply, job)
        if failure is not None and stops == self._stops:
            self._play_again(_Replay("", failure.message, stops))  # who does not look at the window hears why it ended
        return reply

    def _tell(self, told: Told, job: int, stops: int) -> tuple[Reply, StarlingError | None]:
        """Say a reply that streams; why it ended too early, if it did."""
        growing = self._growing = Growing(told, self._audience, job)
        try:
            if stops != self._stops:
                growing.cancel()
            reply = self._voice.speak(growing, self._stopped_since(stops))
        finally:
            self._growing = None
            growing.close()
        cut = growing.cancelled or reply.stopped
        told.ended((reply.said or "") if cut else None)
        failure = None if cut else growing.failure
        error = reply.error or (failure.to_json() if failure else None)
        return replace(reply, text=growing.text or reply.text, stopped=cut, error=error), failure

    def _play_again(self, item: _Replay) -> None:
        of_reply = item.samples is None
        self._audience.replay_began(item.turn, item.text, of_reply)
        try:
            error = self._heard_again(item).error
        except StarlingError as failure:
            error = failure.to_json()
        except Exception as failure:  # noqa: BLE001 - see above
            error = internal_error(failure).to_json()
        self._audience.replay_ended(item.turn, error, of_reply)

    def _heard_again(self, item: _Replay) -> Reply:
        unwanted = self._stopped_since(item.stops)
        if item.perform is not None:
            return item.perform(unwanted)
        if item.samples is None:
            return self._voice.speak(item.text, unwanted)
        return self._voice.play(item.samples, unwanted)
