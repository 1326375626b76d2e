"""XTEST: keys as from a keyboard. What the layout has not is put on spare keys, which are empty again afterwards."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from itertools import groupby

from starling.core.errors import StarlingError
from starling.dictation.insertion.base import Availability, Partly
from starling.dictation.insertion.x11.keymap import CAPS_LOCK, LEVEL3, NAMED, Chunk, Keymap, Stroke, plan
from starling.dictation.insertion.x11.link import Link, failures, linked, opened
from starling.dictation.surroundings import Session, Target

Pair = tuple[int, int]
"""Keysyms of a key without and with Shift."""
EMPTY: Pair = (0, 0)
KEYCODES = 248
"""From 8 to 255."""


class XtestWay:
    """Types on X11.

    Args:
        session: whose display.
        shift_newline: a new line is Shift+Enter.
    """

    name = "xtest"

    def __init__(self, session: Session, shift_newline: bool = True) -> None:
        self._session, self.shift_newline = session, shift_newline

    def available(self) -> Availability:
        """Whether there is an X server with XTEST."""
        if self._session.kind != "x11":
            none = self._session.kind == "none"
            why = "There is no desktop session." if none else "Programs on Wayland see no keys that are made on X11."
            return Availability(False, why)
        try:
            display = opened(self._session.display)
        except StarlingError as error:
            return Availability(False, error.message, error.fix)
        try:
            if display.has_extension("XTEST"):
                return Availability(True)
        except failures():
            return Availability(False, "The X server cannot be reached.", "Check DISPLAY and XAUTHORITY.")
        finally:
            with contextlib.suppress(*failures()):
                display.close()
        return Availability(False, "The X server has no XTEST extension.", "Start it without -extension XTEST.")

    def insert(self, text: str, target: Target) -> bool | None:
        """Type; True when the application says that it has read all keys and still has the focus."""
        with linked(self._session.display) as link:
            window = int(target.window, 16) if target.window.startswith("0x") else 0
            return Typist(link).type(text.replace("\t", " "), self.shift_newline, window)

    def undo(self, characters: int) -> None:
        """Press Backspace."""
        with linked(self._session.display) as link:
            Typist(link).press("BackSpace", characters)

    def chord(self, keys: Sequence[str]) -> None:
        """Press keys together, the last one after the others: ``("Control_L", "v")``."""
        with linked(self._session.display) as link:
            Typist(link).chord(keys)

    def close(self) -> None:
        """Nothing is held."""


class Typist:
    """Keys over one connection."""

    def __init__(self, link: Link) -> None:
        self._link = link
        group, self._caps = link.state()
        self._keymap = Keymap(link.display.get_keyboard_mapping(8, KEYCODES), group)
        self._shift = self._keymap.keycode(NAMED["Shift_L"])
        self._level3 = self._keymap.keycode(LEVEL3)

    def type(self, text: str, shift_newline: bool, window: int = 0) -> bool | None:
        """Type a text; stops where the focus goes elsewhere, and waits while a modifier is held.

        Args:
            text: what.
            shift_newline: a new line is Shift+Enter.
            window: that has to have the focus; 0 for the one that has it now.
        """
        window = window or self._link.active_window()
        try:
            chunks = plan(text, self._keymap, shift_newline)
        except LookupError as missing:
            raise _no_spare_key() from missing
        done = 0
        on_keys: dict[int, Pair] = {}
        with self._without_caps():
            try:
                for chunk in chunks:
                    self._put(chunk.spare, on_keys, window)
                    self._ready(window, text[done:], bool(done))
                    self._stroke(chunk)
                    done += len(chunk.text)
                read = self._link.drained(window)
            finally:
                self._put(dict.fromkeys(on_keys, EMPTY), on_keys, window)
        return True if read and self._link.active_window() == window else None

    def _ready(self, window: int, rest: str, partly: bool) -> None:
        """The window still has the focus, and nobody holds a modifier, as of a chord of his own in a long text."""
        try:
            self._link.wait_until_free()
            if self._link.active_window() != window:
                raise _moved()
        except StarlingError as error:
            raise (Partly(error, rest) if partly else error) from None

    def _stroke(self, chunk: Chunk) -> None:
        for stroke in chunk.strokes:
            self.strike(stroke)
        self._link.display.sync()  # the server has them all; the next part waits for it

    def strike(self, stroke: Stroke) -> None:
        """One key with its modifiers."""
        around = [self._shift] if stroke.shift else []
        around += [self._level3] if stroke.level3 else []
        for code in around:
            self._fake(code, True)
        self._fake(stroke.keycode, True)
        self._fake(stroke.keycode, False)
        for code in reversed(around):
            self._fake(code, False)

    def press(self, name: str, times: int) -> None:
        """One key, so many times."""
        code = self._keymap.keycode(NAMED[name])
        if not code:
            raise _no_spare_key()
        self._link.wait_until_free()
        for _ in range(times):
            self.strike(Stroke(code))
        self._link.display.sync()

    def chord(self, keys: Sequence[str]) -> None:
        """Keys together. A key that this layout has not, as V on a Greek one, gets a spare key for a while."""
        spare: dict[int, Pair] = {}
        codes: list[int] = []
        for name in keys:
            code = self._keymap.keycode(NAMED[name])
            if not code:
                if not self._keymap.spare:
                    raise _no_spare_key()
                code = self._keymap.spare[0]
                spare[code] = (NAMED[name], NAMED[name])
            codes.append(code)
        window, on_keys = self._link.active_window(), dict[int, Pair]()
        with self._without_caps():
            try:
                self._put(spare, on_keys, window)
                self._link.wait_until_free()
                for code in codes:
                    self._fake(code, True)
                for code in reversed(codes):
                    self._fake(code, False)
                self._link.display.sync()
                if spare:
                    self._link.drained(window)
            finally:
                self._put(dict.fromkeys(on_keys, EMPTY), on_keys, window)

    @contextlib.contextmanager
    def _without_caps(self):  # type: ignore[no-untyped-def]
        """Caps Lock is off meanwhile."""
        code = self._keymap.keycode(CAPS_LOCK) if self._caps else 0
        if code:
            self.strike(Stroke(code))
        try:
            yield
        finally:
            if code:
                self.strike(Stroke(code))
                self._link.display.sync()

    def _put(self, wanted: Mapping[int, Pair], on_keys: dict[int, Pair], window: int) -> None:
        """Put keysyms on keys; a program reads the map late, so nothing is changed that it may not have read yet."""
        changes = {code: pair for code, pair in wanted.items() if on_keys.get(code) != pair}
        if any(code in on_keys and pair != EMPTY for code, pair in changes.items()):
            self._link.drained(window)
        numbered = enumerate(sorted(changes))
        for _, run in groupby(numbered, key=lambda pair: pair[1] - pair[0]):
            codes = [code for _, code in run]
            # Never one level alone: it would be a letter with a capital of its own.
            columns = [changes[code] for code in codes]
            self._link.display.change_keyboard_mapping(codes[0], columns)
        on_keys.update(changes)
        self._link.display.sync()

    def _fake(self, keycode: int, down: bool) -> None:
        from Xlib import X
        from Xlib.ext import xtest

        xtest.fake_input(self._link.display, X.KeyPress if down else X.KeyRelease, keycode)


def _moved() -> StarlingError:
    return StarlingError("insert.focus_moved", "Another window took the focus.", "Insert the text again.")


def _no_spare_key() -> StarlingError:
    return StarlingError("insert.no_key", "The keyboard has no key for a character, and no spare one.", "Paste it.")
