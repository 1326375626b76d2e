"""What each language says for marks, line breaks and capitals: ``resources/dictation/<language>.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal

from starling import locate
from starling.dictation.text.tokens import folded

Join = Literal["left", "right", "both", "free"]
"""Which neighbour a mark stands at without a space."""
Deed = Literal[
    "write",
    "line",
    "paragraph",
    "bullet",
    "cap",
    "upper",
    "lower",
    "title_on",
    "upper_on",
    "lower_on",
    "case_off",
    "join",
    "join_on",
    "join_off",
    "undo",
    "stop",
    "pause",
    "resume",
]


@dataclass(frozen=True)
class Entry:
    """One thing that can be said.

    Attributes:
        deed: what it does.
        write: what is written.
        join: see :data:`Join`.
        doubtful: the words have another meaning too; see :mod:`starling.dictation.text.meant`.
        decimal: between two numbers in digits it is part of a number.
        closes: it closes what another opened: marks after it are the text's own.
        not_after: after one of these words it is meant as a word.
        not_before: before one of these words it is meant as a word.
        only_before: only before one of these words it is meant as a mark; empty for any.
    """

    deed: Deed = "write"
    write: str = ""
    join: Join = "left"
    doubtful: bool = False
    decimal: bool = False
    closes: bool = False
    not_after: frozenset[str] = frozenset()
    not_before: frozenset[str] = frozenset()
    only_before: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Language:
    """One language's table.

    Attributes:
        code: ISO 639-1.
        entries: by their first words; each with all its words, longest first.
        articles: a noun follows: after one of them nothing is meant as a mark.
        determiners: a noun may follow: after one of them nothing doubtful is meant as a mark.
        followers: words that follow a noun, not a sentence's end.
        small: words that are never names: a capital that only stood at a sentence's beginning may go.
        greetings: a line that begins so keeps its comma.
        units: a number before one of them is written in digits.
    """

    code: str
    entries: Mapping[str, tuple[tuple[tuple[str, ...], Entry], ...]] = field(default_factory=dict)
    articles: frozenset[str] = frozenset()
    determiners: frozenset[str] = frozenset()
    followers: frozenset[str] = frozenset()
    small: frozenset[str] = frozenset()
    greetings: frozenset[str] = frozenset()
    units: frozenset[str] = frozenset()


def known_languages() -> tuple[str, ...]:
    """The codes of the languages that have a table."""
    return tuple(sorted(path.stem for path in locate.shipped("resources", "dictation").glob("??.toml")))


def language_table(code: str) -> Language:
    """The table of ``en``, ``en-GB``, ``de_AT`` …; an empty one where there is none."""
    return _table(code.replace("_", "-").partition("-")[0].lower())


@lru_cache(maxsize=8)
def _table(code: str) -> Language:
    if code not in known_languages():
        return Language(code)
    text = locate.shipped("resources", "dictation", f"{code}.toml").read_text("utf-8")
    return parse(code, tomllib.loads(text))


def parse(code: str, data: Mapping[str, Any]) -> Language:
    """A table from its file's contents. Raises TypeError or KeyError where the file is wrong."""
    rows: dict[str, list[tuple[tuple[str, ...], Entry]]] = {}
    for row in data["say"]:
        fields = {name: value for name, value in row.items() if name != "words"}
        lists = {name: frozenset(map(folded, value)) for name, value in fields.items() if isinstance(value, list)}
        entry = Entry(**(fields | lists))
        for said in row["words"]:
            words = tuple(folded(said).split())
            rows.setdefault(words[0], []).append((words, entry))
    longest_first = {first: tuple(sorted(found, key=lambda row: -len(row[0]))) for first, found in rows.items()}
    names = ("articles", "determiners", "followers", "small", "greetings", "units")
    return Language(code, longest_first, *(frozenset(map(folded, data.get(name, ()))) for name in names))
