"""A recognised text becomes the text that is inserted. Pure."""

from __future__ import annotations

import re

from starling.dictation.text.blocking import without_blocked
from starling.dictation.text.figures import with_digits
from starling.dictation.text.formatting import Piece, format_words
from starling.dictation.text.languages import language_table
from starling.dictation.text.render import UNSPACED, render
from starling.dictation.text.replacing import replaced
from starling.dictation.text.rules import Before, Command, Newline, Shaped, TextRules
from starling.dictation.text.tokens import tokenize
from starling.dictation.text.vocabulary import corrected

MOST_CHARACTERS = 100_000
"""Of a raw text: 28 s of speech have some hundred. What is longer is inserted as it is."""


def shape(raw: str, rules: TextRules, before: Before | None = None, language: str = "en") -> Shaped:
    """What is to be inserted and done for one utterance. Never raises.

    The order: blocked sentences go, the user's replacements and vocabulary are written, numbers become digits, spoken
    marks and commands take effect, and the text is joined to what was inserted before.

    Args:
        raw: as it was recognised.
        rules: what the user chose; see :meth:`TextRules.for_application`.
        before: what was inserted last in the same field.
        language: ISO 639-1 code of the text; one without a table is joined and replaced, not formatted.
    """
    tail = (before or Before()).tail
    left = without_blocked(raw, rules.blocklist)
    if raw.strip() and not left.strip():
        return Shaped("", dropped="blocklist")
    if len(left) > MOST_CHARACTERS:
        return Shaped(left)
    pieces, commands = _pieces(left, rules, language)
    if Command.UNDO in commands:
        tail = ""  # what was inserted before goes
    capitals = rules.switches.capitals and rules.switches.formatting
    text = render(pieces, tail, language_table(language), capitals=capitals)
    text, ended = _with_newlines(text, rules.newline)
    if rules.switches.trailing_space and text and not text[-1].isspace() and not ended and language not in UNSPACED:
        text += " "
    return Shaped(text, (*commands, *ended))


def _pieces(text: str, rules: TextRules, language: str) -> tuple[list[Piece], list[Command]]:
    table, switches = language_table(language), rules.switches
    tokens = replaced(tokenize(text), rules.replacements)
    if switches.match:
        tokens = corrected(tokens, rules.vocabulary, table, rules.known)
    if switches.formatting and switches.numbers and table.code == "en":
        tokens = with_digits(tokens, table.units)
    return format_words(tokens, table, marks=switches.formatting, commands=switches.commands)


def _with_newlines(text: str, newline: Newline) -> tuple[str, tuple[Command, ...]]:
    if newline == "space":
        return re.sub(r" *\n+ *", " ", text), ()
    if newline == "enter":
        kept = text.rstrip("\n")
        return kept, (Command.NEW_LINE,) * (len(text) - len(kept))
    return text, ()
