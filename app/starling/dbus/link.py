"""A connection to a D-Bus that never waits for ever.

jeepney's blocking connection, on threads of our own: its asyncio one costs 6 MiB more in the window's process.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jeepney.io.blocking import DBusConnection

FAILURES = (OSError, RuntimeError, ValueError, TimeoutError, LookupError, TypeError, AttributeError)
"""What may come of a bus that is absent, ends, or says what no bus says."""


@contextlib.contextmanager
def connected(
    address: str, limit_s: float, hold: Callable[[socket.socket], None] = lambda _: None
) -> Iterator[DBusConnection]:
    """A connection that is closed at the end. Arguments and errors as :func:`connect`."""
    with connect(address, limit_s, hold) as bus:
        yield bus


def connect(address: str, limit_s: float, hold: Callable[[socket.socket], None] = lambda _: None) -> DBusConnection:
    """Connect. Raises one of :data:`FAILURES`.

    Args:
        address: of the bus.
        limit_s: for the first exchange.
        hold: takes the socket as soon as there is one; :func:`shut` on it ends any wait.
    """
    from jeepney.bus import get_bus
    from jeepney.io.blocking import DBusConnection, prep_socket
    from jeepney.wrappers import DBusErrorResponse

    link = prep_socket(get_bus(address), timeout=limit_s)
    guard = threading.Timer(limit_s, shut, [link])  # the first call has no limit of its own
    guard.name = "bus-guard"
    try:
        hold(link)
        guard.start()
        return DBusConnection(link)
    except DBusErrorResponse as error:
        link.close()
        raise ConnectionError(str(error)) from error
    except BaseException:
        link.close()
        raise
    finally:
        guard.cancel()
        if guard.ident is not None:
            guard.join()


def shut(link: socket.socket) -> None:
    """End a connection, also while another thread waits on it."""
    with contextlib.suppress(OSError):
        link.shutdown(socket.SHUT_RDWR)
