"""One connection to the X server, for one thread at a time."""

from __future__ import annotations

import contextlib
import select
import time
from collections.abc import Iterator
from typing import Any

from starling.core.errors import StarlingError

PING_S = 0.7
"""For an application to say that it has read everything up to here."""
SETTLE_S = 0.25
"""Instead, for one that never says so."""
HELD_S = 2.0
"""For modifier keys that are down, as those of the talk key, to be released."""
HELD_POLL_S = 0.02
_GROUP_SHIFT, _GROUP_MASK = 13, 0x3
_LOCK_MASK = 1 << 1
_LOCK_KEYSYMS = frozenset((0xFFE5, 0xFFE6, 0xFF7F, 0xFF14))
"""Caps, Shift and Num Lock and Scroll Lock: modifiers that stay without being held."""


class Link:
    """A display, and what is asked of it again and again."""

    def __init__(self, display: str) -> None:
        self.display = opened(display)
        self.root = self.display.screen().root
        self._atoms: dict[str, int] = {}

    def close(self) -> None:
        """Leave the server."""
        with contextlib.suppress(*failures()):
            self.display.close()

    def atom(self, name: str) -> int:
        """An atom's number."""
        if name not in self._atoms:
            self._atoms[name] = int(self.display.intern_atom(name))
        return self._atoms[name]

    # -- the focus -------------------------------------------------------------------------------------------------

    def active_window(self) -> int:
        """The window with the focus, as the window manager says, or where keys go; 0 for none."""
        from Xlib import X

        with contextlib.suppress(*failures()):
            found = self.root.get_full_property(self.atom("_NET_ACTIVE_WINDOW"), X.AnyPropertyType)
            if found is not None and len(found.value) and found.value[0]:
                return int(found.value[0])
        focus = self.display.get_input_focus().focus
        if isinstance(focus, int):  # None or PointerRoot
            return 0
        return self._with_class(focus)

    def _with_class(self, window: Any) -> int:
        """The window itself or the nearest around it that says what application it is."""
        first = int(window.id)
        while window.id != self.root.id:
            with contextlib.suppress(*failures()):
                if window.get_wm_class():
                    return int(window.id)
                window = window.query_tree().parent
                continue
            break
        return first

    def application(self, window: int) -> str:
        """The class of a window, in lower case."""
        with contextlib.suppress(*failures()):
            names = self.display.create_resource_object("window", window).get_wm_class()
            if names:
                return str(names[1] or names[0]).lower()
        return ""

    def process(self, window: int) -> int:
        """Which process says that it has the window; 0 where none does."""
        from Xlib import X

        with contextlib.suppress(*failures()):
            made = self.display.create_resource_object("window", window)
            found = made.get_full_property(self.atom("_NET_WM_PID"), X.AnyPropertyType)
            return int(found.value[0]) if found is not None and len(found.value) else 0
        return 0

    def has_property(self, window: int, name: str) -> bool:
        """Whether a window has a property."""
        from Xlib import X

        with contextlib.suppress(*failures()):
            made = self.display.create_resource_object("window", window)
            return made.get_full_property(self.atom(name), X.AnyPropertyType, 1) is not None
        return False

    def client_of(self, window: int) -> int:
        """What all windows of one program have in common."""
        return int(window) & ~int(self.display.display.info.resource_id_mask)

    # -- keys --------------------------------------------------------------------------------------------------------

    def modifiers(self) -> frozenset[int]:
        """The key codes that are modifiers while they are held."""
        keysyms = self.display.get_keyboard_mapping(8, 248)
        return frozenset(
            code
            for codes in self.display.get_modifier_mapping()
            for code in codes
            if code and not _LOCK_KEYSYMS & set(keysyms[code - 8])
        )

    def held(self) -> bool:
        """Whether a modifier key is down."""
        down = self.display.query_keymap()
        return any(down[code // 8] & 1 << code % 8 for code in self.modifiers())

    def wait_until_free(self, limit_s: float = HELD_S) -> bool:
        """Wait until no modifier key is down: with Ctrl, a text would be a row of commands. Whether that took time.

        Raises:
            StarlingError: ``insert.modifiers_held``: one still is after the limit.
        """
        end, waited = time.monotonic() + limit_s, False
        while self.held():
            if time.monotonic() >= end:
                raise StarlingError(
                    "insert.modifiers_held", "A modifier key is held down.", "Release it and insert the text again."
                )
            waited = True
            select.select([], [], [], HELD_POLL_S)
        return waited

    def state(self) -> tuple[int, bool]:
        """The keyboard's group in use, and whether Caps Lock is on."""
        mask = int(self.root.query_pointer().mask)
        return mask >> _GROUP_SHIFT & _GROUP_MASK, bool(mask & _LOCK_MASK)

    # -- whether it has arrived ---------------------------------------------------------------------------------------

    def drained(self, window: int) -> bool:
        """Wait until an application has read every key that was sent; False where it does not say so."""
        if not self._answers_pings(window):
            select.select([], [], [], SETTLE_S)
            return False
        return self._ping(window)

    def _answers_pings(self, window: int) -> bool:
        with contextlib.suppress(*failures()):
            made = self.display.create_resource_object("window", window)
            return self.atom("_NET_WM_PING") in (made.get_wm_protocols() or ())
        return False

    def _ping(self, window: int) -> bool:
        from Xlib import X
        from Xlib.protocol import event

        # The answer goes to the root window, for whoever listens; the window manager ignores a time it never sent.
        self.root.change_attributes(event_mask=X.SubstructureNotifyMask)
        stamp = int(time.monotonic() * 1000) & 0x7FFFFFFF
        made = self.display.create_resource_object("window", window)
        data = (32, [self.atom("_NET_WM_PING"), stamp, window, 0, 0])
        made.send_event(event.ClientMessage(window=made, client_type=self.atom("WM_PROTOCOLS"), data=data))
        self.display.flush()
        try:
            return self._ponged(stamp, time.monotonic() + PING_S)
        finally:
            self.root.change_attributes(event_mask=0)
            self.display.sync()

    def _ponged(self, stamp: int, end: float) -> bool:
        from Xlib import X

        while (left := end - time.monotonic()) > 0:
            while self.display.pending_events():
                came = self.display.next_event()
                if came.type == X.ClientMessage and came.client_type == self.atom("WM_PROTOCOLS"):
                    values = list(came.data[1])
                    if values[:2] == [self.atom("_NET_WM_PING"), stamp]:
                        return True
            select.select([self.display.fileno()], [], [], left)
        return False


def failures() -> tuple[type[Exception], ...]:
    """What may come of a server that ends, refuses or lies."""
    from Xlib import error

    return (
        error.XError, error.DisplayError, error.ConnectionClosedError, error.ResourceIDError, OSError,
        UnicodeError, AssertionError, AttributeError, TypeError, ValueError, LookupError,
    )  # fmt: skip


def opened(display: str) -> Any:
    """A connection. Raises :class:`StarlingError` ``insert.no_display``."""
    try:
        from Xlib import display as xlib
        from Xlib import error
    except ImportError as missing:
        raise StarlingError(
            "insert.no_xlib", "The package python-xlib is not installed.", "Run ./run.sh again: it installs it."
        ) from missing
    try:
        made = xlib.Display(display)
    except (error.DisplayError, error.ConnectionClosedError, OSError, ValueError, AssertionError) as failure:
        raise StarlingError(
            "insert.no_display", "The X server cannot be reached.", "Check DISPLAY and XAUTHORITY."
        ) from failure
    made.set_error_handler(lambda *_: None)  # windows end at any time; requests that ask tell by themselves
    return made


@contextlib.contextmanager
def linked(display: str) -> Iterator[Link]:
    """A connection for one task; what goes wrong on it becomes a :class:`StarlingError`."""
    link = Link(display)
    try:
        yield link
    except failures() as failure:
        raise StarlingError(
            "insert.x11", f"The X server refused a request ({type(failure).__name__}).", "Try again."
        ) from failure
    finally:
        link.close()
