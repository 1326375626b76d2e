"""Whisper's tokens: prompts, text, words."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

from starling.core.errors import StarlingError

MAX_PROMPT_TOKENS = 223
"""Whisper keeps the last 223 tokens of previous text: half of its context less the marker."""
UNSPACED_LANGUAGES = frozenset({"zh", "ja", "th", "lo", "my", "yue", "km", "bo"})
"""Written without spaces: every character stands as a word."""
_OPENING_MARKS = frozenset("\"'-\u00bf\u00a1")
_BROKEN = "\ufffd"
"""What an unfinished UTF-8 sequence decodes to."""


class Tokens:
    """The tokenizer of one model.

    Args:
        tokenizer_json: contents of the model's ``tokenizer.json``.
        multilingual: whether prompts name a language and a task.
    """

    def __init__(self, tokenizer_json: bytes, multilingual: bool) -> None:
        import tokenizers

        self._tokenizer: Any = tokenizers.Tokenizer.from_buffer(tokenizer_json)
        self.multilingual = multilingual
        self.end = self._id("<|endoftext|>")
        self._start = self._id("<|startoftranscript|>")
        self._no_timestamps = self._id("<|notimestamps|>")
        self._previous = self._id("<|startofprev|>")
        self._no_speech = [self._tokenizer.token_to_id(name) for name in ("<|nospeech|>", "<|nocaptions|>")]

    def _id(self, token: str) -> int:
        found = self._tokenizer.token_to_id(token)
        if found is None:
            raise StarlingError(
                "stt.not_whisper", f"The model's tokenizer has no token {token}.", "Use a Whisper model folder."
            )
        return int(found)

    @property
    def suppressed(self) -> list[int]:
        """Special tokens that may never be an output, on top of the model's own list (``-1``)."""
        names = ("<|startoftranscript|>", "<|startofprev|>", "<|startoflm|>", "<|transcribe|>", "<|translate|>")
        ids = (self._tokenizer.token_to_id(name) for name in names)
        return [-1, *(int(token) for token in ids if token is not None)]

    def start_sequence(self, language: str) -> list[int]:
        """What every prompt starts with: start, and for multilingual models language and task.

        Raises:
            StarlingError: the model does not know the language.
        """
        if not self.multilingual and language == "en":
            return [self._start]
        return [self._start, self.language_token(language), self._id("<|transcribe|>")]

    def language_token(self, language: str) -> int:
        """The token of an ISO 639-1 code. Raises StarlingError when the model does not know it."""
        token = self._tokenizer.token_to_id(f"<|{language}|>") if self.multilingual else None
        if token is None:
            raise StarlingError(
                "stt.language",
                f"This speech model does not know the language {language!r}.",
                "Choose another language, automatic detection, or a multilingual model.",
            )
        return int(token)

    def prompt(self, language: str, previous: str = "") -> list[int]:
        """The decoder's prompt, with ``previous`` as the text that came before."""
        before = self.encode(previous)[-MAX_PROMPT_TOKENS:] if previous.strip() else []
        context = [self._previous, *before] if before else []
        return [*context, *self.start_sequence(language), self._no_timestamps]

    def says_silence(self, ids: Sequence[int]) -> bool:
        """Whether the first token is the one for "nobody speaks", which some models write out."""
        return bool(ids) and ids[0] in self._no_speech

    def encode(self, text: str) -> list[int]:
        """Tokens of a text that stands after a space, as Whisper writes all its texts."""
        return list(self._tokenizer.encode(" " + text.strip(), add_special_tokens=False).ids)

    def text_only(self, ids: Iterable[int]) -> list[int]:
        """The tokens without the special ones, which all come after the end-of-text token."""
        return [token for token in ids if token < self.end]

    def decode(self, ids: Iterable[int]) -> str:
        """The text of ``ids``, special tokens left out, spaces at both ends removed."""
        return str(self._tokenizer.decode(self.text_only(ids))).strip()

    def words(self, ids: Sequence[int], language: str) -> list[tuple[str, int]]:
        """Words with the number of tokens each takes; punctuation belongs to its word."""
        pieces: list[tuple[str, int]] = []
        pending: list[int] = []
        for token in ids:
            pending.append(token)
            piece = str(self._tokenizer.decode(pending))
            if _BROKEN not in piece:
                pieces.append((piece, len(pending)))
                pending = []
        if pending:
            pieces.append((str(self._tokenizer.decode(pending)), len(pending)))
        return merge_words(pieces, spaced=language not in UNSPACED_LANGUAGES)


def merge_words(pieces: Sequence[tuple[str, int]], *, spaced: bool) -> list[tuple[str, int]]:
    """Join (piece, token count) into words: a space starts one, punctuation joins the word it touches.

    Args:
        pieces: in order, each with its leading space.
        spaced: False for languages without spaces, where every piece is a word.
    """
    words: list[tuple[str, int]] = []
    for piece, count in pieces:
        if words and _joins(words[-1][0], piece, spaced):
            words[-1] = (words[-1][0] + piece, words[-1][1] + count)
        else:
            words.append((piece, count))
    return [(word.strip(), count) for word, count in words]


def _joins(word: str, piece: str, spaced: bool) -> bool:
    bare, before = piece.strip(), word.strip()
    if not bare:
        return True
    if before and all(_opens(mark) for mark in before):
        return True
    if all(unicodedata.category(mark).startswith("P") for mark in bare):
        return not (piece.startswith(" ") and _opens(bare[0]))
    return spaced and not piece.startswith(" ")


def _opens(mark: str) -> bool:
    """Whether a mark belongs to the word after it: opening brackets and quotes, and what may be one."""
    return mark in _OPENING_MARKS or unicodedata.category(mark) in ("Ps", "Pi")
