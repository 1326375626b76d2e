"""A connection to the system's D-Bus that never waits for ever, whoever is at the other end.

jeepney's blocking connection, on threads of our own: its asyncio one costs 6 MiB more in the window's process.
"""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from starling.npu.sysroot import Sysroot

if TYPE_CHECKING:
    from jeepney.io.blocking import DBusConnection

SYSTEM_BUS = "/run/dbus/system_bus_socket"
REPLY_S = 2.0
FAILURES = (OSError, RuntimeError, ValueError, TimeoutError, LookupError, TypeError, AttributeError)
"""What may come of a bus that is absent, ends, or says what no bus says."""


def address(root: Sysroot) -> str:
    """Of the system's bus; a faked machine has its own."""
    return os.environ.get("DBUS_SYSTEM_BUS_ADDRESS") or f"unix:path={root.path(SYSTEM_BUS)}"


@contextlib.contextmanager
def connected(root: Sysroot, hold: Callable[[socket.socket], None] = lambda _: None) -> Iterator[DBusConnection]:
    """A connection. Raises one of :data:`FAILURES`.

    Args:
        root: of which machine.
        hold: takes the socket as soon as there is one; :func:`shut` on it ends any wait.
    """
    from jeepney.bus import get_bus
    from jeepney.io.blocking import DBusConnection, prep_socket
    from jeepney.wrappers import DBusErrorResponse

    link = prep_socket(get_bus(address(root)), timeout=REPLY_S)
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
