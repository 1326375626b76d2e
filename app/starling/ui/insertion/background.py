"""Work outside the window's thread, one thing after the other; the results come back into it."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal

from starling.core.errors import StarlingError, internal_error

Task = Callable[[], Any]
Done = Callable[[Any], None]


class Background(QObject):
    """A thread that lives while there is work."""

    _over = Signal(object, object)

    def __init__(self, parent: QObject | None = None, name: str = "insertion-doctor") -> None:
        super().__init__(parent)
        self._name = name
        self._tasks: queue.SimpleQueue[tuple[Task, Done] | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._closed = False
        self._over.connect(self._tell, Qt.ConnectionType.QueuedConnection)

    def run(self, task: Task, done: Done = lambda _: None) -> None:
        """Do something; ``done`` gets its result, or the :class:`StarlingError` it raised, in the window's thread."""
        with self._lock:
            self._tasks.put((task, done))
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name=self._name, daemon=True)
                self._thread.start()

    def close(self, timeout_s: float = 1.0) -> None:
        """Tell nobody any more; waits a little for what has begun, as a save."""
        self._closed = True
        thread = self._thread
        if thread is not None:
            thread.join(timeout_s)

    def _work(self) -> None:
        while True:
            with self._lock:
                if self._tasks.empty():
                    self._thread = None
                    return
                waiting = self._tasks.get()
            if waiting is None:
                continue
            task, done = waiting
            result: Any
            try:
                result = task()
            except StarlingError as error:
                result = error
            except Exception as error:  # noqa: BLE001 - the edge of a thread
                result = internal_error(error)
            if not self._closed:
                self._over.emit(done, result)

    def _tell(self, done: Done, result: Any) -> None:
        if not self._closed:
            done(result)
