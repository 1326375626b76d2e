"""An exception that nobody expected is told in the window; it never ends anything silently."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable
from types import TracebackType

from starling.commands.unexpected import unexpected
from starling.core.errors import StarlingError

_log = logging.getLogger(__name__)
Hook = Callable[[type[BaseException], BaseException, TracebackType | None], object]


class Faults:
    """While installed, exceptions from slots and threads go to ``tell`` as errors with a code; a report lies on disk.

    The same place is told once: what fails in a paint event fails sixty times a second.

    Args:
        tell: called on the thread that failed.
    """

    def __init__(self, tell: Callable[[StarlingError], None]) -> None:
        self._tell = tell
        self._told: set[tuple[str, int]] = set()
        self._before = (sys.excepthook, threading.excepthook, sys.unraisablehook)

    def install(self) -> None:
        """Take over the hooks."""
        sys.excepthook = self._raised
        threading.excepthook = lambda args: self._failed(args.exc_value)
        sys.unraisablehook = lambda args: self._failed(args.exc_value)

    def remove(self) -> None:
        """Give them back."""
        sys.excepthook, threading.excepthook, sys.unraisablehook = self._before

    def _raised(self, _kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
        self._failed(error)

    def _failed(self, error: BaseException | None) -> None:
        if error is None or isinstance(error, KeyboardInterrupt | SystemExit):
            return
        place = _place(error)
        if place in self._told:
            return
        self._told.add(place)
        shown = error if isinstance(error, StarlingError) else unexpected(error)
        _log.error("%s", shown.code)
        self._tell(shown)


def _place(error: BaseException) -> tuple[str, int]:
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return (trace.tb_frame.f_code.co_filename, trace.tb_lineno) if trace else (type(error).__name__, 0)
