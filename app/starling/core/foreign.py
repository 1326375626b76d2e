"""Words of other programs, made fit to be shown: a terminal, a file and a pipe take no part in them."""

from __future__ import annotations

import re
import unicodedata

_COLOURS = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")
_CONTROL = ("Cc", "Cs")
"""Control characters, and halves of letters, which no encoding takes."""


def one_line(text: str, most: int) -> str:
    """A text on one line of printable characters, cut to ``most``: no escapes, no halves, nothing that turns a line."""
    plain = "".join(letter if letter.isprintable() else " " for letter in _COLOURS.sub("", text))
    line = " ".join(plain.split())
    return line if len(line) <= most else line[: most - 1] + "…"


def spoken(text: str) -> str:
    """A transcript on one line without control characters; marks that a script needs inside its words stay."""
    return " ".join("".join(" " if unicodedata.category(letter) in _CONTROL else letter for letter in text).split())
