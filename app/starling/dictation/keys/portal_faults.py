"""What a GlobalShortcuts portal can fail by, in words, with the remedy."""

from __future__ import annotations

from starling.dictation.bus import BusError
from starling.dictation.keys.base import KeysState

_AGAIN = "Press “Ask again” in the preferences, page Keys."


class Unusable(Exception):
    """The portal gives no keys.

    Attributes:
        state: what is told.
        again: whether it is tried again by itself.
    """

    def __init__(self, state: KeysState, *, again: bool = True) -> None:
        super().__init__(state.problem)
        self.state = state
        self.again = again


ASKING = KeysState("portal", waiting=True)
ABSENT = KeysState(
    "command", problem="This desktop gives no global keys to programs (it has no GlobalShortcuts portal)."
)
NO_BUS = KeysState("command", problem="The session's D-Bus cannot be reached, and so no portal for global keys.")
GONE = KeysState("portal", problem="The desktop's portal has ended.", fix="It is tried again by itself.")
SILENT = KeysState(
    "portal",
    problem="The desktop's portal does not answer.",
    fix="It is tried again by itself. If that does not help, run `systemctl --user restart xdg-desktop-portal`.",
)
NO_SESSION = KeysState(
    "portal",
    problem="The desktop's portal could not prepare global keys.",
    fix="Update the desktop and xdg-desktop-portal, or choose the way “A command” in the preferences, page Keys.",
)
DENIED = KeysState("portal", problem="The desktop was told not to give Starling a global key.", fix=_AGAIN)
REVOKED = KeysState("portal", problem="The desktop has taken the global key away from Starling.", fix=_AGAIN)
UNASSIGNED = KeysState(
    "portal",
    problem="The desktop has no key for talking to Starling.",
    fix="Give it one in the desktop's settings, where keyboard shortcuts of applications are.",
)
GNOME_49 = KeysState(
    "portal",
    problem="GNOME 49 may take a global key and never report it.",
    fix="If nothing happens on the key, give a key the command `starling ptt toggle` in GNOME's keyboard settings.",
)


def refused(error: BusError) -> KeysState:
    """Any other error of the portal."""
    return KeysState(
        "portal",
        problem=f"The desktop's portal refused: {_sentence(str(error) or error.name)}",
        fix="Update xdg-desktop-portal, or choose the way “A command” in the preferences, page Keys.",
    )


def nameless(why: str) -> KeysState:
    """The portal serves only programs that it knows by a .desktop file (xdg-desktop-portal 1.21 and later)."""
    return KeysState(
        "portal",
        problem=f"The desktop's portal does not know Starling: {_sentence(why)}",
        fix="Put Starling into the desktop's menu with `packaging/linux/install.sh`, or install its package.",
    )


def note(gnome: str) -> KeysState | None:
    """What is known to be broken in this desktop though everything was granted."""
    return GNOME_49 if gnome.partition(".")[0] == "49" else None


def _sentence(text: str) -> str:
    words = "".join(letter for letter in text[:200] if letter.isprintable()).strip()
    return words if words.endswith(".") else f"{words}."
