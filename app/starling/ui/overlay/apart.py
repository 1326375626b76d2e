"""The overlay in a process of its own on XWayland, seen from the window's."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from starling.ui.overlay.state import Look
from starling.ui.overlay.surface import Style, packed

MODULE = "starling.ui.overlay.child"
ENVIRONMENT = {"QT_QPA_PLATFORM": "xcb"}
MOST_STARTS = 3
"""A process that ends each time is not started for ever."""
MOST_WAITING = 40
"""Messages to a process that does not read: levels are dropped then."""
END_S = 0.3


class Apart:
    """Starts the process at the first look, on a thread of its own, and ends it with :meth:`close`.

    The process watches its stdin: it ends with this one, however that ends. What is shown crosses the pipe only.

    Args:
        failed: called once, on any thread, when the process cannot be kept running.
    """

    def __init__(self, failed: Callable[[], None] = lambda: None) -> None:
        self._failed = failed
        self._inbox: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self._thread: threading.Thread | None = None
        self._style = Style()

    def use(self, style: Style) -> None:
        """See :class:`starling.ui.overlay.surface.Surface`."""
        self._style = style
        if self._thread is not None:
            self._inbox.put({"style": asdict(style)})

    def show_look(self, look: Look | None) -> None:
        """See :class:`starling.ui.overlay.surface.Surface`."""
        if self._thread is None:
            if look is None:
                return
            self._thread = threading.Thread(target=self._serve, name="overlay", daemon=True)
            self._thread.start()
            self.use(self._style)
        self._inbox.put(packed(look))

    def set_level(self, dbfs: float | None) -> None:
        """See :class:`starling.ui.overlay.surface.Surface`."""
        if self._thread is not None and self._inbox.qsize() < MOST_WAITING:
            self._inbox.put({"level": dbfs})

    def close(self) -> None:
        """See :class:`starling.ui.overlay.surface.Surface`."""
        if self._thread is not None:
            self._inbox.put(None)

    def wait(self, timeout_s: float) -> None:
        """After :meth:`close`: until the process has ended, or so long."""
        if self._thread is not None:
            self._thread.join(timeout_s)

    # -- on the thread -----------------------------------------------------------------------------------------

    def _serve(self) -> None:
        from starling.child.command import python_argv, python_env
        from starling.child.process import Child

        child: Child | None = None
        starts = 0
        while (message := self._inbox.get()) is not None:
            if child is None or not child.alive:
                if starts == MOST_STARTS:
                    self._failed()
                    return
                starts += 1
                if child is not None:
                    child.kill()
                argv, env = python_argv("", MODULE), python_env("", ENVIRONMENT)
                child = Child(argv, on_message=lambda told: None, on_exit=lambda: None, env=env, name="overlay")
                self._send(child, {"style": asdict(self._style)})
            self._send(child, message)
        if child is not None:
            child.close(END_S)

    @staticmethod
    def _send(child: Any, message: dict[str, Any]) -> None:
        try:
            child.send(message)
        except (OSError, ValueError):
            return  # it has ended, which the next message sees
