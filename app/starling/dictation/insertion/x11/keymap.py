"""Which keys make a text on the keyboard layout in use, and which characters need a spare key for a while. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

FIRST_KEYCODE = 8
_UNICODE = 0x01000000
_RETURN, _TAB, _BACKSPACE, LEVEL3, CAPS_LOCK = 0xFF0D, 0xFF09, 0xFF08, 0xFE03, 0xFFE5
NAMED = {
    "Shift_L": 0xFFE1,
    "Control_L": 0xFFE3,
    "BackSpace": _BACKSPACE,
    "Insert": 0xFF63,
    "v": 0x76,
    "Return": _RETURN,
}
_CODECS = {0x1: "iso8859-2", 0x2: "iso8859-3", 0x3: "iso8859-4", 0x5: "iso8859-6", 0x6: "koi8-r", 0xC: "iso8859-8",
           0xD: "tis-620", 0x13: "iso8859-15"}  # fmt: skip
"""Old keysyms have the byte of one of these codecs below their own high byte."""
_LOWEST_OLD_BYTE = 0xA1
_OLD_EXTRA = {
    0x20AC: "\N{EURO SIGN}",
    0x7F2: "\N{GREEK SMALL LETTER SIGMA}",  # these two the other way round than in their codec
    0x7F3: "\N{GREEK SMALL LETTER FINAL SIGMA}",
    0x6A1: "\u0452",
    0x6B1: "\u0402",
    0x6A2: "\u0453",
    0x6B2: "\u0403",
    0x6A3: "\u0451",
    0x6B3: "\u0401",
    0x6A4: "\u0454",
    0x6B4: "\u0404",
    0x6A6: "\u0456",
    0x6B6: "\u0406",
    0x6A7: "\u0457",
    0x6B7: "\u0407",
    0x6AD: "\u0491",
    0x6BD: "\u0490",
    0x6AE: "\u045e",
    0x6BE: "\u040e",
}
_GREEK = range(0x7C1, 0x7FA)
_CYRILLIC = range(0x6C0, 0x700)
LEVELS = 2
"""Characters on one spare key: without and with Shift."""
SHIFT_COLUMN, LEVEL3_COLUMN = 1, 4
"""Columns of the core map: level 1 and 2 of group 1, of group 2, then level 3 and 4 of group 1, of group 2."""


@dataclass(frozen=True)
class Stroke:
    """One key, with what is held meanwhile."""

    keycode: int
    shift: bool = False
    level3: bool = False


@dataclass(frozen=True)
class Chunk:
    """A part of the text and what has to be put on spare keys before it.

    Attributes:
        spare: key code to the two keysyms it gets, without and with Shift.
        strokes: one for each character.
        text: the part.
    """

    spare: Mapping[int, tuple[int, int]]
    strokes: tuple[Stroke, ...]
    text: str


def keysym_of(character: str) -> int:
    """The keysym of a character."""
    if character == "\n":
        return _RETURN
    if character == "\t":
        return _TAB
    code = ord(character)
    return code if 0x20 <= code <= 0x7E or 0xA0 <= code <= 0xFF else _UNICODE + code


def character_of(keysym: int) -> str:
    """The character of a keysym; empty for keys that make none."""
    if 0x20 <= keysym <= 0x7E or 0xA0 <= keysym <= 0xFF:
        return chr(keysym)
    if keysym in (_RETURN, _TAB):
        return "\n" if keysym == _RETURN else "\t"
    if _UNICODE < keysym <= _UNICODE + 0x10FFFF:
        return chr(keysym - _UNICODE)
    return _OLD_EXTRA.get(keysym) or _old(keysym)


def _old(keysym: int) -> str:
    page, byte = divmod(keysym, 0x100)
    if keysym in _GREEK:
        codec: str | None = "iso8859-7"
    elif page == 0x6:
        codec = "koi8-r" if keysym in _CYRILLIC else None
    else:
        codec = _CODECS.get(page)
    if codec is None or byte < _LOWEST_OLD_BYTE:
        return ""
    try:
        return bytes((byte,)).decode(codec)
    except UnicodeDecodeError:
        return ""


class Keymap:
    """The keyboard as the core protocol tells it.

    Args:
        columns: for each key code from 8 on, its keysyms.
        group: of the layout in use, from 0.
    """

    def __init__(self, columns: Sequence[Sequence[int]], group: int) -> None:
        self.spare: list[int] = []
        self._strokes: dict[str, Stroke] = {}
        self._codes: dict[int, int] = {}
        level3 = any(LEVEL3 in keysyms for keysyms in columns)
        for keycode, keysyms in enumerate(columns, FIRST_KEYCODE):
            if not any(keysyms):
                self.spare.append(keycode)
                continue
            for keysym in keysyms:
                self._codes.setdefault(keysym, keycode)
            for stroke, keysym in _levels(keycode, list(keysyms), group, level3):
                character = character_of(keysym)
                if character:
                    self._strokes.setdefault(character, stroke)
        self.spare = _by_runs(self.spare)

    def keycode(self, keysym: int) -> int:
        """The key that has a keysym on any level; 0 for none."""
        return self._codes.get(keysym, 0)

    def stroke(self, character: str) -> Stroke | None:
        """How a character is typed on this layout; None where it is not on it."""
        return self._strokes.get(character)


def _by_runs(keycodes: Sequence[int]) -> list[int]:
    """The longest runs first: a run is changed by one request, of which every program hears."""
    runs: list[list[int]] = []
    for keycode in sorted(keycodes):
        if runs and runs[-1][-1] == keycode - 1:
            runs[-1].append(keycode)
        else:
            runs.append([keycode])
    return [keycode for run in sorted(runs, key=len, reverse=True) for keycode in run]


def _levels(keycode: int, keysyms: list[int], group: int, level3: bool) -> list[tuple[Stroke, int]]:
    """The key's levels in the group in use."""
    keysyms += [0] * (8 - len(keysyms))
    if group > 1:  # the core protocol tells two groups; the others' keys are put on spare ones
        return []
    first, third = (2 * group, LEVEL3_COLUMN + 2 * group)
    if not any(keysyms[first : first + 2]):
        first, third = 0, LEVEL3_COLUMN  # a key with one group has it in all
    plain, shifted = keysyms[first], keysyms[first + SHIFT_COLUMN]
    if not shifted:
        character = character_of(plain)
        shifted = keysym_of(character.upper()) if len(character.upper()) == 1 and character.isalpha() else plain
    found = [(Stroke(keycode), plain), (Stroke(keycode, shift=True), shifted)]
    if level3:
        found += [
            (Stroke(keycode, level3=True), keysyms[third]),
            (Stroke(keycode, shift=True, level3=True), keysyms[third + SHIFT_COLUMN]),
        ]
    return [(stroke, keysym) for stroke, keysym in found if keysym]


