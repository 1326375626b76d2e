"""The next clause made beside the one that was asked for."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor

from starling.core.results import Samples


class Ahead:
    """Holds one piece of sound that is made, or was made, before it is asked for. Used by one thread."""

    def __init__(self) -> None:
        self._key: Hashable = None
        self._future: Future[Samples] | None = None
        self._threads: ThreadPoolExecutor | None = None

    def make(self, key: Hashable, how: Callable[[], Samples]) -> None:
        """Begin, unless this is made already, or another piece that nobody asked for still is."""
        if key == self._key or (self._future is not None and not self._future.done()):
            return
        self._threads = self._threads or ThreadPoolExecutor(1, "ahead")
        self._key, self._future = key, self._threads.submit(how)

    def take(self, key: Hashable) -> Callable[[], Samples] | None:
        """What waits for this piece and gives it, or raises what went wrong; None when it was not begun."""
        if self._future is None or key != self._key:
            return None
        future, self._key, self._future = self._future, None, None
        return future.result
