"""Puts texts where the cursor is, by the best way there is, and never loses one."""

from __future__ import annotations

import contextlib
import threading
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from starling.core.errors import StarlingError
from starling.dictation.insertion import graphemes
from starling.dictation.insertion.base import Availability, Inserted, Partly, Way
from starling.dictation.insertion.choosing import Wishes, order, shift_for_newline
from starling.dictation.insertion.memory import ANYWHERE, Memory
from starling.dictation.insertion.paste import PasteWay
from starling.dictation.insertion.scratchpad import Scratchpad
from starling.dictation.surroundings import Session, Target, session, target

HELD_S = 2.0
"""For modifier keys that are down, as those of the talk key, to be released."""
DESKTOP_CODES = frozenset(("insert.no_portal", "insert.no_bus", "insert.no_display", "insert.no_xlib"))
"""Failures that have nothing to do with an application."""
PASSING_CODES = frozenset(("insert.focus_moved", "insert.clipboard_unsaved", "insert.modifiers_held"))
"""Failures that say nothing about the next time."""


@dataclass(frozen=True)
class _Last:
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
        scratchpad: Scratchpad | None = None,
    ) -> None:
        self.wishes = wishes or Wishes()
        self.session = of or session()
        self.scratchpad = scratchpad or Scratchpad(folder / "scratchpad.json")
        self.memory = Memory(folder / "failures.json")
        self._look = look
        self._ways = dict(ways if ways is not None else make_ways(self.session, folder, lambda: self.wishes))
        self._lock = threading.Lock()
        self._last: _Last | None = None

    def use(self, wishes: Wishes) -> None:
        """Follow what the user chose since."""
        with self._lock:
            self.wishes = wishes
            for way in self._ways.values():
                if hasattr(way, "shift_newline"):
                    way.shift_newline = shift_for_newline(wishes.newline)

    def insert(self, text: str) -> Inserted:
        """Insert a text; what no way can insert goes to the scratchpad, with the reason.

        Raises:
            StarlingError: ``insert.excluded``: the user does not want this application to be typed into, or the focus
                is in a password field. ``insert.scratchpad``: not even the scratchpad could be saved.
        """
        text = clean(text)
        with self._lock:
            place = self._look(self.session)
            self._refuse(text, place)
            if not text:
                return Inserted("", place, None)
            failed = self.memory.failed(place.application)
            ways = order(self.session, place, text, self.wishes, failed)
            return self._try(text, place, ways)

    def undo(self) -> int:
        """Take the last insertion away with Backspace; how many characters those were.

        Raises:
            StarlingError: ``insert.nothing_to_undo``, ``insert.undo_focus``, or what went wrong.
        """
        with self._lock:
            last = self._last
            if last is None:
                raise StarlingError("insert.nothing_to_undo", "There is no insertion to take back.")
            place = self._look(self.session)
            if not place.window or (place.window, place.application) != (last.target.window, last.target.application):
                raise StarlingError(
                    "insert.undo_focus",
                    "The text was inserted into another window than the one in front, or that is not known.",
                    "Take it back in the application itself.",
                )
            self._free()
            self._ways[last.way].undo(last.characters)
            self._last = None
            return last.characters

    def availability(self) -> dict[str, Availability]:
        """Every way, and whether it can be tried here."""
        return {name: way.available() for name, way in self._ways.items()}

    def way(self, name: str) -> Way:
        """One way, to be tried by itself."""
        if name not in self._ways:
            raise StarlingError("insert.no_way", f"There is no way of insertion {name}.")
        return self._ways[name]

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
                "insert.excluded", "The focus is in a password field, which is never typed into.", "Type it yourself."
            )
        if self.wishes.excludes(place.application):
            name = place.application
            self._keep(text, f"{name} is one of the applications that are not typed into.")
            raise StarlingError(
                "insert.excluded",
                f"{name} is one of the applications that are not typed into; the text is in the scratchpad.",
                "The setting insertion.excluded lists them.",
            )

    def _try(self, text: str, place: Target, ways: tuple[str, ...]) -> Inserted:
        trouble = StarlingError("insert.no_way", "No way of insertion works here.", "The Insertion doctor shows why.")
        for name in ways:
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
                self._free()
                verified = way.insert(text, place)
            except StarlingError as error:
                self._failed(place, name, error)
                trouble = error
                if isinstance(error, Partly):
                    return self._partly(text, place, name, error)
                if error.code in ("insert.focus_moved", "insert.modifiers_held"):
                    break  # the same would happen to every way
                continue
            return self._worked(text, place, name, verified)
        chosen = ways[0] == "scratchpad" and self.wishes.way_of(place.application) == "scratchpad"
        reason, fix = ("It was chosen for this.", "") if chosen else (trouble.message, trouble.fix)
        self._last = None
        self._keep(text, reason)
        return Inserted("scratchpad", place, None, reason, fix)

    def _worked(self, text: str, place: Target, name: str, verified: bool | None) -> Inserted:
        self.memory.worked(place.application, name, keep=not self.wishes.private)
        after = self._look(self.session) if verified is None and place.window else place
        if after.window != place.window:
            verified = False  # nobody knows how much of it went into the other window
        self._last = _Last(name, place, graphemes.count(text)) if verified is not False else None
        return Inserted(name, place, verified)

    def _partly(self, text: str, place: Target, name: str, error: Partly) -> Inserted:
        """Some of it is in the application, so the whole goes to the scratchpad rather than half of it twice."""
        self._last = None
        self._keep(text, f"Only the beginning was inserted: {error.message}")
        return Inserted(name, place, False, error.message, error.fix)

    def _failed(self, place: Target, name: str, error: StarlingError) -> None:
        if error.code in PASSING_CODES:
            return
        where = ANYWHERE if error.code in DESKTOP_CODES else place.application
        self.memory.remember(where, name, error.code, error.message, keep=not self.wishes.private)

    def _keep(self, text: str, reason: str) -> None:
        self.scratchpad.add(text, reason, keep=not self.wishes.private)

    def _free(self) -> None:
        """Wait for held modifiers: with Ctrl down, a text would be a row of commands."""
        if self.session.kind != "x11":
            return  # no compositor tells
        from starling.dictation.insertion.x11.link import linked

        with linked(self.session.display) as link:
            if not link.wait_until_free(HELD_S):
                raise StarlingError(
                    "insert.modifiers_held", "A modifier key is held down.", "Release it and insert the text again."
                )


