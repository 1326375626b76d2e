"""wtype: a virtual keyboard with every character of the text on it, for compositors of the wlroots family."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from starling.core.errors import StarlingError
from starling.dictation.insertion import installing, programs
from starling.dictation.insertion.base import Availability, Partly
from starling.dictation.surroundings import Session, Target

MOST = 1000
"""Characters in one call: a keymap has room for some hundred different ones, and a call has a limit of time."""
CALL_S = 10.0
_HELD = {"Control_L": "ctrl", "Shift_L": "shift"}


class WtypeWay:
    """Types through wtype.

    Args:
        session: whose compositor.
        shift_newline: a new line is Shift+Enter.
        still: raises where a window has lost the focus.
    """

    name = "wtype"

    def __init__(
        self, session: Session, shift_newline: bool = True, still: Callable[[Target], None] = lambda target: None
    ) -> None:
        self._session, self.shift_newline, self._still = session, shift_newline, still

    def available(self) -> Availability:
        """Whether it is installed, and the compositor is known to take its keys or not."""
        if self._session.kind != "wayland":
            return Availability(False, "wtype needs a Wayland session.")
        if self._session.compositor in ("gnome", "kde"):
            name = {"gnome": "GNOME", "kde": "KDE Plasma"}[self._session.compositor]
            return Availability(False, f"{name} does not let wtype type.", "The portal is the way there.")
        if not programs.find("wtype"):
            return Availability(False, "wtype is not installed.", installing.command("wtype"))
        return Availability(True)

    def insert(self, text: str, target: Target) -> bool | None:
        """Type; whether it arrived, nobody tells."""
        done = 0
        for part in parts(text.replace("\t", " ")):
            try:
                if done:
                    self._still(target)
                if part == "\n":
                    self._run("-M", "shift", "-k", "Return", "-m", "shift") if self.shift_newline else self._run(
                        "-k", "Return"
                    )
                else:
                    self._run("-", data=part.encode("utf-8", "replace"))
            except StarlingError as error:
                # One that was ended on the way may have typed some of its part.
                if done or error.code == "insert.tool_silent":
                    raise Partly(error, text[done:]) from error
                raise
            done += len(part)
        return None

    def undo(self, characters: int) -> None:
        """Press Backspace."""
        for start in range(0, characters, MOST):
            times = min(MOST, characters - start)
            self._run(*("-k", "BackSpace") * times)

    def chord(self, keys: Sequence[str]) -> None:
        """Press keys together."""
        *held, key = keys
        pressed = [word for name in held for word in ("-M", _HELD[name])]
        released = [word for name in reversed(held) for word in ("-m", _HELD[name])]
        self._run(*pressed, "-k", key, *released)

    def close(self) -> None:
        """Nothing is held."""

    def _run(self, *words: str, data: bytes = b"") -> None:
        programs.run(["wtype", *words], data, CALL_S)


def parts(text: str, most: int = MOST) -> list[str]:
    """The text in pieces of one call each; a new line is a piece of its own. Pure."""
    found: list[str] = []
    for number, line in enumerate(text.split("\n")):
        if number:
            found.append("\n")
        found += [line[start : start + most] for start in range(0, len(line), most)]
    return found
