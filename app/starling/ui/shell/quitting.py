"""The end of the process: in time, and by force when something hangs."""

from __future__ import annotations

import atexit
import contextlib
import faulthandler
import logging
from pathlib import Path
from typing import IO

from starling.core.errors import StarlingError

QUIT_LIMIT_S = 1.9
"""From the wish to quit to the end of the process; people are promised two seconds."""
SERVICE_LIMIT_S = 1.4
REPORT = "quitting.txt"
FORCED_REPORT = "last-forced-quit.txt"
_HEADER = "[ui.quit_forced] Starling did not end by itself in time. Where it hung:\n"
_HUNG = "Timeout ("
_log = logging.getLogger(__name__)


class Deadline:
    """Ends the process by force when it has not ended in time, even if Python itself is stuck.

    Args:
        folder: where the report goes: places in the code, never text.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / REPORT
        self._file: IO[str] | None = None

    def arm(self) -> None:
        """The time runs from now on. It is taken back by the end of the process or by :meth:`disarm`."""
        if self._file:
            return
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._path.open("w", encoding="utf-8")
            self._file.write(_HEADER)
            self._file.flush()
            faulthandler.dump_traceback_later(QUIT_LIMIT_S, exit=True, file=self._file)
            # Python waits for its threads before this, so a thread that hangs is still caught.
            atexit.register(self.disarm)

    def disarm(self) -> None:
        """Everything has ended."""
        if not self._file:
            return
        faulthandler.cancel_dump_traceback_later()
        atexit.unregister(self.disarm)
        self._file.close()
        self._file = None
        with contextlib.suppress(OSError):
            self._path.unlink(missing_ok=True)


def forced_last_time(folder: Path) -> StarlingError | None:
    """What to tell when the run before this one was ended by force; it is told once."""
    path, kept = folder / REPORT, folder / FORCED_REPORT
    with contextlib.suppress(OSError):
        forced = _HUNG in path.read_text("utf-8", "replace")
        path.replace(kept)
        if forced:
            _log.warning("ui.quit_forced")
            return StarlingError(
                "ui.quit_forced",
                "The last time, Starling did not end by itself and was ended by force.",
                f"Where it hung is in {kept}; please report it.",
            )
        kept.unlink()
    return None
