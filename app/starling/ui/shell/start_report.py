"""What a start took, for ``starling bench window`` and tests: one JSON line, then the window quits."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer

from starling.pipeline import events
from starling.ui.bridge import Bridge

SETTLE_MS = 1500
"""After it is ready: what is loaded lazily has been loaded."""
_KIB = 1024


class StartReport(QObject):
    """Notes the first paint and the end of the start, and writes them to stdout.

    Times are ``time.monotonic()``, which a parent process can compare with its own.

    Args:
        done: called after the line was written.
    """

    def __init__(self, bridge: Bridge, done: Callable[[], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._done = done
        self._facts: dict[str, Any] = {"first_paint_at": None, "ready_at": None, "code": ""}
        bridge.event.connect(self._hear)

    def painted(self) -> None:
        """The window has been painted for the first time."""
        self._facts["first_paint_at"] = time.monotonic()

    def _hear(self, event: events.Event) -> None:
        if isinstance(event, events.Ready | events.Stopped) and self._facts["ready_at"] is None:
            self._facts["ready_at"] = time.monotonic()
            error = event.error if isinstance(event, events.Stopped) else None
            self._facts["code"] = error.code if error else ""
            QTimer.singleShot(SETTLE_MS, self._write)

    def _write(self) -> None:
        self._facts["memory_bytes"] = resident_bytes()
        sys.stdout.write(json.dumps(self._facts) + "\n")
        sys.stdout.flush()
        self._done()


def resident_bytes() -> int | None:
    """Resident memory of this process; None where /proc does not tell."""
    try:
        lines = Path("/proc/self/status").read_text("ascii", "replace").splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) * _KIB for line in lines if line.startswith("VmRSS:")), None)
