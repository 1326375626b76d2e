"""Texts as a search compares them: without case, Latin diacritics and other spellings of the same character."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

_MARKS = range(0x0300, 0x0370)
"""Combining marks of Latin, Greek and Cyrillic. Those of other scripts are letters or vowels and stay."""
_TERM = re.compile(r'"([^"]+)"?|(\S+)')


@lru_cache(maxsize=4096)
def _folded(character: str) -> str:
    if unicodedata.category(character) in ("Cc", "Cs"):  # no blank, and nothing that a database takes for an end
        return " "
    plain = unicodedata.normalize("NFKD", character.casefold())
    kept = "".join(part for part in plain if ord(part) not in _MARKS)
    return unicodedata.normalize("NFC", kept)


def fold(text: str) -> str:
    """The text as it is compared: ``Straße`` and ``STRASSE`` are the same, ``café`` and ``cafe`` too."""
    return "".join(map(_folded, text))


def terms(query: str) -> tuple[str, ...]:
    """What all has to be in a text: words, and phrases between quotation marks; folded, each once."""
    found = (fold(phrase or word).strip() for phrase, word in _TERM.findall(query))
    return tuple(dict.fromkeys(term for term in found if term.strip('"')))


def spans(text: str, wanted: Sequence[str]) -> tuple[tuple[int, int], ...]:
    """Where the terms stand in a text, as (begin, end) of its own characters, in order and not overlapping."""
    if not wanted:
        return ()
    folded, places = [], []
    for place, character in enumerate(text):
        part = _folded(character)
        folded.append(part)
        places += [place] * len(part)
    whole = "".join(folded)
    marked = sorted((begin, begin + len(term)) for term in wanted for begin in _all(whole, term))
    merged: list[tuple[int, int]] = []
    for begin, end in ((places[begin], places[end - 1] + 1) for begin, end in marked):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((begin, end))
    return tuple(merged)


def _all(text: str, term: str) -> list[int]:
    found, at = [], text.find(term)
    while at >= 0:
        found.append(at)
        at = text.find(term, at + len(term))
    return found
