"""The words the skills, the conversation and the pipeline share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Protocol

from starling.core.text import core_of


class Action(Enum):
    """What the pipeline does besides speaking."""

    STOP = "stop"
    """Stop speaking; there is nothing to say."""


@dataclass(frozen=True)
class Utterance:
    """What was said.

    Attributes:
        raw: the transcript as the recogniser wrote it.
        text: the same, normalised and without fillers; what skills match.
    """

    raw: str
    text: str

    @classmethod
    def of(cls, transcript: str) -> Utterance:
        """Normalise a transcript."""
        return cls(transcript.strip(), core_of(transcript))

    @property
    def words(self) -> list[str]:
        """The normalised words."""
        return self.text.split()


@dataclass(frozen=True)
class Answer:
    """One reply.

    Attributes:
        text: for the screen and for the voice; empty when nothing is to be said.
        skill: which skill answered: ``time``, ``timers`` ... or ``none``.
        action: what to do besides speaking.
        follow_up: tried first on the next utterance; returns None if that was no answer to the question asked.
    """

    text: str
    skill: str
    action: Action | None = None
    follow_up: Callable[[Utterance, datetime], Answer | None] | None = field(default=None, compare=False, repr=False)

    @property
    def asks(self) -> bool:
        """True if the text is a question that waits for an answer."""
        return self.follow_up is not None


@dataclass(frozen=True)
class Announcement:
    """Something to be said unasked: a timer or alarm that came due."""

    text: str
    skill: str = "timers"


class Skill(Protocol):
    """One thing the assistant can do. The whole utterance must fit its grammar: a lone keyword never does."""

    def match(self, said: Utterance, now: datetime) -> Callable[[], Answer] | None:
        """How to answer, or None if this skill does not take the utterance. Matching itself changes nothing."""
        ...
