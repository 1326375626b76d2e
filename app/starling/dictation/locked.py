"""Whether the screen is locked, as logind knows it: what is typed then goes into the lock's password field."""

from __future__ import annotations

import os

from starling.dbus.link import FAILURES, connected
from starling.dictation.bus import Bus, BusError

SYSTEM_BUS = "/run/dbus/system_bus_socket"
CALL_S = 0.25
LOGIND, SESSION = "org.freedesktop.login1", "org.freedesktop.login1.Session"
OURS = "/org/freedesktop/login1/session/auto"
"""The session of the process that asks; for a service of the user the one in front of the display."""


def address() -> str:
    """Of the system's bus; empty where there is none."""
    told = os.environ.get("DBUS_SYSTEM_BUS_ADDRESS", "")
    return told or (f"unix:path={SYSTEM_BUS}" if os.path.exists(SYSTEM_BUS) else "")


def locked() -> bool:
    """Whether the desktop has told logind that its screen is locked; False where nobody tells."""
    place = address()
    if not place:
        return False
    try:
        with connected(place, CALL_S) as link:
            return Bus(link, CALL_S).property(SESSION, "LockedHint", OURS, LOGIND) is True
    except (BusError, *FAILURES):
        return False
