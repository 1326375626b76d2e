"""The session's D-Bus: where it is, and how long it may take to answer."""

from __future__ import annotations

import os

REPLY_S = 5.0


def address() -> str:
    """Of the session's bus; empty where there is none."""
    told = os.environ.get("DBUS_SESSION_BUS_ADDRESS", "")
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    return told or (f"unix:path={runtime}/bus" if runtime and os.path.exists(f"{runtime}/bus") else "")
