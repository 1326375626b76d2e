"""Words that were heard and nearly are one of the user's own become it. Pure; conservative.

* The same letters in another case, with other spaces or hyphens, are the word: ``git hub`` is ``GitHub``.
* An ending (``s``, ``'s`` …) stays: ``kubernetes's`` is ``Kubernetes's``.
* Otherwise the word must be long enough, begin with the same letter or sound, and be so near in spelling that an edit
  comes on at least six letters; in English one that sounds alike may differ more. A word that is in the dictionary was
  meant as it is, and a vocabulary word that is a plain word of the dictionary is never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from starling.core.folding import fold
from starling.dictation.text.edits import edits
from starling.dictation.text.languages import Language
from starling.dictation.text.tokens import Token, folded, tokenize
from starling.speech.wake import sound

SOUND_LANGUAGES = frozenset({"en"})
"""The sound keys are English."""
LETTERS_PER_EDIT = 6
SOUND_TOLERANCE = 0.09
"""Accepted distance per sound, as of the wake phrase."""
LEAST_SOUNDS = 5
LEAST_LETTERS = 5
MOST_SOUND_EDITS = 4
MOST_WORDS = 5
"""Of one vocabulary entry."""
GUESSED = 5_000
"""So many entries are compared by spelling and sound; the rest by their letters only."""
_LETTERS = re.compile(r"[\W_]+")

Known = Callable[[str, str], bool]


@dataclass(frozen=True)
class _Own:
    """A vocabulary word: as it is written, its letters, the same without diacritics, its sounds, its words."""

    written: str
    letters: str
    bare: str
    sounds: str
    words: int


@dataclass(frozen=True)
class _Index:
    by_letters: dict[str, _Own]
    by_start: dict[str, tuple[_Own, ...]]
    most_words: int


def corrected(tokens: Sequence[Token], vocabulary: tuple[str, ...], language: Language, known: Known) -> list[Token]:
    """The words with those of the vocabulary spelled as the user spells them."""
    if not vocabulary:
        return list(tokens)
    index = _index(vocabulary)
    written: list[Token] = []
    at = 0
    while at < len(tokens):
        found = _word_at(tokens, at, index, language, known)
        if found is None:
            written.append(tokens[at])
            at += 1
            continue
        text, length = found
        said = tokens[at : at + length]
        written.append(Token(text, said[0].before, said[-1].after, fixed=True))
        at += length
    return written


@lru_cache(maxsize=4)
def _index(vocabulary: tuple[str, ...]) -> _Index:
    by_letters: dict[str, _Own] = {}
    by_start: dict[str, list[_Own]] = {}
    for written in vocabulary:
        letters, words = _letters(written), len(tokenize(written))
        if not letters or words > MOST_WORDS or letters in by_letters:
            continue
        guessed = len(by_letters) < GUESSED
        own = _Own(written, letters, fold(letters), sound.key(written) if guessed else "", words)
        by_letters[letters] = own
        for start in {own.bare[0], own.sounds[:1]} if guessed and len(letters) >= LEAST_LETTERS else ():
            by_start.setdefault(start, []).append(own)
    most = max((own.words for own in by_letters.values()), default=0)
    return _Index(by_letters, {start: tuple(found) for start, found in by_start.items()}, most)


def _letters(text: str) -> str:
    return _LETTERS.sub("", folded(text))


def _word_at(
    tokens: Sequence[Token], at: int, index: _Index, language: Language, known: Known
) -> tuple[str, int] | None:
    for length in range(min(index.most_words + 1, len(tokens) - at), 0, -1):
        said = tokens[at : at + length]
        if any(token.fixed for token in said) or any(token.after for token in said[:-1]):
            continue
        if (same := _same(said, index)) is not None:
            return same, length
    if tokens[at].fixed or tokens[at].bare in language.entries:
        return None
    for length in range(min(index.most_words + 1, len(tokens) - at), 0, -1):
        said = tokens[at : at + length]
        if any(token.fixed for token in said) or any(token.after for token in said[:-1]):
            continue
        if (near := _near(said, index, language, known)) is not None:
            return near, length
    return None


def _same(said: Sequence[Token], index: _Index) -> str | None:
    letters = _letters("".join(token.text for token in said))
    own = index.by_letters.get(letters)
    if own is not None:
        # Words run together only for what is long enough to be no accident: "to get her".
        joins = len(said) > own.words
        return own.written if not joins or len(letters) >= LEAST_LETTERS else None
    if len(said) > index.most_words:
        return None
    last = said[-1].bare
    for ending in ("'s", "s'"):
        if last.endswith(ending) and (own := index.by_letters.get(letters.removesuffix("s"))) is not None:
            return own.written + ending if ending == "'s" else own.written + "s'"
    return None


def _near(said: Sequence[Token], index: _Index, language: Language, known: Known) -> str | None:
    text = " ".join(token.text for token in said)
    letters = _letters(text)
    if len(letters) < LEAST_LETTERS or any(character.isdigit() for character in letters):
        return None
    if all(known(token.bare, language.code) for token in said):
        return None  # meant as they are
    heard = sound.key(text) if language.code in SOUND_LANGUAGES else ""
    letters = fold(letters)
    starts = {letters[0], heard[:1]} - {""}
    candidates = dict.fromkeys(own for start in sorted(starts) for own in index.by_start.get(start, ()))
    ranked = [(cost, own) for own in candidates if (cost := _distance(letters, heard, own, len(said))) is not None]
    if not ranked:
        return None
    best = min(cost for cost, _ in ranked)
    nearest = [own for cost, own in ranked if cost == best]
    if len(nearest) > 1 or _is_plain(nearest[0], language.code, known):
        return None
    return nearest[0].written


def _distance(letters: str, heard: str, own: _Own, words: int) -> float | None:
    """How far a word is from a vocabulary word; None when it is too far."""
    if letters != own.bare and (letters.startswith(own.bare) or own.bare.startswith(letters)):
        return None  # an ending or a part: another word
    shorter = min(len(letters), len(own.bare))
    most = shorter // LETTERS_PER_EDIT
    if words == own.words and letters[0] == own.bare[0] and most:
        apart = edits(letters, own.bare, most)
        if apart <= most:
            return apart / shorter
    alike = heard[:1] == own.sounds[:1] and abs(len(heard) - len(own.sounds)) <= MOST_SOUND_EDITS
    if alike and min(len(heard), len(own.sounds)) >= LEAST_SOUNDS:
        edited = min(MOST_SOUND_EDITS, shorter // 2)
        if edits(letters, own.bare, edited) > edited:
            return None
        cost = sound.distance(heard, own.sounds)
        if cost <= SOUND_TOLERANCE * len(own.sounds):
            return 1 + cost
    return None


def _is_plain(own: _Own, language: str, known: Known) -> bool:
    """Whether a vocabulary word is a plain word of the dictionary."""
    return own.written.islower() and own.words == 1 and known(own.written, language)
