"""Which ways are tried, in which order. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal

from starling.dictation.insertion.base import WAYS
from starling.dictation.insertion.chords import CHORDS, is_terminal
from starling.dictation.surroundings import Session, Target
from starling.dictation.text.rules import Profile, profile_for

Newline = Literal["paste", "shift_enter", "enter"]
EXCLUDED = "excluded"

LONG = 400
"""Characters from which on pasting is quicker than typing, and less is lost when the focus moves meanwhile."""
FOREIGN = 4
"""More different characters outside Latin-1 are pasted: each change of the keyboard keeps every program and the window
manager busy for a moment."""
_LATIN = 0x100
_ASCII = 0x7F

_WAYLAND_ORDER: dict[str, tuple[str, ...]] = {
    "sway": ("wtype", "paste", "portal", "ydotool"),
    "hyprland": ("wtype", "paste", "portal", "ydotool"),
    "wlroots": ("wtype", "paste", "portal", "ydotool"),
    "gnome": ("portal", "paste", "ydotool"),
    "kde": ("portal", "paste", "ydotool"),
    "other": ("portal", "wtype", "paste", "ydotool"),
}


@dataclass(frozen=True)
class Wishes:
    """What the user chose.

    Attributes:
        way: one of the ways, or ``auto``.
        newline: how a new line gets into an application.
        per_application: application to a way, a chord, or ``excluded``.
        excluded: applications that are never typed into.
        profiles: of applications; what one says counts before ``per_application``.
        private: nothing is written to disk.
    """

    way: str = "auto"
    newline: Newline = "paste"
    per_application: Mapping[str, str] = field(default_factory=dict)
    excluded: Collection[str] = ()
    profiles: tuple[Profile, ...] = ()
    private: bool = False

    def chord(self, application: str) -> str:
        """The chord chosen for an application; empty for none."""
        profile = profile_for(self.profiles, application)
        if profile is not None and profile.chord:
            return profile.chord
        chosen = self._chosen(application)
        return chosen if chosen in CHORDS else ""

    def way_of(self, application: str) -> str:
        """The way chosen for an application, or for all; empty for automatic."""
        profile = profile_for(self.profiles, application)
        if profile is not None and profile.way:
            return profile.way
        chosen = self._chosen(application)
        if chosen in CHORDS:
            return "paste"
        if chosen in WAYS:
            return chosen
        return self.way if self.way in WAYS else ""

    def excludes(self, application: str) -> bool:
        """Whether an application is never typed into."""
        if not application:
            return False
        profile = profile_for(self.profiles, application)
        if profile is not None and profile.never:
            return True
        names = {name.lower() for name in self.excluded}
        return any(name in names for name in names_of(application)) or self._chosen(application) == EXCLUDED

    def _chosen(self, application: str) -> str:
        chosen = {name.lower(): value for name, value in self.per_application.items()}
        return next((chosen[name] for name in names_of(application) if name in chosen), "")


def names_of(application: str) -> tuple[str, ...]:
    """What an application may be called in a list: ``org.gnome.gedit`` also ``gedit``."""
    application = application.lower()
    return tuple(dict.fromkeys((application, application.rpartition(".")[2])))


def order(session: Session, target: Target, text: str, wishes: Wishes, failed: Collection[str] = ()) -> tuple[str, ...]:
    """The ways to try, best first; the scratchpad is always the last.

    Args:
        session: of what kind the desktop is.
        target: who has the focus.
        text: what is to be inserted.
        wishes: what the user chose.
        failed: ways that failed in this application lately; they come after all others.
    """
    chosen = wishes.way_of(target.application)
    if chosen:
        # What was chosen is tried first whatever it did before; typing where a new line would send is not.
        ways: tuple[str, ...] = (chosen,)
    else:
        ways = _automatic(session, text, wishes.newline)
        ways = (*(way for way in ways if way not in failed), *(way for way in ways if way in failed))
    if "\n" in text and not _may_type_lines(target, wishes.newline):
        ways = tuple(way for way in ways if way in ("paste", "scratchpad"))
    return tuple(dict.fromkeys((*ways, "scratchpad")))


def _automatic(session: Session, text: str, newline: Newline) -> tuple[str, ...]:
    if session.kind == "none":
        return ()
    ways = ("xtest", "paste") if session.kind == "x11" else _WAYLAND_ORDER[session.compositor or "other"]
    if _paste_first(session, text, newline, ways[0]):
        ways = ("paste", *(way for way in ways if way != "paste"))
    if not text.isascii():
        ways = tuple(way for way in ways if way != "ydotool")  # it knows the keys of a US keyboard only
    return ways


def _paste_first(session: Session, text: str, newline: Newline, best: str) -> bool:
    if "\n" in text and newline == "paste":
        return True
    if best == "wtype":
        return len(text) > LONG * 10  # it brings a keyboard of its own with every character of the text on it
    if best == "portal":
        return len(text) > LONG or any(ord(character) > _ASCII for character in text)
    return len(text) > LONG or len({c for c in text if ord(c) >= _LATIN}) > FOREIGN


def _may_type_lines(target: Target, newline: Newline) -> bool:
    """In a terminal every Enter runs what stands there; Shift+Enter does too. Nobody knows what has no name."""
    if not target.application:
        return newline != "paste"
    return newline == "enter" or not is_terminal(target.application)


def shift_for_newline(newline: Newline) -> bool:
    """Whether a typed new line is Shift+Enter, which sends no message."""
    return newline != "enter"