def clean(text: str) -> str:
    """The text without what is no text: control characters would be commands in a terminal. Pure."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))


def make_ways(of: Session, folder: Path, wishes: Callable[[], Wishes]) -> dict[str, Way]:
    """Every way of a session, best typing ways first."""
    from starling.dictation.insertion.portal import PortalWay
    from starling.dictation.insertion.wayland.clipboard import WaylandClipboard
    from starling.dictation.insertion.wayland.wtype import WtypeWay
    from starling.dictation.insertion.x11.clipboard import X11Clipboard
    from starling.dictation.insertion.x11.typing import XtestWay
    from starling.dictation.insertion.ydotool import YdotoolWay

    shift = shift_for_newline(wishes().newline)
    xtest, wtype = XtestWay(of, shift), WtypeWay(of, shift)
    portal, ydotool = PortalWay(of, folder / "portal-token", shift), YdotoolWay(of, shift)
    clipboard = {"x11": X11Clipboard(of), "wayland": WaylandClipboard(), "none": None}[of.kind]
    pressers = [xtest] if of.kind == "x11" else [wtype, portal, ydotool]
    paste = PasteWay(clipboard, pressers, lambda application: wishes().chord(application))  # type: ignore[arg-type]
    return {way.name: way for way in (xtest, wtype, portal, ydotool, paste)}
