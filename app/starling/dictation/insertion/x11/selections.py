"""The clipboard and the primary selection on X11: everything in them is read, replaced for a while, and put back.

A selection is served by whoever owns it, so one thread with a connection of its own serves ours while it holds.
What was put back is served by a process of its own once Starling ends (:mod:`starling.dictation.insertion.x11.holder`).
"""

from __future__ import annotations

import contextlib
import os
import queue
import select
import threading
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from typing import Any, TypeVar

from starling.core.errors import StarlingError
from starling.dictation.insertion.x11.link import failures
from starling.dictation.insertion.x11.owner import Contents, Owner

__all__ = ["Contents", "Selections"]

T = TypeVar("T")
CALL_S = 15.0
"""For anything asked of the thread: reading a selection of an owner that hangs takes its own, shorter limits."""


class Selections:
    """The thread that owns selections.

    Args:
        display: of the X server.
    """

    def __init__(self, display: str) -> None:
        self._owner = Owner(display)
        self._tasks: queue.SimpleQueue[tuple[Callable[[Owner], Any], Future[Any]] | None] = queue.SimpleQueue()
        self._wake, self._woken = os.pipe()[::-1]
        self._thread = threading.Thread(target=self._run, name="x11-selections", daemon=True)
        self._thread.start()

    def do(self, task: Callable[[Owner], T]) -> T:
        """Let the thread do something, and wait for it."""
        future: Future[T] = Future()
        self._tasks.put((task, future))
        if not self.alive:
            self._refuse()  # it may have ended before it saw this one
        with contextlib.suppress(OSError):
            os.write(self._wake, b"x")
        try:
            return future.result(CALL_S)
        except FutureTimeout:
            raise StarlingError("insert.clipboard", "The clipboard does not answer.", "Try again.") from None
        except failures() as failure:
            raise StarlingError(
                "insert.clipboard", f"The clipboard cannot be used ({type(failure).__name__}).", "Try again."
            ) from failure

    def held(self) -> dict[str, Contents]:
        """What is still served for somebody else: what was put back."""
        return self.do(lambda owner: owner.held())

    @property
    def alive(self) -> bool:
        """Whether the connection still is."""
        return self._thread.is_alive()

    def close(self) -> None:
        """End the thread; selections it owns are empty then."""
        self._tasks.put(None)
        with contextlib.suppress(OSError):
            os.write(self._wake, b"x")
        self._thread.join(CALL_S)
        if self._thread.is_alive():
            return  # it hangs, and must not wake up to a pipe that is somebody else's by then
        os.close(self._wake)
        os.close(self._woken)

    def _run(self) -> None:
        try:
            while self._serve():
                pass
        except failures():
            pass  # the X server is gone
        finally:
            self._owner.close()
            self._refuse()

    def _serve(self) -> bool:
        self._owner.dispatch()
        ready, _, _ = select.select([self._owner.fileno(), self._woken], [], [])
        if self._woken in ready:
            os.read(self._woken, 1)
            task = self._tasks.get()
            if task is None:
                return False
            _run_task(self._owner, *task)
        return True

    def _refuse(self) -> None:
        """Nobody waits for what no longer runs."""
        with contextlib.suppress(queue.Empty):
            while True:
                task = self._tasks.get_nowait()
                if task is not None:
                    task[1].set_exception(ConnectionError("the X server is gone"))


def _run_task(owner: Owner, task: Callable[[Owner], Any], future: Future[Any]) -> None:
    try:
        future.set_result(task(owner))
    except StarlingError as error:
        future.set_exception(error)
    except failures() as failure:
        future.set_exception(failure)
