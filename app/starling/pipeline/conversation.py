"""What to do with an utterance: pure decisions, one table of cases as their test."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Literal

AnswerPolicy = Literal["addressed", "everything", "nothing"]

ECHO_OVERLAP = 0.6
"""Share of an utterance's words that stand, in order, in the reply being spoken: at or above it is our own echo."""
ECHO_MIN_WORDS = 2
"""One shared word is no evidence of an echo: people answer with a word of the question."""


class Verdict(Enum):
    """What happens to an utterance's text."""

    EMPTY = "empty"
    """Nothing was said, or a filter dropped it."""
    STOP = "stop"
    """The stop phrase, while speaking."""
    ECHO = "echo"
    """Starling heard itself."""
    NOT_ADDRESSED = "not_addressed"
    """Shown, not answered."""
    COMMAND = "command"
    """A phrase that steers a dictation, and nothing else."""
    PAUSED = "paused"
    """Said while a dictation is held: nobody writes it down."""
    ANSWER = "answer"
    """Answered; after the current reply if there is one."""


@dataclass(frozen=True)
class Judgement:
    """The verdict, and the request without its wake phrase."""

    verdict: Verdict
    request: str = ""


@dataclass(frozen=True)
class Rules:
    """How utterances are judged.

    Attributes:
        policy: who is answered.
        address: strips the wake phrase from the start of a text; None if it is not there.
        is_stop: whether a text is a stop phrase, given the reply being spoken.
    """

    policy: AnswerPolicy
    address: Callable[[str], str | None]
    is_stop: Callable[[str, str], bool]

    def request(self, text: str) -> str:
        """A text that is surely meant for Starling, without the wake phrase."""
        rest = self.address(text)
        return text if rest is None else rest

    def judge(self, text: str, *, speaking: str, in_follow_up: bool, held: bool = False) -> Judgement:
        """Decide on one utterance.

        Args:
            text: the transcript.
            speaking: the replies that could be heard while the utterance was recorded; empty if none.
            in_follow_up: whether the utterance began within the follow-up time after the last reply's end.
            held: the talk key was down: it is meant for Starling, who was silenced by the key.
        """
        if not text.strip():
            return Judgement(Verdict.EMPTY)
        if held and self.policy != "nothing":
            return Judgement(Verdict.ANSWER, self.request(text))
        if speaking and self.is_stop(text, speaking):
            return Judgement(Verdict.STOP)
        if speaking and is_echo(text, speaking):
            return Judgement(Verdict.ECHO)
        rest = self.address(text)
        if self.policy == "nothing":
            return Judgement(Verdict.NOT_ADDRESSED)
        if rest is not None:
            return Judgement(Verdict.ANSWER, rest)
        if self.policy == "everything" or in_follow_up:
            return Judgement(Verdict.ANSWER, text)
        return Judgement(Verdict.NOT_ADDRESSED)


def is_echo(text: str, speaking: str) -> bool:
    """Whether the words of ``text`` stand, in order, in the reply being spoken."""
    heard, spoken = _words(text), _words(speaking)
    if len(heard) < ECHO_MIN_WORDS:
        return False
    return _common_in_order(heard, spoken) >= ECHO_OVERLAP * len(heard)


def _words(text: str) -> list[str]:
    return re.findall(r"[\w']+", text.lower())


def _common_in_order(left: list[str], right: list[str]) -> int:
    """Length of the longest common subsequence."""
    row = [0] * (len(right) + 1)
    for word in left:
        diagonal = 0
        for column, other in enumerate(right, 1):
            diagonal, row[column] = (
                row[column],
                diagonal + 1 if word == other else max(row[column], row[column - 1]),
            )
    return row[-1]
