"""A local HTTP server that serves files as badly as the internet does."""

from __future__ import annotations

import contextlib
import hashlib
import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Served:
    """One file and how it is served. The faults hold for the first ``times`` requests, then it is served well.

    Attributes:
        data: what it holds.
        fault: see ``_FAULTS`` below; empty serves well.
        times: how many requests it lasts; a large number for ever.
        after: bytes sent before a drop or stall.
        etag: its ETag; None derives one from the data.
        then: the data from the second request on; None for the same.
        seconds: for Retry-After, and between the bytes of a drip.
        location: where a redirect leads.
    """

    data: bytes
    fault: str = ""
    times: int = 1_000_000
    after: int = 0
    etag: str | None = None
    then: bytes | None = None
    seconds: float = 0.0
    location: str = ""
    asked: int = 0
    requests: list[dict[str, str]] = field(default_factory=list)


class FileServer:
    """``url``, ``files`` by path without the slash, and ``paths`` asked for in order."""

    def __init__(self) -> None:
        self.files: dict[str, Served] = {}
        self.paths: list[str] = []
        self.stopping = threading.Event()
        self.lock = threading.Lock()
        server = self

        class Handler(_Handler):
            home = server

        class Quiet(ThreadingHTTPServer):
            daemon_threads = True
            block_on_close = False

            def handle_error(self, request: object, client_address: object) -> None:
                pass  # a client that cut the connection is what is tested

        self._server = Quiet(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def put(self, path: str, data: bytes, fault: str = "", **more: object) -> Served:
        """Serve a file."""
        served = Served(data, fault, **more)  # type: ignore[arg-type]
        self.files[path] = served
        return served

    def close(self) -> None:
        """Stop; stalled answers end."""
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@contextlib.contextmanager
def file_server() -> Iterator[FileServer]:
    """A server on a free port of this machine."""
    server = FileServer()
    try:
        yield server
    finally:
        server.close()


class _Handler(BaseHTTPRequestHandler):
    home: FileServer
    protocol_version = "HTTP/1.0"

    def log_message(self, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        path = self.path
        if "://" in path:  # asked as a proxy
            path = "/" + path.split("://", 1)[1].split("/", 1)[1]
        path = path.lstrip("/")
        with self.home.lock:
            self.home.paths.append(path)
            served = self.home.files.get(path)
            if served is not None:
                served.asked += 1
                served.requests.append(dict(self.headers.items()))
                fault = served.fault if served.asked <= served.times else ""
        if served is None:
            self._status(404, b"<html>no such page</html>")
            return
        data = served.then if served.then is not None and served.asked > 1 else served.data
        _FAULTS.get(fault, _Handler._serve)(self, served, data)

    def _serve(self, served: Served, data: bytes) -> None:
        """As it should be: ranges, If-Range, 416."""
        etag = served.etag if served.etag is not None else f'"{hashlib.sha256(data).hexdigest()[:16]}"'
        match = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        if match and self.headers.get("If-Range", etag) == etag:
            begin = int(match[1])
            if begin >= len(data):
                self._head(416, {"Content-Range": f"bytes */{len(data)}", "Content-Length": "0"})
                return
            span = f"bytes {begin}-{len(data) - 1}/{len(data)}"
            self._head(206, {"Content-Range": span, "Content-Length": str(len(data) - begin), "ETag": etag})
            self.wfile.write(data[begin:])
            return
        self._head(200, {"Content-Length": str(len(data)), "ETag": etag})
        self.wfile.write(data)

    def _head(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            if value:
                self.send_header(name, value)
        self.end_headers()

    def _status(self, status: int, body: bytes = b"", **headers: str) -> None:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        self._head(status, {"Content-Length": str(len(body)), "Content-Type": "text/html", **given})
        self.wfile.write(body)

    def _drop(self, served: Served, data: bytes) -> None:
        """Honour the range, then cut the connection after some bytes."""
        match = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        begin = int(match[1]) if match else 0
        etag = served.etag if served.etag is not None else f'"{hashlib.sha256(data).hexdigest()[:16]}"'
        headers = {"Content-Length": str(len(data) - begin), "ETag": etag}
        if begin:
            headers["Content-Range"] = f"bytes {begin}-{len(data) - 1}/{len(data)}"
        self._head(206 if begin else 200, headers)
        self.wfile.write(data[begin : begin + served.after])

    def _stall(self, served: Served, data: bytes) -> None:
        self._drop(served, data)
        self.wfile.flush()
        self.home.stopping.wait(30)

    def _drip(self, served: Served, data: bytes) -> None:
        self._head(200, {"Content-Length": str(len(data))})
        for byte in data:
            if self.home.stopping.wait(served.seconds):
                return
            self.wfile.write(bytes([byte]))
            self.wfile.flush()

    def _slow(self, served: Served, data: bytes) -> None:
        """In pieces, so that there is time to interrupt; ranges are honoured."""
        match = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        begin = int(match[1]) if match else 0
        etag = f'"{hashlib.sha256(data).hexdigest()[:16]}"'
        headers = {"Content-Length": str(len(data) - begin), "ETag": etag}
        if begin:
            headers["Content-Range"] = f"bytes {begin}-{len(data) - 1}/{len(data)}"
        self._head(206 if begin else 200, headers)
        step = max(1, len(data) // 50)
        for at in range(begin, len(data), step):
            self.wfile.write(data[at : at + step])
            self.wfile.flush()
            if self.home.stopping.wait(served.seconds):
                return

    def _no_ranges(self, served: Served, data: bytes) -> None:
        self._head(200, {"Content-Length": str(len(data))})
        self.wfile.write(data)

    def _too_long(self, served: Served, data: bytes) -> None:
        self._head(200, {"Content-Length": str(len(data) + 1000)})
        self.wfile.write(data)

    def _too_short(self, served: Served, data: bytes) -> None:
        self._head(200, {"Content-Length": str(len(data) // 2)})
        self.wfile.write(data)

    def _no_length(self, served: Served, data: bytes) -> None:
        self._head(200, {})
        self.wfile.write(data)

    def _endless(self, served: Served, data: bytes) -> None:
        self._head(200, {})
        with contextlib.suppress(OSError):
            while not self.home.stopping.is_set():
                self.wfile.write(data or bytes(65536))

    def _html(self, served: Served, data: bytes) -> None:
        self._status(200, b"<html>Please log in to this network.</html>")

    def _redirect(self, served: Served, data: bytes) -> None:
        self._status(302, Location=served.location)

    def _wrong_range(self, served: Served, data: bytes) -> None:
        if "Range" in self.headers:
            self._head(206, {"Content-Range": f"bytes 0-{len(data) - 1}/{len(data)}", "Content-Length": str(len(data))})
            self.wfile.write(data)
        else:
            self._drop(served, data)

    def _garbage(self, served: Served, data: bytes) -> None:
        self.wfile.write(b"SSH-2.0-OpenSSH_9.2\r\n")

    def _packed(self, served: Served, data: bytes) -> None:
        self._head(200, {"Content-Length": str(len(data)), "Content-Encoding": "gzip"})
        self.wfile.write(data)

    def _flipped(self, served: Served, data: bytes) -> None:
        """Damaged on the way, each time elsewhere."""
        broken = bytearray(data)
        broken[served.asked % len(broken)] ^= 0xFF
        self._serve(served, bytes(broken))

    def _empty(self, served: Served, data: bytes) -> None:
        self._head(200, {"Content-Length": "0"})


def _answers(status: int) -> Callable[[_Handler, Served, bytes], None]:
    def answer(handler: _Handler, served: Served, data: bytes) -> None:
        given = {"Retry_After": f"{served.seconds:.0f}"} if served.seconds else {}
        handler._status(status, b"<html>no</html>", **given)

    return answer


_FAULTS: dict[str, Callable[[_Handler, Served, bytes], None]] = {
    "drop": _Handler._drop,
    "stall": _Handler._stall,
    "drip": _Handler._drip,
    "slow": _Handler._slow,
    "no ranges": _Handler._no_ranges,
    "too long": _Handler._too_long,
    "too short": _Handler._too_short,
    "no length": _Handler._no_length,
    "endless": _Handler._endless,
    "html": _Handler._html,
    "redirect": _Handler._redirect,
    "wrong range": _Handler._wrong_range,
    "garbage": _Handler._garbage,
    "packed": _Handler._packed,
    "flipped": _Handler._flipped,
    "empty": _Handler._empty,
    **{str(status): _answers(status) for status in (400, 401, 403, 404, 407, 408, 410, 416, 429, 451, 500, 503)},
}


def wait_for(condition: Callable[[], object], timeout_s: float = 10.0) -> None:
    """Until it is true; fails otherwise."""
    end = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.005)
