"""The system's D-Bus: where it is, and how long it may take to answer."""

from __future__ import annotations

import os

from starling.npu.sysroot import Sysroot

SYSTEM_BUS = "/run/dbus/system_bus_socket"
REPLY_S = 2.0


def address(root: Sysroot) -> str:
    """Of the system's bus; a faked machine has its own."""
    return os.environ.get("DBUS_SYSTEM_BUS_ADDRESS") or f"unix:path={root.path(SYSTEM_BUS)}"
