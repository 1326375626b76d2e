"""Whether a wake phrase is a good one. No Qt; the sounds are those by which utterances are compared with it."""

from __future__ import annotations

import re
from enum import Enum

LEAST_SYLLABLES = 2
GOOD_SYLLABLES = 4
"""Phrases of four syllables and more are told from other speech."""
MOST_WORDS = 6
"""Longer phrases are seldom said the same way twice."""

_VOWELS = re.compile(r"[aeiou]+")


class Advice(Enum):
    """What is said about a phrase; ``EMPTY``, ``SHORT`` and ``LONG`` are not taken."""

    EMPTY = "empty"
    SHORT = "short"
    LONG = "long"
    FAIR = "fair"
    GOOD = "good"

    @property
    def usable(self) -> bool:
        """Whether the phrase can be used."""
        return self in (Advice.FAIR, Advice.GOOD)


def syllables(phrase: str) -> int:
    """About how many syllables the phrase has: its groups of vowels, by sound."""
    from starling.speech.wake import sound  # compiles its rules; not needed before a phrase is looked at

    return sum(max(1, len(_VOWELS.findall(key))) for word in phrase.split() if (key := sound.key(word)))


def advise(phrase: str) -> Advice:
    """Judge a phrase."""
    count = syllables(phrase)
    if not count:
        return Advice.EMPTY
    if len(phrase.split()) > MOST_WORDS:
        return Advice.LONG
    if count < LEAST_SYLLABLES:
        return Advice.SHORT
    return Advice.GOOD if count >= GOOD_SYLLABLES else Advice.FAIR


def begins_with(text: str, phrase: str) -> bool:
    """Whether an utterance addresses Starling by this phrase, judged as the assistant judges it."""
    from starling.speech.wake.phrase import address

    return address(text, phrase) is not None
