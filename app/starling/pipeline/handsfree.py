"""A dictation without hands: phrases begin it, end it, hold it and go on with it, and are not written down. Pure.

A phrase counts by sound, as the wake phrase does, and where it is said: alone, after the wake phrase, or, in a
dictation, at the end of what is dictated. In the middle of a sentence it is text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from starling.speech.wake import sound
from starling.speech.wake.phrase import sounds_like

Command = Literal["", "start", "stop", "pause", "resume"]

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")  # noqa: RUF001 (the apostrophe that recognisers write)
_MORE_WORDS = 2
"""A recogniser may break a phrase into this many words more than it has."""
_PART_OF_SENTENCE = frozenset(("a", "the", "to", "not", "dont", "never", "cant", "cannot", "wont", "will", "would"))
"""Words after which a phrase at the end is part of the sentence: "how to stop dictation"."""
_LOOSE = " \t\n\r,;:-–—"  # noqa: RUF001 (what recognisers write before a phrase)


@dataclass(frozen=True)
class Phrases:
    """What is said; an empty one is never heard."""

    start: str = "start dictation"
    stop: str = "stop dictation"
    pause: str = "pause dictation"
    resume: str = "resume dictation"


@dataclass(frozen=True)
class Said:
    """What an utterance comes to.

    Attributes:
        text: without the phrase; empty where there was nothing else.
        command: the phrase that was heard.
        ignored: said while the dictation is held: nobody writes it down.
    """

    text: str
    command: Command = ""
    ignored: bool = False


class HandsFree:
    """Knows whether a dictation is held.

    Args:
        phrases: may be replaced.
        address: strips the wake phrase from the start of a text; None if it is not there.
    """

    def __init__(self, phrases: Phrases, address: Callable[[str], str | None] = lambda text: None) -> None:
        self.phrases = phrases
        self.address = address
        self.paused = False

    def hear(self, text: str, *, dictating: bool, held: bool = False) -> Said:
        """Take one utterance.

        Args:
            text: the transcript.
            dictating: the mode is dictation.
            held: the talk key was down: that is written also while the dictation is held.
        """
        command, rest = self._found(text, dictating)
        if not dictating:
            return Said(rest, "start") if command == "start" and not rest else Said(text)
        ignored = self.paused and not held
        if command in ("stop", "start"):
            self.paused = False
        elif command in ("pause", "resume"):
            self.paused = command == "pause"
        return Said("" if ignored else rest, command, ignored and not command)

    def reset(self) -> None:
        """Another mode: nothing is held."""
        self.paused = False

    def _found(self, text: str, dictating: bool) -> tuple[Command, str]:
        """The phrase with which the text ends, and what stands before it."""
        words = list(_WORD.finditer(text))
        best: tuple[float, Command, int] | None = None
        for command, phrase in self._wanted(dictating):
            key, length = sound.key(phrase), len(_WORD.findall(phrase))
            if not key:
                continue
            for first in range(max(0, len(words) - length - _MORE_WORDS), len(words)):
                cost = sound.distance(sound.key(text[words[first].start() :]), key)
                if sounds_like(cost, key) and (best is None or cost / len(key) < best[0]):
                    best = (cost / len(key), command, first)
        if best is None:
            return "", text
        _, command, first = best
        before = text[: words[first].start()].rstrip(_LOOSE)
        if self.address(before) == "" or not _WORD.search(before):
            return command, ""
        if not dictating or _bare(words[first - 1].group()) in _PART_OF_SENTENCE:
            return "", text
        return command, before

    def _wanted(self, dictating: bool) -> list[tuple[Command, str]]:
        if not dictating:
            return [("start", self.phrases.start)]
        named: list[tuple[Command, str]] = [("stop", self.phrases.stop), ("start", self.phrases.start)]
        return [*named, ("pause", self.phrases.pause), ("resume", self.phrases.resume)]


def _bare(word: str) -> str:
    return re.sub(r"['’]", "", word.casefold())  # noqa: RUF001
