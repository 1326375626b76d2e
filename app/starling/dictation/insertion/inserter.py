"""Puts texts where the cursor is, by the best way there is, and never loses one."""

from __future__ import annotations

import contextlib
import threading
import time
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from starling.core.errors import StarlingError
from starling.dictation.insertion import graphemes
from starling.dictation.insertion.base import Availability, Elsewhere, Inserted, Partly, Way
from starling.dictation.insertion.choosing import Wishes, order, shift_for_newline
from starling.dictation.insertion.memory import ANYWHERE, shared
from starling.dictation.insertion.paste import PasteWay
from starling.dictation.insertion.scratchpad import Scratchpad
from starling.dictation.locked import locked
from starling.dictation.surroundings import Session, Target, in_front, session, target

MOST_UNDONE = 20
"""Insertions into one window that can be taken back, one after the other."""
UNDO_S = 120.0
"""After the last insertion or undo: later the cursor has probably been moved, and other text would go."""
UNDO_PIECE = 50
"""Backspaces between two looks at the focus."""
DESKTOP_CODES = frozenset(("insert.no_portal", "insert.no_bus", "insert.no_display", "insert.no_xlib"))
"""Failures that have nothing to do with an application."""
EXCLUDED = "insert.excluded"
"""The text is in the scratchpad."""
PASSING_CODES = frozenset(("insert.focus_moved", "insert.clipboard_unsaved", "insert.modifiers_held"))
"""Failures that say nothing about the next time."""


@dataclass(frozen=True)
class _Done:
    way: str
    target: Target
    characters: int


