"""Spoken marks, line breaks and capitals over a list of words. Pure.

Where a mark was spoken, the ones that the recogniser wrote beside it for the speaker's pauses go.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from starling.dictation.text.languages import Entry, Language
from starling.dictation.text.meant import is_decimal, is_meant
from starling.dictation.text.rules import Command
from starling.dictation.text.tokens import Token, is_end

_ALONE = {"stop": Command.STOP, "pause": Command.PAUSE, "resume": Command.RESUME}


@dataclass(frozen=True)
class Piece:
    """One piece of the text to be.

    Attributes:
        token: the word, or the mark as a word's text.
        kind: ``word``, ``mark``, ``line``, ``paragraph`` or ``bullet``.
        left: no space before it.
        right: no space after it.
        lower: its capital only stood there because the recogniser took it for a sentence's beginning.
    """

    token: Token
    kind: str = "word"
    left: bool = False
    right: bool = False
    lower: bool = False


def format_words(
    tokens: Sequence[Token], language: Language, *, marks: bool = True, commands: bool = True
) -> tuple[list[Piece], list[Command]]:
    """What the words become, and the commands among them."""
    writer = _Writer(language)
    at = 0
    while at < len(tokens):
        found = _entry_at(tokens, at, language)
        wanted = found is not None and (commands if _is_command(found[0]) else marks)
        if found is None or not wanted:
            writer.word(tokens[at])
            at += 1
        else:
            entry, end = found
            writer.say(entry, tokens[end - 1], tokens[at].before)
            at = end
    return writer.pieces, writer.commands


def _is_command(entry: Entry) -> bool:
    return entry.deed == "undo" or entry.deed in _ALONE


def _entry_at(tokens: Sequence[Token], at: int, language: Language) -> tuple[Entry, int] | None:
    """The longest entry that is meant here, and where it ends."""
    for words, entry in language.entries.get(tokens[at].bare, ()):
        end = at + len(words)
        said = tokens[at:end]
        if tuple(token.bare for token in said) != words or any(token.fixed for token in said):
            continue
        if any(token.after for token in said[:-1]):
            continue
        if entry.decimal and is_decimal(tokens, at, end):
            return replace(entry, join="both"), end
        if is_meant(tokens, at, end, entry, language):
            return entry, end
    return None


class _Writer:
    """Takes words and entries in their order."""

    def __init__(self, language: Language) -> None:
        self.pieces: list[Piece] = []
        self.commands: list[Command] = []
        self._language = language
        self._once = ""
        self._mode = ""
        self._join = False
        self._joining = False
        self._lower = False

    def word(self, token: Token) -> None:
        """A word that is one."""
        way = self._once or self._mode
        if way and not token.fixed:
            token = replace(token, text=_cased(token.text, way), fixed=True)
        first = not self.pieces
        left = self._join or (self._joining and not first)
        self.pieces.append(Piece(token, left=left, lower=self._lower))
        self._once, self._join, self._lower = "", False, False

    def say(self, entry: Entry, last: Token, opening: str) -> None:
        """What an entry does; ``last`` is its last word, ``opening`` the marks before its first."""
        if entry.deed in _ALONE:
            self.commands.append(_ALONE[entry.deed])
        elif entry.deed == "write":
            self._write(entry, last, opening)
        elif entry.deed in ("line", "paragraph", "bullet"):
            self._break(entry)
        elif entry.deed in ("cap", "upper", "lower"):
            self._once = entry.deed
        elif entry.deed == "join":
            self._absorb()
            self._join = True
        elif entry.deed == "undo":
            self._undo()
        elif entry.deed in ("join_on", "join_off"):
            self._joining = entry.deed == "join_on"
        else:
            self._mode = {"title_on": "cap", "upper_on": "upper", "lower_on": "lower"}.get(entry.deed, "")

    def _write(self, entry: Entry, last: Token, opening: str) -> None:
        ends = is_end(entry.write.strip())
        if entry.join == "left" and not entry.closes:
            artefact = self._absorb()
            token = Token(entry.write, opening, last.without_pauses().after)
        elif entry.closes:
            self._absorb(",;")
            artefact = False
            token = Token(entry.write, opening, last.without_pauses(",;:").after)
        elif entry.join == "right":
            artefact = last.ends_sentence
            token = Token(entry.write, opening)
        else:
            artefact = self._absorb()
            token = Token(entry.write, opening)
        artefact |= last.ends_sentence and entry.join != "right" and not entry.closes
        left, right = entry.join in ("left", "both"), entry.join in ("right", "both")
        left = left or (self._join and bool(self.pieces))
        if self._is_double(token, ends):
            return
        self.pieces.append(Piece(token, "mark", left, right))
        self._join = False
        self._lower = artefact and not ends

    def _is_double(self, token: Token, ends: bool) -> bool:
        """The same mark twice is one, but people do shout."""
        last = self.pieces[-1] if self.pieces else None
        if last is None or token.text not in (",", ".", ";", ":"):
            return False
        written = last.token.text + last.token.after
        return written.endswith(token.text) and (last.kind == "mark" or last.token.fixed)

    def _break(self, entry: Entry) -> None:
        if entry.write and entry.deed != "bullet":
            self._write(Entry(write=entry.write), Token(""), "")
        elif not self._greets():
            self._absorb(",")
        self.pieces.append(Piece(Token(entry.write if entry.deed == "bullet" else ""), entry.deed, True, True))
        self._lower = False

    def _greets(self) -> bool:
        line: list[Piece] = []
        for piece in reversed(self.pieces):
            if piece.kind not in ("word", "mark"):
                break
            line.insert(0, piece)
        return bool(line) and line[0].token.bare in self._language.greetings

    def _undo(self) -> None:
        if any(piece.kind == "word" for piece in self.pieces):
            self.pieces.clear()
        else:
            self.commands.append(Command.UNDO)
        self._once, self._join, self._lower = "", False, False

    def _absorb(self, marks: str = "") -> bool:
        """Take the recogniser's marks from the last word; whether they ended a sentence."""
        if not self.pieces or self.pieces[-1].kind != "word":
            return False
        token = self.pieces[-1].token
        ended = token.ends_sentence
        self.pieces[-1] = replace(
            self.pieces[-1], token=token.without_pauses(marks) if marks else token.without_pauses()
        )
        return ended and not self.pieces[-1].token.ends_sentence


def _cased(text: str, way: str) -> str:
    if way == "upper":
        return text.upper()
    return text.lower() if way == "lower" else text[:1].upper() + text[1:]