def plan(text: str, keymap: Keymap, shift_newline: bool, most: int = 64) -> list[Chunk]:
    """Cut a text into parts whose missing characters fit on the spare keys.

    Args:
        text: without control characters other than tab and new line.
        keymap: of the keyboard.
        shift_newline: a new line is Shift+Enter.
        most: characters in a part.

    Raises:
        LookupError: a character is on no key and there is no spare key.
    """
    chunks: list[Chunk] = []
    for part, missing in _segments(text, keymap):
        strokes = {
            character: Stroke(keymap.spare[number // LEVELS], shift=bool(number % LEVELS))
            for number, character in enumerate(missing)
        }
        spare = {
            keymap.spare[number // LEVELS]: (keysym_of(pair[0]), keysym_of(pair[-1]))
            for number, pair in ((n, missing[n : n + LEVELS]) for n in range(0, len(missing), LEVELS))
        }
        for start in range(0, len(part), most):
            piece = part[start : start + most]
            struck = (_struck(c, keymap.stroke(c) or strokes[c], shift_newline) for c in piece)
            chunks.append(Chunk(spare, tuple(struck), piece))
    return chunks


def _struck(character: str, stroke: Stroke, shift_newline: bool) -> Stroke:
    return Stroke(stroke.keycode, shift=True) if character == "\n" and shift_newline else stroke


def _segments(text: str, keymap: Keymap) -> Iterator[tuple[str, list[str]]]:
    """Parts whose missing characters fit on the spare keys at once, and those characters."""
    missing: dict[str, None] = {}
    start = 0
    for index, character in enumerate(text):
        if keymap.stroke(character) is not None or character in missing:
            continue
        if not keymap.spare:
            raise LookupError(f"no key for U+{ord(character):04X}")
        if len(missing) >= LEVELS * len(keymap.spare):
            yield text[start:index], list(missing)
            missing, start = {}, index
        missing[character] = None
    if start < len(text):
        yield text[start:], list(missing)
