"""Slow things in order, on a thread of their own."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable

from starling.core.errors import StarlingError, internal_error


class Tasks:
    """Runs what it is given, one after another.

    Args:
        name: of the thread.
        failed: called on the thread with the error of a task; the next one runs all the same.
    """

    def __init__(self, name: str, failed: Callable[[StarlingError], None]) -> None:
        self._failed = failed
        self._queue: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def put(self, task: Callable[[], None]) -> None:
        """Run this after those before it. Nothing happens once it is closed."""
        self._queue.put(task)

    def close(self, timeout_s: float) -> None:
        """Drop what waits, and wait for what runs; a task that hangs is left behind."""
        self._closing = True
        self._queue.put(None)
        if self._thread is not threading.current_thread():
            self._thread.join(timeout_s)

    def _run(self) -> None:
        while (task := self._queue.get()) is not None:
            if self._closing:
                return
            try:
                task()
            except StarlingError as error:
                self._failed(error)
            except Exception as error:  # noqa: BLE001 - the tasks after it must still run
                self._failed(internal_error(error))
