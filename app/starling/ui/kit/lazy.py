"""pyqtgraph, loaded beside the event loop: its import takes far longer than a frame."""

from __future__ import annotations

import importlib
import sys
import threading
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal

LIBRARY = "pyqtgraph"


class _Loader(QObject):
    """Imports once, on a thread of its own, and calls everyone who waits from the GUI thread."""

    _imported = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._waiting: list[Callable[[], None]] = []
        self._thread: threading.Thread | None = None
        self._imported.connect(self._call, Qt.ConnectionType.QueuedConnection)

    def when_loaded(self, call: Callable[[], None]) -> None:
        self._waiting.append(call)
        if self._thread is None:
            # Waited for at exit, as threads are; an import cannot be broken off.
            self._thread = threading.Thread(target=self._import, name="plots")
            self._thread.start()
        elif not self._thread.is_alive():
            self._imported.emit()

    def _import(self) -> None:
        importlib.import_module(LIBRARY)
        self._imported.emit()

    def _call(self) -> None:
        """One a round of the event loop, as each makes a plot."""
        if self._waiting:
            self._waiting.pop(0)()
        if self._waiting:
            self._imported.emit()


_loader = _Loader()


def when_loaded(call: Callable[[], None]) -> None:
    """Load the plotting library and then make the call in the GUI thread, never at once."""
    _loader.when_loaded(call)


def is_loaded() -> bool:
    """Whether plots can be made without waiting."""
    return LIBRARY in sys.modules
