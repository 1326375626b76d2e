"""ydotool: keys by the kernel's uinput, if its daemon runs. It knows the key codes of a US keyboard only."""

from __future__ import annotations

import os
import socket
import stat
from collections.abc import Mapping, Sequence

from starling.core.errors import StarlingError
from starling.dictation.insertion import installing, programs
from starling.dictation.insertion.base import Availability, Partly
from starling.dictation.insertion.wayland.wtype import parts
from starling.dictation.surroundings import Session, Target

CALL_S = 10.0
MOST = 150
"""Characters in one call: ydotool takes 40 ms for each."""
MOST_KEYS = 400
"""Of one call."""
_CODES = {"Control_L": 29, "Shift_L": 42, "Insert": 110, "v": 47, "BackSpace": 14, "Return": 28}
"""Linux's input event codes; V is where a US keyboard has it."""
_DAEMON = "systemctl --user enable --now ydotool   (your user has to be allowed to write /dev/uinput)"


def sockets(session: Session, env: Mapping[str, str]) -> tuple[str, ...]:
    """Where its daemon may listen. Pure."""
    named = env.get("YDOTOOL_SOCKET", "")
    places = (named,) if named else (f"{session.runtime}/.ydotool_socket", "/tmp/.ydotool_socket")
    return tuple(place for place in places if place.startswith("/") and place != "/.ydotool_socket")


class YdotoolWay:
    """Types through ydotoold.

    Args:
        session: of what kind the desktop is.
        shift_newline: a new line is Shift+Enter.
    """

    name = "ydotool"

    def __init__(self, session: Session, shift_newline: bool = True) -> None:
        self._session, self.shift_newline = session, shift_newline

    def available(self) -> Availability:
        """Whether it is installed and its daemon answers."""
        if self._session.kind == "none":
            return Availability(False, "There is no desktop session.")
        if not programs.find("ydotool"):
            return Availability(False, "ydotool is not installed.", installing.command("ydotool"))
        if not self._socket():
            return Availability(False, "The daemon of ydotool does not run.", _DAEMON)
        return Availability(True, "It types as a US keyboard does, so texts in other letters are pasted.")

    def insert(self, text: str, target: Target) -> bool | None:
        """Type what a US keyboard has."""
        if not text.isascii():
            raise StarlingError("insert.no_key", "ydotool has no key for a character.", "Paste it.")
        done = 0
        for part in parts(text.replace("\t", " "), MOST):
            try:
                if part == "\n":
                    self._press(("Shift_L", "Return") if self.shift_newline else ("Return",))
                elif part:
                    self._run("type", "--file", "-", data=part.encode())
            except StarlingError as error:
                # One that was ended on the way has typed some of its part.
                if done or error.code == "insert.tool_silent":
                    raise Partly(error, text[done:]) from error
                raise
            done += len(part)
        return None

    def undo(self, characters: int) -> None:
        """Press Backspace."""
        code = _CODES["BackSpace"]
        words = [f"{code}:{down}" for _ in range(characters) for down in (1, 0)]
        for start in range(0, len(words), MOST_KEYS):
            self._run("key", *words[start : start + MOST_KEYS])

    def chord(self, keys: Sequence[str]) -> None:
        """Press keys together."""
        self._press(keys)

    def close(self) -> None:
        """Nothing is held."""

    def _press(self, keys: Sequence[str]) -> None:
        codes = [_CODES[name] for name in keys]
        self._run("key", *(f"{code}:1" for code in codes), *(f"{code}:0" for code in reversed(codes)))

    def _run(self, *words: str, data: bytes = b"") -> None:
        place = self._socket()
        if not place:  # without one it would go to the usual place, whoever listens there
            raise StarlingError("insert.tool", "The daemon of ydotool does not run.", _DAEMON)
        programs.run(["ydotool", *words], data, CALL_S, {**os.environ, "YDOTOOL_SOCKET": place})

    def _socket(self) -> str:
        return next((place for place in sockets(self._session, os.environ) if _answers(place)), "")


def _answers(place: str) -> bool:
    """Whether a daemon of this user or of the system listens; its socket takes datagrams.

    One of the usual places is /tmp, where another user could make a socket and read every text.
    """
    try:
        found = os.lstat(place)
    except OSError:
        return False
    if not stat.S_ISSOCK(found.st_mode) or found.st_uid not in (0, os.getuid()):
        return False
    for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
        try:
            with socket.socket(socket.AF_UNIX, kind) as link:
                link.settimeout(1)
                link.connect(place)
                return True
        except OSError:
            continue
    return False
