"""Passive grabs of an X server, through python-xlib; for one thread."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from typing import Any

from starling.dictation.keys.chord import Chord

LOCKS = ("Num_Lock", "Scroll_Lock")
"""Besides Caps Lock: whether they are on must not matter, and the server compares modifiers exactly."""
_SIDES = {"alt": ("Alt_L", "Alt_R", "Meta_L"), "super": ("Super_L", "Super_R", "Hyper_L")}

Grab = tuple[int, int]
"""Keycode and modifiers, locks left out."""


class Grabs:
    """What is grabbed on a display.

    Args:
        display: an ``Xlib.display.Display``.
    """

    def __init__(self, display: Any) -> None:
        from Xlib import X, error

        self._x, self._error = X, error
        self._display = display
        self._root = display.screen().root
        self._made: dict[Grab, tuple[int, ...]] = {}  # with the locks that it was made for
        self._learn()

    def _learn(self) -> None:
        """Which modifier bits the keyboard has now."""
        mapping = self._display.get_modifier_mapping()

        def mask(names: Iterable[str], usual: int) -> int:
            codes = {code for name in names for code in self._codes(name)}
            bits = [1 << bit for bit, held in enumerate(mapping) if codes & {code for code in held if code}]
            return bits[-1] if bits else usual

        self._masks = {
            "ctrl": self._x.ControlMask,
            "shift": self._x.ShiftMask,
            "alt": mask(_SIDES["alt"], self._x.Mod1Mask),
            "super": mask(_SIDES["super"], self._x.Mod4Mask),
        }
        locks = {self._x.LockMask, *(mask([name], 0) for name in LOCKS)} - {0} - set(self._masks.values())
        self._locks = tuple(
            sum(some) for count in range(len(locks) + 1) for some in itertools.combinations(sorted(locks), count)
        )
        self._all = sum(set(self._masks.values()))

    def _codes(self, key: str) -> Iterator[int]:
        from Xlib import XK

        keysym = XK.string_to_keysym(key)
        if not keysym and key.startswith("XF86"):
            XK.load_keysym_group("xf86")
            keysym = XK.string_to_keysym(f"XF86_{key.removeprefix('XF86')}") or XK.string_to_keysym(key)
        if keysym:
            yield from dict.fromkeys(code for code, _ in sorted(self._display.keysym_to_keycodes(keysym), key=_level))

    def resolve(self, chord: Chord) -> Grab | None:
        """Where a chord is on this keyboard; None when the layout has no such key."""
        code = next(self._codes(chord.key), None)
        return None if code is None else (code, sum(self._masks[word] for word in chord.modifiers))

    def grab(self, where: Grab) -> bool:
        """Take a key; False when another program has it."""
        code, modifiers = where
        refused = self._error.CatchError(self._error.BadAccess)
        for lock in self._locks:
            self._root.grab_key(
                code, modifiers | lock, False, self._x.GrabModeAsync, self._x.GrabModeAsync, onerror=refused
            )
        self._display.sync()
        self._made[where] = self._locks
        if refused.get_error() is None:
            return True
        self.let_go(where)  # a part of it would be worse than nothing
        return False

    def let_go(self, where: Grab) -> None:
        """Give a key back."""
        if where in self._made:
            for lock in self._made.pop(where):
                self._root.ungrab_key(where[0], where[1] | lock, onerror=self._error.CatchError())
            self._display.sync()

    def free_keyboard(self) -> None:
        """A grabbed key that is held keeps the whole keyboard: give that back, also what is typed meanwhile arrives."""
        self._display.ungrab_keyboard(self._x.CurrentTime)
        self._display.flush()

    def matches(self, event: Any, where: Grab) -> bool:
        """Whether a key event is of this grab, whatever locks are on."""
        return (event.detail, event.state & self._all) == where

    def down(self) -> set[int]:
        """Keycodes that are held. Auto-repeat, which sends releases and presses, does not show in it."""
        keymap = self._display.query_keymap()
        return {8 * byte + bit for byte, bits in enumerate(keymap) for bit in range(8) if bits >> bit & 1}

    def relearn(self, event: Any) -> None:
        """The keyboard's layout has changed."""
        self._display.refresh_keyboard_mapping(event)
        self._learn()


def _level(found: tuple[int, int]) -> int:
    return found[1]
