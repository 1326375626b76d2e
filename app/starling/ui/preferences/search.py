"""Finding settings by words. Pure: no Qt; ``tests/ui/preferences/test_search.py`` has the table."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """One setting as it can be found: what is read on the screen, and ``words`` that are not."""

    key: str
    title: str
    description: str
    words: tuple[str, ...] = ()


def find(query: str, entries: Iterable[Entry]) -> list[str]:
    """The keys of the entries in which every word of the query stands; all of them for an empty query."""
    wanted = fold(query).split()
    return [entry.key for entry in entries if _has_all(entry, wanted)]


def _has_all(entry: Entry, wanted: Sequence[str]) -> bool:
    text = "\n".join(fold(part) for part in (entry.title, entry.description, entry.key, *entry.words))
    return all(word in text for word in wanted)


def fold(text: str) -> str:
    """Text without case and accents: what people type is found however it is written."""
    return "".join(map(_folded, text))


def spans(text: str, query: str) -> list[tuple[int, int]]:
    """Where words of the query stand in ``text``: (start, end) in order, none touching another."""
    origin = [index for index, char in enumerate(text) for _ in _folded(char)]
    folded = fold(text)
    marked = {origin[at] for word in fold(query).split() for at in _places(folded, word)}
    return _runs(sorted(marked))


def _folded(char: str) -> str:
    plain = unicodedata.normalize("NFKD", char.casefold())
    return "".join(part for part in plain if not unicodedata.combining(part))


def _places(text: str, word: str) -> Iterable[int]:
    start = text.find(word)
    while start >= 0:
        yield from range(start, start + len(word))
        start = text.find(word, start + 1)


def _runs(indices: Sequence[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for index in indices:
        if runs and runs[-1][1] == index:
            runs[-1] = (runs[-1][0], index + 1)
        else:
            runs.append((index, index + 1))
    return runs