class Inserter:
    """One for the whole program; calls come one after the other, from any thread but the window's.

    Args:
        folder: for what is remembered, the permission of the portal and the scratchpad.
        wishes: what the user chose.
        of: the session; by default that of the environment.
        ways: to be used instead of those of the session.
        look: tells what has the focus.
        front: the same in a moment, without what accessibility knows.
        is_locked: whether the screen is: nothing is typed then.
        scratchpad: that of the window, where there is one.
    """

    def __init__(
        self,
        folder: Path,
        wishes: Wishes | None = None,
        *,
        of: Session | None = None,
        ways: Mapping[str, Way] | None = None,
        look: Callable[[Session], Target] = target,
        front: Callable[[Session], Target] = in_front,
        is_locked: Callable[[], bool] = locked,
        scratchpad: Scratchpad | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.wishes = wishes or Wishes()
        self.session = of or session()
        self.scratchpad = scratchpad or Scratchpad(folder / "scratchpad.json")
        self.memory = shared(folder / "failures.json")
        self._look, self._front, self._locked, self._clock = look, front, is_locked, clock
        made = make_ways(self.session, folder, lambda: self.wishes, self._still) if ways is None else ways
        self._ways = dict(made)
        self._lock = threading.Lock()
        self._done: list[_Done] = []  # into one window, the newest last
        self._done_at = 0.0

    def use(self, wishes: Wishes) -> None:
        """Follow what the user chose since."""
        with self._lock:
            self.wishes = wishes
            for way in self._ways.values():
                if hasattr(way, "shift_newline"):
                    way.shift_newline = shift_for_newline(wishes.newline)

    def insert(self, text: str, place: Target | None = None) -> Inserted:
        """Insert a text; what no way can insert goes to the scratchpad, with the reason.

        Args:
            text: what.
            place: what has the focus, where the caller has just looked and made the text for it.

        Raises:
            Elsewhere: it is another window than ``place`` by now; nothing was inserted.
            StarlingError: ``insert.excluded``: the user does not want this application to be typed into; the text is
                in the scratchpad. ``insert.password``: the focus is in a password field. ``insert.scratchpad``: not
                even the scratchpad could be saved.
        """
        text = clean(text)
        with self._lock:
            made_for, place = place, place or self._look(self.session)
            if not text:
                return Inserted("", place, None)
            try:
                place = self._settled(place)
            except StarlingError as error:
                self._refuse(text, place)
                return self._kept(text, place, error.message, error.fix)
            if made_for is not None and not _same(place, made_for):
                raise Elsewhere(place)
            self._refuse(text, place)
            if self._locked():
                return self._kept(text, place, "The screen is locked.", "Unlock it and insert the text again.")
            failed = self.memory.failed(place.application)
            ways = order(self.session, place, text, self.wishes, failed)
            return self._try(text, place, ways)

    def undo(self) -> int:
        """Take the last insertion away with Backspace, then the one before it; how many characters those were.

        Raises:
            StarlingError: ``insert.nothing_to_undo``, ``insert.undo_focus``, ``insert.undo_late``, or what went wrong.
        """
        with self._lock:
            if not self._done:
                raise StarlingError("insert.nothing_to_undo", "There is no insertion to take back.")
            last = self._done[-1]
            place = self._look(self.session)
            if not place.window or not _same(place, last.target):
                raise StarlingError(
                    "insert.undo_focus",
                    "The text was inserted into another window than the one in front, or that is not known.",
                    "Take it back in the application itself.",
                )
            if self._clock() - self._done_at > UNDO_S:
                raise StarlingError(
                    "insert.undo_late",
                    "The text was inserted too long ago: the cursor may be elsewhere by now.",
                    "Take it back in the application itself.",
                )
            if self._locked():
                raise StarlingError("insert.locked", "The screen is locked.", "Unlock it and try again.")
            self._free()
            self._press_back(last)
            self._done_at = self._clock()
            return last.characters

    def _press_back(self, last: _Done) -> None:
        """Backspaces, as long as they go where the text is; after an end on the way nothing is known any more."""
        earlier, self._done = self._done[:-1], []
        left = last.characters
        while left > 0:
            self._still(last.target)
            self._ways[last.way].undo(min(left, UNDO_PIECE))
            left -= UNDO_PIECE
        self._done = earlier

    def availability(self) -> dict[str, Availability]:
        """Every way, and whether it can be tried here."""
        return {name: way.available() for name, way in self._ways.items()}

    def way(self, name: str) -> Way:
        """One way, to be tried by itself."""
        if name not in self._ways:
            raise StarlingError("insert.no_way", f"There is no way of insertion {name}.")
        return self._ways[name]

    def hurry(self) -> None:
        """Starling ends: what waits for an application waits no more. Returns at once, from any thread."""
        for way in self._ways.values():
            if hasattr(way, "hurry"):
                way.hurry()

    def close(self) -> None:
        """Let go of clipboards and sessions."""
        with self._lock:
            for way in self._ways.values():
                with contextlib.suppress(StarlingError):
                    way.close()

    # -- one insertion -------------------------------------------------------------------------------------------------

    def _refuse(self, text: str, place: Target) -> None:
        if place.password:
            raise StarlingError(
                "insert.password", "The focus is in a password field, which is never typed into.", "Type it yourself."
            )
        if self.wishes.excludes(place.application):
            name = place.application
            said = f"{name} is one of the applications that are not typed into."
            self._keep(text, said)
            raise StarlingError(EXCLUDED, said, "The preferences list them, under Dictation or Insertion.")

    def _try(self, text: str, place: Target, ways: tuple[str, ...]) -> Inserted:
        trouble = StarlingError("insert.no_way", "No way of insertion works here.", "The Insertion doctor shows why.")
        failures: dict[str, StarlingError] = {}
        for number, name in enumerate(ways):
            if name == "scratchpad":
                break
            way = self._ways.get(name)
            if way is None:
                continue
            told = way.available()
            if not told.ok:
                if trouble.code == "insert.no_way":
                    trouble = StarlingError("insert.no_way", told.reason, told.fix)
                continue
            try:
                if number:  # the way before it may have taken a while
                    self._still(place)
                verified = way.insert(text, place)
            except StarlingError as error:
                self._failed(place, name, error)
                if isinstance(error, Partly):
                    return self._partly(text, place, name, error)
                if error.code in ("insert.focus_moved", "insert.modifiers_held"):
                    failures = {name: error}  # the same would happen to every way
                    break
                failures[name] = error
                continue
            return self._worked(text, place, name, verified)
        if failures:  # that of the best way is the one to mend, also where it came last this time
            best = order(self.session, place, text, self.wishes)
            trouble = failures[min(failures, key=best.index)]
        chosen = ways[0] == "scratchpad" and self.wishes.way_of(place.application) == "scratchpad"
        reason, fix = ("It was chosen for this.", "") if chosen else (trouble.message, trouble.fix)
        return self._kept(text, place, reason, fix)

    def _kept(self, text: str, place: Target, reason: str, fix: str) -> Inserted:
        self._done.clear()
        self._keep(text, reason)
        return Inserted("scratchpad", place, None, reason, fix)

    def _worked(self, text: str, place: Target, name: str, verified: bool | None) -> Inserted:
        self.memory.worked(place.application, name, keep=not self.wishes.private)
        if verified is None and self._elsewhere(place):
            verified = False  # nobody knows how much of it went into the other window
        if verified is False or (self._done and not _same(self._done[-1].target, place)):
            self._done.clear()
        if verified is not False:
            self._done = [*self._done[1 - MOST_UNDONE :], _Done(name, place, graphemes.count(text))]
            self._done_at = self._clock()
        return Inserted(name, place, verified)

    def _partly(self, text: str, place: Target, name: str, error: Partly) -> Inserted:
        """Some of it is in the application, so the whole goes to the scratchpad rather than half of it twice."""
        self._done.clear()
        self._keep(text, f"Only the beginning was inserted: {error.message}")
        return Inserted(name, place, False, error.message, error.fix)

    def _failed(self, place: Target, name: str, error: StarlingError) -> None:
        if error.code in PASSING_CODES:
            return
        where = ANYWHERE if error.code in DESKTOP_CODES else place.application
        self.memory.remember(where, name, error.code, error.message, keep=not self.wishes.private)

    def _keep(self, text: str, reason: str) -> None:
        self.scratchpad.add(text, reason, keep=not self.wishes.private)

    # -- the focus -----------------------------------------------------------------------------------------------------

    def _settled(self, place: Target) -> Target:
        """What has the focus when nobody holds a modifier any more; looked at again only where it may be another.

        Raises:
            StarlingError: ``insert.modifiers_held``.
        """
        return self._look(self.session) if self._free() or self._elsewhere(place) else place

    def _elsewhere(self, place: Target) -> bool:
        """Whether the focus is known to be in another window."""
        window = self._front(self.session).window if place.window else ""
        return bool(window) and _teller(window) == _teller(place.window) and window != place.window

    def _still(self, place: Target) -> None:
        """Raises :class:`StarlingError` ``insert.focus_moved`` where the window has lost the focus."""
        if self._elsewhere(place):
            raise StarlingError("insert.focus_moved", "Another window took the focus.", "Insert the text again.")

    def _free(self) -> bool:
        """Wait for held modifiers; whether that took time. Where the server cannot be asked, the ways will say so."""
        if self.session.kind != "x11":
            return False  # no compositor tells
        from starling.dictation.insertion.x11.link import linked

        try:
            with linked(self.session.display) as link:
                return link.wait_until_free()
        except StarlingError as error:
            if error.code == "insert.modifiers_held":
                raise
            return False


def _teller(window: str) -> str:
    """Who names windows so: only what the same one tells can be compared."""
    return window.partition(":")[0] if ":" in window else "x11"


def _same(one: Target, other: Target) -> bool:
    return (one.window, one.application) == (other.window, other.application)


def clean(text: str) -> str:
    """The text without what is no text: control characters would be commands in a terminal. Pure."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))


def make_ways(
    of: Session, folder: Path, wishes: Callable[[], Wishes], still: Callable[[Target], None]
) -> dict[str, Way]:
    """Every way of a session, best typing ways first; ``still`` raises where a window has lost the focus."""
    from starling.dictation.insertion.portal import PortalWay
    from starling.dictation.insertion.wayland.clipboard import WaylandClipboard
    from starling.dictation.insertion.wayland.wtype import WtypeWay
    from starling.dictation.insertion.x11.clipboard import X11Clipboard
    from starling.dictation.insertion.x11.typing import XtestWay
    from starling.dictation.insertion.ydotool import YdotoolWay

    shift = shift_for_newline(wishes().newline)
    xtest, wtype = XtestWay(of, shift), WtypeWay(of, shift, still)
    portal, ydotool = PortalWay(of, folder / "portal-token", shift), YdotoolWay(of, shift)
    clipboard = {"x11": X11Clipboard(of), "wayland": WaylandClipboard(), "none": None}[of.kind]
    pressers = [xtest] if of.kind == "x11" else [wtype, portal, ydotool]
    paste = PasteWay(clipboard, pressers, lambda application: wishes().chord(application), still)  # type: ignore[arg-type]
    return {way.name: way for way in (xtest, wtype, portal, ydotool, paste)}
