"""A key with its modifiers, as text: ``ctrl+alt+space``. Pure."""

from __future__ import annotations

import string
from dataclasses import dataclass

from starling.core.errors import StarlingError

MODIFIERS = ("ctrl", "alt", "shift", "super")
_ALIASES = {"control": "ctrl", "meta": "super", "logo": "super", "win": "super", "mod1": "alt", "mod4": "super"}

ALONE = frozenset(
    {*(f"F{number}" for number in range(1, 36)), "Pause", "Scroll_Lock", "Print", "Insert", "Menu", "Control_R",
     "Super_R", "XF86AudioMicMute", "XF86AudioRecord", "XF86Tools", "XF86Launch1", "XF86Launch2", "XF86Launch3",
     "XF86Launch4", "XF86Launch5", "XF86Calculator", "XF86Favorites"}
)  # fmt: skip
"""Keys that type nothing, so that one of them may be a global key without a modifier. Names as X11 has them."""
_TYPING = ("space", "Return", "Tab", "BackSpace", "Delete", "Home", "End", "Prior", "Next", "Left", "Right", "Up",
           "Down", "Escape", "minus", "equal", "comma", "period", "slash", "backslash", "semicolon", "apostrophe",
           "bracketleft", "bracketright", "grave", *string.ascii_lowercase, *string.digits)  # fmt: skip
_NAMES = {name.lower(): name for name in (*ALONE, *_TYPING)} | {"esc": "Escape", "enter": "Return", "pageup": "Prior",
                                                                "pagedown": "Next", "del": "Delete"}  # fmt: skip
_READ = {"space": "Space", "Prior": "Page Up", "Next": "Page Down", "Return": "Enter", "Scroll_Lock": "Scroll Lock",
         "Control_R": "Right Ctrl", "Super_R": "Right Super", "Print": "Print Screen",
         "XF86AudioMicMute": "Microphone Mute"}  # fmt: skip


@dataclass(frozen=True)
class Chord:
    """``modifiers`` in the order of :data:`MODIFIERS`; ``key`` by its X11 name."""

    modifiers: tuple[str, ...]
    key: str

    def __str__(self) -> str:
        """As it stands in the settings."""
        return "+".join((*self.modifiers, self.key))

    @property
    def shown(self) -> str:
        """As people read it: ``Ctrl+Alt+Space``."""
        key = _READ.get(self.key) or (self.key.upper() if len(self.key) == 1 else self.key.removeprefix("XF86"))
        return "+".join((*(word.capitalize() for word in self.modifiers), key))


def parse(text: str, *, alone: frozenset[str] = ALONE) -> Chord:
    """Read a chord, whatever its case and order.

    Args:
        text: what the user chose.
        alone: keys that need no modifier.

    Raises:
        StarlingError: ``keys.unknown_key``, or ``keys.types`` for one that is needed for typing.
    """
    *words, name = [word.strip() for word in text.strip().split("+")]
    modifiers = {_ALIASES.get(word.lower(), word.lower()) for word in words}
    key = _NAMES.get(name.lower(), "")
    if not key or not modifiers <= set(MODIFIERS):
        raise StarlingError(
            "keys.unknown_key",
            f"“{text.strip()[:40]}” is no key that Starling knows.",
            "Write it like ctrl+alt+space, F9 or Pause.",
        )
    chord = Chord(tuple(word for word in MODIFIERS if word in modifiers), key)
    if not modifiers - {"shift"} and key not in alone:
        raise StarlingError(
            "keys.types",
            f"{chord.shown} is needed for typing and would be taken away from every program.",
            "Add Ctrl, Alt or Super, or use a key that types nothing, such as F9 or Pause.",
        )
    return chord


CANCEL_ALONE = ALONE | {"Escape"}
"""The cancel key is taken only while somebody talks."""
