"""Where it is written how to reach the Starling that runs. Imports nothing that a keystroke would feel."""

from __future__ import annotations

import os
import sys

FILE = "control.address"
"""In the data folder. One line of JSON: ``{"socket": path}``, or ``{"port": …, "token": …}`` where there are no Unix
sockets: on the loopback, for whoever can read this file."""


def address_file() -> str:
    """The path of that file: :func:`starling.locate.data_dir` without its 10 ms of imports."""
    if home := os.environ.get("STARLING_HOME"):
        return os.path.join(home, "data", FILE)
    if sys.platform != "linux":
        from starling import locate

        return str(locate.data_dir() / FILE)
    data = os.environ.get("XDG_DATA_HOME", "")
    return os.path.join(data if data.strip() else os.path.expanduser("~/.local/share"), "starling", FILE)
