"""The user's replacements: whole words, case aside, each place once. Pure.

The words go through once. At each place the first replacement in the user's order that fits is made, and what it wrote
is not looked at again, neither by another replacement nor by the spoken marks: so there are no loops.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from starling.dictation.text.rules import Replacement
from starling.dictation.text.tokens import Token, tokenize

ANY = "*"
_SAME_END = ".,;:!?…"


@dataclass(frozen=True)
class _Rule:
    place: int
    words: tuple[str, ...]
    ending: str
    written: str


@dataclass(frozen=True)
class _Index:
    by_first: dict[str, tuple[_Rule, ...]]
    wild: tuple[_Rule, ...]


def replaced(tokens: Sequence[Token], replacements: tuple[Replacement, ...]) -> list[Token]:
    """The words with what the user wants instead of them."""
    index = _index(replacements)
    written: list[Token] = []
    at = 0
    while at < len(tokens):
        rule = _rule_at(tokens, at, index)
        if rule is None:
            written.append(tokens[at])
            at += 1
            continue
        end = at + len(rule.words)
        _put(written, tokens[at:end], rule)
        at = end
    return written


def words_of(heard: str) -> tuple[str, ...]:
    """The words of what is to be replaced, as they are compared; empty where nothing but marks was given."""
    return tuple(token.bare for token in tokenize(heard) if token.bare)


@lru_cache(maxsize=8)
def _index(replacements: tuple[Replacement, ...]) -> _Index:
    by_first: dict[str, list[_Rule]] = {}
    wild: list[_Rule] = []
    for place, one in enumerate(replacements):
        words, heard = words_of(one.heard), tokenize(one.heard)
        if not words or all(word == ANY for word in words):
            continue
        rule = _Rule(place, words, heard[-1].after, one.written)
        (wild if words[0] == ANY else by_first.setdefault(words[0], [])).append(rule)
    return _Index({first: tuple(rules) for first, rules in by_first.items()}, tuple(wild))


def _rule_at(tokens: Sequence[Token], at: int, index: _Index) -> _Rule | None:
    candidates = (*index.by_first.get(tokens[at].bare, ()), *index.wild)
    fitting = (rule for rule in candidates if _fits(tokens[at : at + len(rule.words)], rule))
    return min(fitting, key=lambda rule: rule.place, default=None)


def _fits(tokens: Sequence[Token], rule: _Rule) -> bool:
    if len(tokens) < len(rule.words) or any(token.after for token in tokens[:-1]):
        return False
    return all(word in (ANY, token.bare) and token.bare for word, token in zip(rule.words, tokens, strict=True))


def _put(written: list[Token], said: Sequence[Token], rule: _Rule) -> None:
    stars = [token.text for word, token in zip(rule.words, said, strict=True) if word == ANY]
    text = rule.written
    parts = text.split(ANY)
    text = parts[0] + "".join((stars[n] if n < len(stars) else "") + part for n, part in enumerate(parts[1:]))
    after = said[-1].after.removeprefix(rule.ending)
    if text and after and text[-1] in _SAME_END and after[0] in _SAME_END:
        after = after[1:]
    if text:
        written.append(Token(text, said[0].before, after, fixed=True))
    elif written and after and not written[-1].after:
        written[-1] = replace(written[-1], after=after)
