"""How downloads reach servers, and what stops one from another thread. Light: what opens connections is ``web``."""

from __future__ import annotations

import contextlib
import socket
import threading
from dataclasses import dataclass
from typing import Literal

from starling.core.errors import StarlingError


@dataclass(frozen=True)
class Network:
    """How to reach servers.

    Attributes:
        mirror: base URL used instead of https://huggingface.co, or a pattern with ``{host}`` and ``{path}`` used for
            every server; empty for none.
        proxy: URL of an HTTP proxy; empty for the system's, ``none`` for no proxy at all.
        stall_s: a transfer that brings nothing for so long is cut and tried again.
        attempts: tries without progress before a download fails.
        backoff_s: wait before the second try, doubled with every further one.
    """

    mirror: str = ""
    proxy: str = ""
    stall_s: float = 60.0
    attempts: int = 6
    backoff_s: float = 1.0


class Stopped(StarlingError):
    """Paused or cancelled by a person; what was downloaded is kept."""


class Control:
    """Stops one transfer from another thread, also while it waits for a server."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._event = threading.Event()
        self._why: Literal["paused", "cancelled"] = "cancelled"
        self._socket: socket.socket | None = None

    def stop(self, why: Literal["paused", "cancelled"]) -> None:
        """Make every later step of the transfer raise :class:`Stopped`. A pause can still become a cancel."""
        with self._lock:
            if not self._event.is_set() or why == "cancelled":
                self._why = why
            self._event.set()
            _cut(self._socket)

    def check(self) -> None:
        """Raise :class:`Stopped` if it was stopped."""
        if self._event.is_set():
            raise Stopped(f"download.{self._why}", f"The download was {self._why}.", "What is here is kept.")

    def wait(self, seconds: float) -> None:
        """Sleep; raise :class:`Stopped` at once when it is stopped."""
        self._event.wait(seconds)
        self.check()

    def hold(self, connection: socket.socket) -> None:
        """The connection to cut when it is stopped."""
        with self._lock:
            self._socket = connection
            if self._event.is_set():
                _cut(connection)


def _cut(connection: socket.socket | None) -> None:
    if connection is not None:
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)
