"""Whether words that can be a mark are meant as one. Pure.

The rule prefers the word: a mark too few is seen and said again, a noun that became a mark spoils a sentence.
A pause is where the recogniser wrote a mark of its own.

1. After an article (``a question mark``, ``the new line``) or a word that makes it a noun (``trial period``) it is a
   word, unless there is a pause between. So it is before a word of its own list (``period of``, ``new line of``).
2. What is not doubtful (``question mark``, ``new line``) is meant everywhere else.
3. What is doubtful (``period``, ``dash``, ``Punkt``) is a word after ``this``, ``that``, ``which`` ... too. It is meant
   when it ends the text, or beside a pause, or before a capital that only a new sentence explains; else it is a word
   where the text begins with it, and before what follows nouns (``period is``, ``period in``); otherwise it is meant.
4. ``Scratch that`` at the beginning needs a pause after it. Commands for the microphone have to be all that was said.
"""

from __future__ import annotations

from collections.abc import Sequence

from starling.dictation.text.languages import Entry, Language
from starling.dictation.text.tokens import Token

_DECIMAL = frozenset("0123456789.,")
_ALONE = frozenset({"stop", "pause", "resume"})


def is_meant(tokens: Sequence[Token], start: int, end: int, entry: Entry, language: Language) -> bool:
    """Whether ``tokens[start:end]``, which are an entry's words, are meant as what it does."""
    if entry.deed in _ALONE:
        return start == 0 and end == len(tokens)
    before = tokens[start - 1] if start else None
    nouns = language.articles | entry.not_after
    if entry.doubtful:
        nouns |= language.determiners
    if before is not None and not before.pauses and before.bare in nouns:
        return False
    follows = tokens[end].bare if end < len(tokens) and not tokens[end - 1].pauses else ""
    if follows in entry.not_before or (entry.only_before and follows not in entry.only_before):
        return False
    return not entry.doubtful or _is_clear(tokens, start, end, entry, language)


def _is_clear(tokens: Sequence[Token], start: int, end: int, entry: Entry, language: Language) -> bool:
    if end == len(tokens) or tokens[end - 1].pauses:
        return True
    if start == 0:
        return entry.deed not in ("write", "undo") or entry.join == "right"
    after = tokens[end]
    return bool(tokens[start - 1].pauses) or _begins_sentence(after, language) or after.bare not in language.followers


def _begins_sentence(token: Token, language: Language) -> bool:
    return token.text[:1].isupper() and token.bare in language.small


def is_decimal(tokens: Sequence[Token], start: int, end: int) -> bool:
    """Whether a number in digits stands on both sides: ``3 Komma 5``."""
    if start == 0 or end >= len(tokens) or tokens[start - 1].after or tokens[end - 1].after:
        return False
    return all(_is_number(token.text) for token in (tokens[start - 1], tokens[end]))


def _is_number(text: str) -> bool:
    return bool(text) and text[0].isdigit() and _DECIMAL.issuperset(text)
