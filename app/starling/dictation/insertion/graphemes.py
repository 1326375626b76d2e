"""What people take for one character, counted: one Backspace each. Pure.

The rules of Unicode's UAX 29 that matter to what is dictated or typed: marks and joiners belong to what is before them,
two regional indicators are one flag, Hangul letters are one syllable, CR LF is one.
"""

from __future__ import annotations

import unicodedata

_JOINER, _NON_JOINER = "\u200d", "\u200c"
_REGIONAL = range(0x1F1E6, 0x1F200)
_TONES = range(0x1F3FB, 0x1F400)
_TAGS = range(0xE0020, 0xE0080)
_HANGUL_LEAD, _HANGUL_VOWEL, _HANGUL_TAIL = range(0x1100, 0x1160), range(0x1160, 0x11A8), range(0x11A8, 0x1200)
_HANGUL_SYLLABLES = range(0xAC00, 0xD7A4)
_TAILS = 28
"""Endings of a precomposed syllable, none of them counted as one."""


def count(text: str) -> int:
    """How many characters a person sees."""
    return len(split(text))


def split(text: str) -> list[str]:
    """The characters that a person sees, in order."""
    found: list[str] = []
    for character in text:
        if found and _joined(found[-1], character):
            found[-1] += character
        else:
            found.append(character)
    return found


def _joined(before: str, character: str) -> bool:
    """Whether a character belongs to the cluster before it."""
    code, last = ord(character), ord(before[-1])
    if before[-1] == "\r":
        return character == "\n"
    if before[-1] in "\n" or unicodedata.category(before[-1]) == "Cc":
        return False
    if character in (_JOINER, _NON_JOINER) or unicodedata.category(character) in ("Mn", "Me", "Mc"):
        return True
    if code in _TONES or code in _TAGS:
        return True
    if before[-1] == _JOINER:
        return len(before) > 1 and unicodedata.category(character) == "So"
    if code in _REGIONAL:
        return len(before) == 1 and last in _REGIONAL
    return _hangul(last, code)


def _hangul(last: int, code: int) -> bool:
    syllable = last in _HANGUL_SYLLABLES
    ends = syllable and (last - _HANGUL_SYLLABLES.start) % _TAILS != 0
    if code in _HANGUL_VOWEL:
        return last in _HANGUL_LEAD or last in _HANGUL_VOWEL or (syllable and not ends)
    if code in _HANGUL_TAIL:
        return last in _HANGUL_VOWEL or last in _HANGUL_TAIL or syllable
    return last in _HANGUL_LEAD and (code in _HANGUL_LEAD or code in _HANGUL_SYLLABLES)
