"""Events on their way to a terminal, pipe or file that may go away."""

from __future__ import annotations

import threading
from collections.abc import Callable

from starling.core.errors import StarlingError
from starling.pipeline import events


class Printed:
    """Hands events to what prints them. Once that fails the session is ended: nobody reads it any more.

    A text that could not be printed was not delivered: whoever emits it gets ``cli.output_lost`` and keeps it pending.

    Args:
        show: prints one event; called on several threads.
    """

    def __init__(self, show: Callable[[events.Event], None]) -> None:
        self._show = show
        self._stop: Callable[[], None] = lambda: None
        self._lock = threading.Lock()
        self._lost: OSError | None = None

    def __call__(self, event: events.Event) -> None:
        """Print one event, from any thread."""
        if self._lost is None:
            try:
                self._show(event)
                return
            except OSError as error:
                with self._lock:
                    self._lost = error
                    self._stop()
        if isinstance(event, events.Heard | events.Recovered):
            raise StarlingError("cli.output_lost", "A text could not be printed.", "Give it an output and start again.")

    def when_lost(self, stop: Callable[[], None]) -> None:
        """Call ``stop`` when nothing can be printed any more; at once if that is so already."""
        with self._lock:
            self._stop = stop
            if self._lost is not None:
                stop()

    def check(self) -> None:
        """Raise the OSError that ended the session, if one did."""
        if self._lost is not None:
            raise self._lost
