"""Entries that do nothing, or get in each other's way, with the reason. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from starling.dictation.text import blocking
from starling.dictation.text.replacing import ANY, words_of
from starling.dictation.text.rules import Replacement
from starling.dictation.text.tokens import folded

MOST_WILD = 200
"""Earlier replacements with a wildcard that one is compared with."""


@dataclass(frozen=True)
class Mark:
    """What is the matter with an entry.

    Attributes:
        kind: ``spelling``: the same word is there in another spelling, which counts; ``replaced``: a replacement writes
            something else; ``covered``: an earlier replacement comes first at every place; ``blocked``: as a sentence
            it is blocked before; ``same``: the same sentence is there already.
        other: the entry that is in the way.
    """

    kind: str
    other: str


def of_vocabulary(words: Sequence[str], replacements: Sequence[Replacement]) -> dict[int, Mark]:
    """The marks of a vocabulary, by place."""
    replaced = {_heard(one): one for one in reversed(replacements)}
    first: dict[str, str] = {}
    marks: dict[int, Mark] = {}
    for place, word in enumerate(words):
        letters = "".join(character for character in folded(word) if character.isalnum())
        rule = replaced.get(words_of(word))
        if letters in first:
            marks[place] = Mark("spelling", first[letters])
        elif rule is not None and rule.written != word:
            marks[place] = Mark("replaced", rule.written)
        first.setdefault(letters, word)
    return marks


def of_replacements(replacements: Sequence[Replacement], blocked: Sequence[str]) -> dict[int, Mark]:
    """The marks of replacements, by place."""
    keys = {blocking.key(phrase): phrase for phrase in blocked}
    plain: dict[tuple[str, ...], str] = {}
    wild: list[tuple[tuple[str, ...], str]] = []
    marks: dict[int, Mark] = {}
    for place, one in enumerate(replacements):
        words = _heard(one)
        cover = next(_covers(words, plain, wild), None)
        if cover is not None:
            marks[place] = Mark("covered", cover)
        elif (key := blocking.key(one.heard)) in keys:
            marks[place] = Mark("blocked", keys[key])
        if ANY in words:
            wild.append((words, one.heard))
        plain.setdefault(words, one.heard)
    return marks


def of_blocklist(phrases: Sequence[str]) -> dict[int, Mark]:
    """The marks of blocked phrases, by place."""
    first: dict[str, str] = {}
    marks: dict[int, Mark] = {}
    for place, phrase in enumerate(phrases):
        key = blocking.key(phrase)
        if key in first:
            marks[place] = Mark("same", first[key])
        first.setdefault(key, phrase)
    return marks


def _heard(one: Replacement) -> tuple[str, ...]:
    return words_of(one.heard)


def _covers(
    words: tuple[str, ...], plain: dict[tuple[str, ...], str], wild: Sequence[tuple[tuple[str, ...], str]]
) -> Iterator[str]:
    """Earlier replacements that fit wherever this one would: they begin at the same word and are no longer."""
    for length in range(1, len(words) + 1):
        if words[:length] in plain:
            yield plain[words[:length]]
    for pattern, heard in wild[:MOST_WILD]:
        if len(pattern) <= len(words) and all(
            mine in (ANY, other) for mine, other in zip(pattern, words, strict=False)
        ):
            yield heard
