"""Is an utterance meant for Starling? Decided on its transcript, by sound."""

from __future__ import annotations

import re
from dataclasses import dataclass

from starling.speech.wake import sound

TOLERANCE = 0.095
"""Accepted distance per sound of the phrase. For "hey starling" that admits "hay sterling" and "a starling", and
refuses "hey starting", "hey darling" and "starling" alone; the tables in the tests measure it."""

_MORE_WORDS = 2
"""A recogniser may break the phrase into this many words more than it has."""

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")  # noqa: RUF001 (the apostrophe that recognisers write)
_HESITATION = re.compile(r"(?:um+|uh+|er+|erm|ah+|oh|hm+)", re.IGNORECASE)
_BETWEEN = " \t\n\r,.;:!?…-–—\"'“”‘’»«"  # noqa: RUF001 (what recognisers write after a name)


@dataclass(frozen=True)
class Addressed:
    """The utterance begins with the phrase; ``rest`` is what follows, spelled as it was, or ""."""

    rest: str


def address(text: str, phrase: str) -> Addressed | None:
    """Whether ``text`` begins with ``phrase``, by sound; None if it does not. A hesitation may precede it."""
    wanted = sound.key(phrase)
    words = list(_WORD.finditer(text))
    while words and _HESITATION.fullmatch(words[0].group()):
        del words[0]
    most = len(_WORD.findall(phrase)) + _MORE_WORDS
    ends = [word.end() for word in words[:most]]
    if not wanted or not ends:
        return None
    start = words[0].start()
    cost, end = min((sound.distance(sound.key(text[start:end]), wanted), end) for end in ends)
    return Addressed(text[end:].lstrip(_BETWEEN).rstrip()) if sounds_like(cost, wanted) else None


def sounds_like(cost: float, wanted: str) -> bool:
    """Whether a distance from the key ``wanted`` is small enough to be the same phrase."""
    return cost <= TOLERANCE * len(wanted)


def follow_up(now_s: float, last_reply_end_s: float, window_s: float) -> bool:
    """Whether an utterance that began at ``now_s`` needs no phrase, as a reply ended at most ``window_s`` before it.

    All in seconds of one clock; ``-inf`` if there was no reply. Before the reply's end it does need one.
    """
    return 0 <= now_s - last_reply_end_s <= window_s
