"""What a way of insertion is, and what comes of an insertion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from starling.core.errors import StarlingError
from starling.dictation.surroundings import Target

TYPING_WAYS = ("xtest", "wtype", "portal", "ydotool")
WAYS = (*TYPING_WAYS, "paste", "scratchpad")


@dataclass(frozen=True)
class Availability:
    """Whether a way can be tried here.

    Attributes:
        ok: what can be known beforehand is in order.
        reason: one sentence; also where it is in order, when there is something to know.
        fix: what to do, exact commands where there are some.
    """

    ok: bool
    reason: str = ""
    fix: str = ""


@dataclass(frozen=True)
class Inserted:
    """Where a text went.

    Attributes:
        way: the one that worked; ``scratchpad`` when none did.
        target: who had the focus.
        verified: True when the application took it, False when it went elsewhere, None when nobody can tell.
        reason: why it is in the scratchpad; empty otherwise.
        fix: what would help; may be empty.
    """

    way: str
    target: Target
    verified: bool | None
    reason: str = ""
    fix: str = ""


class Way(Protocol):
    """One way to put a text where the cursor is. Blocks; never used in the window's thread."""

    name: str

    def available(self) -> Availability:
        """Whether it can be tried here."""
        ...

    def insert(self, text: str, target: Target) -> bool | None:
        """Put the text there; whether the application is known to have taken it.

        Raises:
            StarlingError: nothing, or not all, was inserted.
        """
        ...

    def undo(self, characters: int) -> None:
        """Press Backspace so many times."""
        ...

    def close(self) -> None:
        """Let go of what it holds."""
        ...


class Elsewhere(StarlingError):
    """Another window has come to the front before anything was inserted.

    Attributes:
        place: what has the focus now.
    """

    def __init__(self, place: Target) -> None:
        super().__init__("insert.focus_moved", "Another window took the focus.", "Insert the text again.")
        self.place = place


class Partly(StarlingError):
    """Some of the text was inserted before it went wrong, so no other way may insert it again.

    Attributes:
        rest: what was not inserted, as far as it is known.
    """

    def __init__(self, error: StarlingError, rest: str) -> None:
        super().__init__(error.code, error.message, error.fix)
        self.rest = rest
