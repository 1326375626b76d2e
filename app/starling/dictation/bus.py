"""A connection to the session's D-Bus that never waits for ever: jeepney's blocking one, for a thread of its own.

As :mod:`starling.npu.power.bus` is for the system's bus.
"""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jeepney.io.blocking import DBusConnection

REPLY_S = 5.0
FAILURES = (OSError, RuntimeError, ValueError, TimeoutError, LookupError, TypeError, AttributeError)
"""What may come of a bus that is absent, ends, or says what no bus says."""


def address() -> str:
    """Of the session's bus; empty where there is none."""
    told = os.environ.get("DBUS_SESSION_BUS_ADDRESS", "")
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    return told or (f"unix:path={runtime}/bus" if runtime and os.path.exists(f"{runtime}/bus") else "")


@contextlib.contextmanager
def connected(where: str, hold: Callable[[socket.socket], None] = lambda _: None) -> Iterator[DBusConnection]:
    """A connection. Raises one of :data:`FAILURES`.

    Args:
        where: the bus's address.
        hold: takes the socket as soon as there is one; :func:`shut` on it ends any wait.
    """
    from jeepney.bus import get_bus
    from jeepney.io.blocking import DBusConnection, prep_socket
    from jeepney.wrappers import DBusErrorResponse

    link = prep_socket(get_bus(where), timeout=REPLY_S)
    with link:
        hold(link)
        guard = threading.Timer(REPLY_S, shut, [link])  # the first call has no limit of its own
        guard.name = "bus-guard"
        guard.start()
        try:
            bus = DBusConnection(link)
        except DBusErrorResponse as error:
            raise ConnectionError(str(error)) from error
        finally:
            guard.cancel()
            guard.join()
        with bus:
            yield bus


def shut(link: socket.socket) -> None:
    """End a connection, also while another thread waits on it."""
    with contextlib.suppress(OSError):
        link.shutdown(socket.SHUT_RDWR)
