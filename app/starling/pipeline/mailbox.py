"""How every other thread reaches the coordinator: one queue of messages."""

from __future__ import annotations

import queue
from collections.abc import Callable
from dataclasses import dataclass

from starling.assistant.llm.dialogue import Outcome as Outcome
from starling.core.errors import StarlingError
from starling.core.results import Samples
from starling.pipeline import events
from starling.pipeline.recognition import Recognised


@dataclass(frozen=True)
class Block:
    """Sound arrived at ``arrived_s``; None samples: the stream has ended, with ``error`` if it failed."""

    samples: Samples | None
    arrived_s: float
    error: StarlingError | None = None


@dataclass(frozen=True)
class Result:
    """The recogniser is done with a job."""

    job: int
    recognised: Recognised


@dataclass(frozen=True)
class PartialText:
    """What a growing segment says so far; empty when it could not be decoded."""

    segment: int
    text: str
    audio_s: float
    took_s: float | None


@dataclass(frozen=True)
class ReplyBegan:
    """A reply's text is known. ``job`` is 0 for an announcement."""

    text: str
    job: int


@dataclass(frozen=True)
class ReplyGrew:
    """A reply that streams has more text; ``text`` is all of it."""

    text: str
    job: int


@dataclass(frozen=True)
class ConfirmAsked:
    """The user is asked whether something may be changed."""

    question: str
    job: int


@dataclass(frozen=True)
class ConfirmEnded:
    """They have answered, or not."""

    outcome: Outcome


@dataclass(frozen=True)
class ReplyEnded:
    """It was spoken, stopped or failed."""

    reply: events.Reply
    job: int


@dataclass(frozen=True)
class Answered:
    """The request of a job is finished, with or without a reply."""

    job: int
    reply: events.Reply | None


@dataclass(frozen=True)
class ReplayBegan:
    """The recording or the reply of a turn begins to sound; ``text`` is what it says."""

    turn: str
    text: str
    of_reply: bool


@dataclass(frozen=True)
class ReplayEnded:
    """It has ended."""

    turn: str
    error: dict[str, str] | None
    of_reply: bool


@dataclass(frozen=True)
class Do:
    """Something to be done on the coordinator's thread."""

    action: Callable[[], None]


@dataclass(frozen=True)
class Stop:
    """Finish what was said, then end."""


Message = (
    Block
    | Result
    | PartialText
    | ReplyBegan
    | ReplyGrew
    | ReplyEnded
    | ConfirmAsked
    | ConfirmEnded
    | Answered
    | ReplayBegan
    | ReplayEnded
    | Do
    | Stop
)


class Mailbox:
    """Made first, handed to the lines; implements :class:`starling.pipeline.replies.Audience`."""

    def __init__(self) -> None:
        self.queue: queue.SimpleQueue[Message] = queue.SimpleQueue()

    def result(self, job: int, recognised: Recognised) -> None:
        """From the recognition line."""
        self.queue.put(Result(job, recognised))

    def partial(self, segment: int, text: str, audio_s: float, took_s: float | None) -> None:
        """From the partial line."""
        self.queue.put(PartialText(segment, text, audio_s, took_s))

    def reply_began(self, text: str, job: int) -> None:
        """From the reply line."""
        self.queue.put(ReplyBegan(text, job))

    def reply_grew(self, text: str, job: int) -> None:
        """From the thread that reads a streamed reply."""
        self.queue.put(ReplyGrew(text, job))

    def confirm_asked(self, question: str, job: int) -> None:
        """From the thread that reads a streamed reply."""
        self.queue.put(ConfirmAsked(question, job))

    def confirm_ended(self, outcome: Outcome) -> None:
        """From the reply line."""
        self.queue.put(ConfirmEnded(outcome))

    def reply_ended(self, reply: events.Reply, job: int) -> None:
        """From the reply line."""
        self.queue.put(ReplyEnded(reply, job))

    def answered(self, job: int, reply: events.Reply | None) -> None:
        """From the reply line."""
        self.queue.put(Answered(job, reply))

    def replay_began(self, turn: str, text: str, of_reply: bool) -> None:
        """From the reply line."""
        self.queue.put(ReplayBegan(turn, text, of_reply))

    def replay_ended(self, turn: str, error: dict[str, str] | None, of_reply: bool) -> None:
        """From the reply line."""
        self.queue.put(ReplayEnded(turn, error, of_reply))

    def do(self, action: Callable[[], None]) -> None:
        """From anyone: run ``action`` on the coordinator's thread, in order."""
        self.queue.put(Do(action))

    def stop(self) -> None:
        """From anyone, also a signal handler."""
        self.queue.put(Stop())
