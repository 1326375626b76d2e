"""Which of the user's rules had a part in what is written of a text. Pure.

A rule had a part where the text would be another one without it: each is left out once, and the text shaped again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from starling.dictation.text import blocking
from starling.dictation.text.replacing import ANY, words_of
from starling.dictation.text.rules import Before, Replacement, Shaped, TextRules, profile_for
from starling.dictation.text.shape import MOST_CHARACTERS, shape
from starling.dictation.text.tokens import folded, tokenize

MOST_TRIED = 60
"""Entries of a list that are left out one after the other."""


@dataclass(frozen=True)
class Acted:
    """A rule that had a part.

    Attributes:
        kind: ``profile``, ``blocked``, ``replacement``, ``vocabulary``, ``formatting``, ``numbers``, ``capitals``,
            ``trailing_space`` or ``command``.
        name: of the entry; empty for a switch.
        written: what a replacement writes.
    """

    kind: str
    name: str = ""
    written: str = ""


@dataclass(frozen=True)
class Explained:
    """What becomes of a text, and why."""

    shaped: Shaped
    acted: tuple[Acted, ...] = ()


def explain(
    raw: str, rules: TextRules, application: str = "", before: Before | None = None, language: str = "en"
) -> Explained:
    """Shape a text and say what had a part in it. Arguments as of :func:`starling.dictation.text.shape.shape`."""
    here = rules.for_application(application)

    def shaped(others: TextRules) -> Shaped:
        return shape(raw, others, before, language)

    result = shaped(here)
    if not raw.strip() or len(raw) > MOST_CHARACTERS:
        return Explained(result)
    acted = [Acted("profile", profile.application)] if (profile := profile_for(rules.profiles, application)) else []
    if profile is not None and shaped(rules) == result:
        acted = []
    acted += [rule for rule, without in _entries_left_out(raw, here, result) if shaped(without) != result]
    acted += [rule for rule, with_it, without in _switched_off(here) if shaped(with_it) != shaped(without)]
    acted += [Acted("command", command.value) for command in result.commands]
    return Explained(result, tuple(acted))


def _entries_left_out(raw: str, rules: TextRules, result: Shaped) -> Iterator[tuple[Acted, TextRules]]:
    said = " ".join(blocking.key(raw).split())
    for key in [key for key in sorted(rules.blocklist) if key in said][:MOST_TRIED]:
        yield Acted("blocked", key), replace(rules, blocklist=rules.blocklist - {key})
    for one in _candidates(raw, rules.replacements)[:MOST_TRIED]:
        others = tuple(other for other in rules.replacements if other.heard != one.heard)
        yield Acted("replacement", one.heard, one.written), replace(rules, replacements=others)
    written = folded(result.text)
    for word in [word for word in rules.vocabulary if folded(word) in written][:MOST_TRIED]:
        others_of = tuple(other for other in rules.vocabulary if other != word)
        yield Acted("vocabulary", word), replace(rules, vocabulary=others_of)


def _switched_off(rules: TextRules) -> Iterator[tuple[Acted, TextRules, TextRules]]:
    """Each switch with the rules to be compared: numbers and capitals go with the marks, so those are seen alone."""
    for name in ("formatting", "numbers", "capitals", "trailing_space"):
        alone = {"numbers": False, "capitals": False} if name == "formatting" else {}
        switches = replace(rules.switches, **alone)
        if getattr(switches, name):
            off = replace(switches, **{name: False})
            yield Acted(name), replace(rules, switches=switches), replace(rules, switches=off)


def _candidates(raw: str, replacements: Sequence[Replacement]) -> list[Replacement]:
    said = {token.bare for token in tokenize(raw)}
    first: dict[tuple[str, ...], Replacement] = {}
    for one in replacements:
        words = words_of(one.heard)
        if words and said.issuperset(word for word in words if word != ANY):
            first.setdefault(words, one)
    return list(first.values())
