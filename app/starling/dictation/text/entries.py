"""What may stand in the user's lists. Pure."""

from __future__ import annotations

import unicodedata

from starling.core.errors import StarlingError
from starling.dictation.text.replacing import ANY, words_of
from starling.dictation.text.rules import Replacement

MOST_ENTRIES = 10_000
"""Of each list."""
MOST_WORD = 100
"""Characters of a vocabulary word."""
MOST_HEARD = 200
"""Characters of what is replaced or blocked."""
MOST_WRITTEN = 5_000
"""Characters of what is written instead."""
_SHOWN = 40


def plain(text: str, *, lines: bool = False) -> str:
    """One form for each character, no control characters, single spaces; with ``lines`` spaces and breaks stay."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    kept = "".join(c for c in text if unicodedata.category(c) not in ("Cc", "Cs", "Cn") or c in "\n\t")
    return kept if lines else " ".join(kept.split())


def checked_word(text: str) -> str:
    """A vocabulary word as it is kept. Raises StarlingError ``dictation.bad_word``."""
    word = plain(text)
    if not any(character.isalnum() for character in word):
        raise StarlingError("dictation.bad_word", f"{shown(text)} has no letter or digit.", "Give a word or a name.")
    if len(word) > MOST_WORD:
        raise StarlingError(
            "dictation.bad_word",
            f"{shown(word)} has {len(word)} characters, {MOST_WORD} are allowed.",
            "Give single words and names; a longer text can be a replacement.",
        )
    return word


def checked_replacement(heard: str, written: str) -> Replacement:
    """A replacement as it is kept. Raises StarlingError ``dictation.bad_replacement``."""
    heard, written = plain(heard), plain(written, lines=True)
    words = words_of(heard)
    if not words or all(word == ANY for word in words):
        what = "is only wildcards" if words else "has no word"
        raise StarlingError("dictation.bad_replacement", f"{shown(heard)} {what}.", "Say what is heard.")
    for text, most in ((heard, MOST_HEARD), (written, MOST_WRITTEN)):
        if len(text) > most:
            raise StarlingError(
                "dictation.bad_replacement", f"{shown(text)} has {len(text)} characters, {most} are allowed."
            )
    return Replacement(heard, written)


def checked_phrase(text: str) -> str:
    """A blocked phrase as it is kept. Raises StarlingError ``dictation.bad_phrase``."""
    phrase = plain(text)
    if not any(character.isalnum() for character in phrase) or len(phrase) > MOST_HEARD:
        raise StarlingError(
            "dictation.bad_phrase",
            f"{shown(phrase)} is no phrase of letters with at most {MOST_HEARD} characters.",
            "Give the whole sentence that is never to be written.",
        )
    return phrase


def shown(text: str) -> str:
    """A text in quotes, cut to a few words."""
    text = plain(text)
    return f"“{text if len(text) <= _SHOWN else text[: _SHOWN - 1] + '…'}”"
