"""Pieces become one text: spaces, line breaks and capitals, going on from what was inserted before. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from starling.dictation.text.formatting import Piece
from starling.dictation.text.languages import Language
from starling.dictation.text.tokens import ends_sentence, is_end, opens

UNSPACED = frozenset({"zh", "ja", "th", "lo", "my", "yue", "km", "bo"})
"""Written without spaces between sentences."""
_INSIDE_ADDRESS = ("@", ".", "_", "\\")
"""A word before one of these that stands at both neighbours is part of an address or a name."""


def render(pieces: Sequence[Piece], tail: str, language: Language, *, capitals: bool) -> str:
    """The text, with the space or line break before it that it needs after ``tail``."""
    text = _Text(tail, language, capitals)
    for piece, following in zip_longest(pieces, pieces[1:]):
        text.add(
            piece, is_address=following is not None and following.token.text in _INSIDE_ADDRESS and following.right
        )
    return text.whole


class _Text:
    def __init__(self, tail: str, language: Language, capitals: bool) -> None:
        self.whole = ""
        self._tail = tail
        self._language = language
        self._capitals = capitals
        self._glued = opens(tail) or language.code in UNSPACED
        self._begins = not tail.strip() or ends_sentence(tail) or tail.endswith("\n")
        self._goes_on = bool(tail.strip()) and not self._begins

    def add(self, piece: Piece, *, is_address: bool = False) -> None:
        if piece.kind == "word":
            self._word(piece, is_address)
        elif piece.kind == "mark":
            self._mark(piece)
        else:
            self._break(piece)

    def _word(self, piece: Piece, is_address: bool) -> None:
        token = piece.token
        word = token.text
        if self._capitals and not token.fixed:
            if self._begins and not is_address:
                word = _capital(word)
            elif (piece.lower or self._goes_on) and token.bare in self._language.small and _titled(word):
                word = word[:1].lower() + word[1:]
        self._put(token.before + word + token.after, piece.left, piece.right)
        if token.bare or token.fixed:
            self._begins = self._goes_on = False

    def _mark(self, piece: Piece) -> None:
        token = piece.token
        goes_on = not self.whole and piece.left
        self._put(token.before + token.text + token.after, piece.left, piece.right)
        if is_end(token.text.strip()) and token.text != "…" and not piece.right:
            self._begins = True
        elif goes_on or (piece.left and piece.right):
            self._begins = self._goes_on = False

    def _break(self, piece: Piece) -> None:
        self.whole = self.whole.rstrip(" ")
        before = self.whole or self._tail
        if piece.kind == "bullet":
            self.whole += ("" if not before or before.endswith("\n") else "\n") + piece.token.text
        else:
            self.whole += "\n" if piece.kind == "line" else "\n\n"
        self._begins |= piece.kind != "line" or ends_sentence(before) or before.endswith((",", "\n"))
        self._begins &= piece.kind != "bullet" or self._capitals
        self._glued = True

    def _put(self, text: str, left: bool, right: bool) -> None:
        self.whole += text if self._glued or left or not text else f" {text}"
        self._glued = right or (self._glued and not text)


def _titled(word: str) -> bool:
    return word[:1].isupper() and word[1:] == word[1:].lower() and word != "I"


def _capital(word: str) -> str:
    """With a capital, if it is a plain word: not ``iPhone``, ``example.com``, ``x86``."""
    plain = word == word.lower() and not any(character.isdigit() or character in ".@/\\_:#" for character in word)
    return word[:1].upper() + word[1:] if plain else word
