"""One HTTP exchange with a server on this machine, within limits that hold whatever the server does.

Proxies and redirects are not followed: what is said goes to the loopback, or nowhere.
"""

from __future__ import annotations

import contextlib
import ipaddress
import json
import socket
import threading
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from starling.core.errors import StarlingError
from starling.core.foreign import one_line
from starling.npu.servers import owners

MOST_BYTES = 2_000_000
"""Of an answer: a list of models may be long, a text of 30 s is not."""
_CHUNK_BYTES = 65_536
_MOST_SAID = 200
_MIN_WAIT_S = 0.05


@dataclass(frozen=True)
class Limits:
    """Seconds until the connection stands, and for the whole exchange."""

    connect: float = 1.0
    total: float = 3.0


@dataclass(frozen=True)
class Answer:
    """What came back; ``server`` is what it calls itself, empty if it does not."""

    status: int
    content_type: str
    server: str
    body: bytes

    def json(self) -> Any:
        """The body's JSON value; None for anything that is none."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None

    @property
    def reason(self) -> str:
        """The server's own words for an error, in one short line; empty when it gave none that can be shown."""
        value = self.json()
        found = value.get("error", value.get("detail", "")) if isinstance(value, dict) else ""
        if isinstance(found, dict):
            found = found.get("message", "")
        return one_line(found, _MOST_SAID).rstrip(".") if isinstance(found, str) else ""


@dataclass(frozen=True)
class Place:
    """A server on the loopback.

    Attributes:
        product: what is expected there, for sentences.
        host: an address or ``localhost``.
        path: before every endpoint, ``/v1``; without a slash at the end.
        key: sent as a bearer token; empty for none.
    """

    product: str
    host: str
    port: int
    path: str
    key: str = ""

    @property
    def url(self) -> str:
        """Its address."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}{self.path}"


def place(product: str, url: str, key: str = "") -> Place:
    """A place by its address.

    Raises:
        StarlingError: ``server.not_local`` unless it is plain http on the loopback of this machine.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or 80
        local = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        local = False
    strange = not local or parts.scheme != "http" or parts.username is not None or parts.query or parts.fragment
    if strange:
        raise StarlingError(
            "server.not_local",
            "A server that recognises speech has to be on this machine, so that what is said stays here.",
            "Use an address like http://127.0.0.1:13305/v1.",
        )
    return Place(product, host, port, parts.path.rstrip("/"), key)


def exchange(
    where: Place, path: str, limits: Limits, body: bytes | None = None, content_type: str = "application/json"
) -> Answer:
    """Get ``path``, or post ``body`` to it.

    Raises:
        StarlingError: ``engine.server_failed``: nothing listens, it broke off, took too long, answered too much, or
            wants to send the request elsewhere; ``engine.server_foreign``: another user's.
    """
    import http.client  # here: half a megabyte and 20 ms that the window does not need

    deadline = time.monotonic() + limits.total
    connection = http.client.HTTPConnection(where.host, where.port, timeout=limits.connect)
    late = threading.Event()
    sockets: list[socket.socket] = []  # the connection forgets its own when the answer has no length

    def cut() -> None:
        late.set()
        for one in sockets:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(limits.total, cut)  # a server that drips would renew the socket's own limit for ever
    timer.daemon = True
    timer.start()
    try:
        connection.connect()
        sockets.append(connection.sock)
        if late.is_set():
            raise TimeoutError
        _check_peer(where, connection.sock)
        connection.sock.settimeout(max(_MIN_WAIT_S, deadline - time.monotonic()))
        headers = {"Accept": "application/json", "User-Agent": "Starling"}
        headers |= {"Content-Type": content_type} if body is not None else {}
        headers |= {"Authorization": f"Bearer {where.key}"} if where.key else {}
        connection.request("GET" if body is None else "POST", where.path + path, body, headers)
        answer = _read(where, connection.getresponse())
    except (OSError, http.client.HTTPException, ValueError) as error:
        waited = late.is_set() or isinstance(error, TimeoutError)
        why = f"gave no whole answer within {limits.total:g} s" if waited else _why(error)
        raise failed(where, why) from error
    finally:
        timer.cancel()
        connection.close()
        timer.join()
    if late.is_set():
        raise failed(where, f"gave no whole answer within {limits.total:g} s")
    if 300 <= answer.status < 400:
        raise failed(where, "wants to send the request to another address, which is refused")
    return answer


def _check_peer(where: Place, link: socket.socket) -> None:
    """Before anything is sent. Raises StarlingError."""
    address = link.getpeername()[0].partition("%")[0]
    if not ipaddress.ip_address(address).is_loopback:
        raise failed(where, "is on another machine, and what is said stays on this one")
    if owners.is_anothers(address, where.port):
        raise StarlingError(
            "engine.server_foreign",
            f"What answers at {where.url} belongs to another user of this machine, who would hear what you say.",
            f"Run {where.product} as yourself, or as a service of the system.",
        )


def failed(where: Place, why: str) -> StarlingError:
    """The server cannot be used, at least now."""
    return StarlingError(
        "engine.server_failed",
        f"{where.product} at {where.url} {why}.",
        f"Look at {where.product}'s own window or log, or restart it.",
    )


def _read(where: Place, response: Any) -> Answer:
    with response:
        body = b""
        while chunk := response.read1(_CHUNK_BYTES):
            body += chunk
            if len(body) > MOST_BYTES:
                raise failed(where, f"answered with more than {MOST_BYTES // 1_000_000} MB")
        if response.length:
            raise ConnectionError  # it had promised more
        kind, server = response.headers.get_content_type(), response.headers.get("Server", "")
        return Answer(response.status, kind, server, body)


def _why(error: Exception) -> str:
    """In few words, without what the server said."""
    if isinstance(error, ConnectionRefusedError):
        return "does not answer: nothing listens there"
    if isinstance(error, ConnectionError):
        return "broke off its answer"
    if isinstance(error, OSError):
        return f"cannot be reached: {error.strerror or type(error).__name__}"
    return "does not answer as a web server does"
