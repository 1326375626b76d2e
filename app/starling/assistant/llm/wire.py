"""One HTTP request on a thread of its own: what it brings comes through a queue, and it can be ended at any moment.

The caller waits for the queue, not for the socket, so its limits hold whatever the server or the network does. Proxies
and redirects are not followed: a text goes to the address that was chosen, or nowhere.
"""

from __future__ import annotations

import contextlib
import http.client
import queue
import socket
import ssl
import threading

from starling import __version__
from starling.assistant.llm.address import Address
from starling.assistant.llm.arrived import Arrived, Body, End, Head

CHUNK_BYTES = 8192
_MOST_AHEAD = 256
"""Chunks that wait to be read: a server that floods is slowed down, not kept in memory."""


class Request:
    """A request under way.

    Args:
        address: the server.
        path: below the address, ``/models``.
        key: sent as a bearer token; empty for none.
        body: JSON to post; None to get.
        connect_s: how long a connection may take.
        idle_s: how long the socket may be silent before the thread gives up; the caller's own limits are shorter.
    """

    def __init__(
        self, address: Address, path: str, key: str, body: bytes | None, *, connect_s: float, idle_s: float
    ) -> None:
        self.arrived: queue.Queue[Arrived] = queue.Queue(_MOST_AHEAD)
        self._address = address
        self._path = address.path + path
        self._key = key
        self._body = body
        self._connect_s = connect_s
        self._idle_s = idle_s
        self._cancelled = threading.Event()
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._thread = threading.Thread(target=self._run, name="llm-request", daemon=True)
        self._thread.start()

    def cancel(self) -> None:
        """End the request, from any thread; the thread is gone soon after."""
        self._cancelled.set()
        with self._lock:
            connection = self._socket
        if connection is not None:
            with contextlib.suppress(OSError):  # the plain call: a TLS socket's own would touch what is being read
                socket.socket.shutdown(connection, socket.SHUT_RDWR)
        with contextlib.suppress(queue.Full):
            self.arrived.put_nowait(End("cancelled"))

    def join(self, timeout_s: float) -> None:
        """Wait for the thread."""
        self._thread.join(timeout_s)

    def _run(self) -> None:
        connected = False
        try:
            connection = self._connect()
            connected = True
            try:
                self._talk(connection)
                why = ""
            finally:
                with self._lock:
                    self._socket = None
                connection.close()
        except (OSError, http.client.HTTPException, ValueError) as error:
            why = _reason(error)
        self._put(End(why, connected))

    def _connect(self) -> http.client.HTTPConnection:
        kind = http.client.HTTPSConnection if self._address.scheme == "https" else http.client.HTTPConnection
        connection = kind(self._address.host, self._address.port, timeout=self._connect_s)
        connection.connect()
        with self._lock:
            self._socket = connection.sock
        connection.sock.settimeout(self._idle_s)
        return connection

    def _talk(self, connection: http.client.HTTPConnection) -> None:
        if self._cancelled.is_set():
            return
        connection.request("GET" if self._body is None else "POST", self._path, self._body, self._headers())
        response = connection.getresponse()
        with response:
            server = response.headers.get("Server", "")
            self._put(Head(response.status, response.headers.get_content_type(), server))
            while not self._cancelled.is_set() and (data := response.read1(CHUNK_BYTES)):
                self._put(Body(data))
            if response.length:
                raise ConnectionError  # it had promised more

    def _headers(self) -> dict[str, str]:
        headers = {"Accept": "text/event-stream, application/json", "User-Agent": f"Starling/{__version__}"}
        if self._body is not None:
            headers["Content-Type"] = "application/json"
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        return headers

    def _put(self, item: Arrived) -> None:
        while not self._cancelled.is_set():
            with contextlib.suppress(queue.Full):
                self.arrived.put(item, timeout=0.1)
                return


def _reason(error: Exception) -> str:
    """Why, in few words; without what the server said."""
    if isinstance(error, ssl.SSLError):
        return "its certificate is not trusted" if "CERTIFICATE" in str(error) else "the secure connection failed"
    if isinstance(error, TimeoutError):
        return "it does not answer"
    if isinstance(error, ConnectionRefusedError):
        return "nothing listens there"
    if isinstance(error, socket.gaierror):
        return "its name is not known"
    if isinstance(error, http.client.IncompleteRead | ConnectionError):
        return "the connection broke"
    if isinstance(error, http.client.HTTPException | ValueError):
        return "it does not speak HTTP"
    return error.strerror or type(error).__name__ if isinstance(error, OSError) else type(error).__name__
