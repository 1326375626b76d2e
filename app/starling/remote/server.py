"""Hears commands of other processes of the same user, on a thread of its own that waits for nobody.

A Unix socket in a private folder, or where there are none (Windows) a port on the loopback and a token in a file that
only the user can read: a named pipe would need a thread for each client, or ctypes.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import socket
import stat
import struct
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from starling.core.errors import StarlingError, internal_error
from starling.remote import place, rendezvous

NAME = "control"
MAX_LINE = 4096
MAX_LINKS = 32
"""When there are as many, the oldest gives way to the newest: who means it has said its line long before."""
QUEUE = 128
"""Connections that wait in the system to be taken."""
PATIENCE_S = 2.0
FULL_S = 0.2
"""After the system refused a connection (no more files), before the next is taken."""

Answer = Callable[[dict[str, Any]], dict[str, Any]]


class Server:
    """One line in, one line out, then the connection ends.

    Args:
        data: the data folder; how to reach this server is written there.
        answer: called on the server's thread with every request; returns at once. A StarlingError it raises is
            the reply.
        env: where the runtime folder is named.
        loopback: use a port even where there are Unix sockets.
    """

    def __init__(
        self, data: Path, answer: Answer, env: Mapping[str, str] = os.environ, *, loopback: bool | None = None
    ) -> None:
        self._file = data / place.FILE
        self._data, self._env = data, env
        self._answer = answer
        self._loopback = not hasattr(socket, "AF_UNIX") if loopback is None else loopback
        self._token = ""
        self._path: Path | None = None
        self._links: dict[socket.socket, _Link] = {}
        self._deaf_until_s = 0.0
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Listen from now on.

        Raises:
            StarlingError: ``remote.no_socket``.
        """
        try:
            with contextlib.ExitStack() as stack:
                self._listener = stack.enter_context(self._listen())
                self._selector = stack.enter_context(selectors.DefaultSelector())
                self._waker, self._wake = socket.socketpair()
                stack.callback(self._waker.close)
                stack.callback(self._wake.close)
                self._write_address()
                self._open = stack.pop_all()
        except OSError as error:
            self._remove()
            raise StarlingError(
                "remote.no_socket",
                f"Commands of other programs cannot be heard: {error.strerror or error}.",
                "`starling ptt` and `starling mode` do not work until the folder of your data can be written.",
            ) from error
        self._thread = threading.Thread(target=self._run, name="remote", daemon=True)
        self._thread.start()

    def close(self, timeout_s: float = 1.0) -> None:
        """Listen no more, and leave no file."""
        if self._thread is None or self._over.is_set():
            return
        self._over.set()
        with contextlib.suppress(OSError):
            self._wake.send(b"x")
        if self._thread is not threading.current_thread():
            self._thread.join(timeout_s)
        self._remove()

    # -- the address -------------------------------------------------------------------------------------------

    def _listen(self) -> socket.socket:
        if self._loopback:
            import secrets

            self._token = secrets.token_hex(32)
            return self._bound(socket.socket(socket.AF_INET, socket.SOCK_STREAM), ("127.0.0.1", 0))
        failed = OSError("no folder can hold a socket")
        for address in rendezvous.addresses(self._data, self._env, NAME):
            try:
                with contextlib.suppress(FileNotFoundError):
                    if stat.S_ISSOCK(os.lstat(address).st_mode):
                        os.unlink(address)  # of one that was killed: who listens holds the lock of the data folder
                listener = self._bound(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM), address)
                self._path = Path(address)
                self._path.chmod(0o600)
                return listener
            except OSError as error:  # some file systems have no sockets
                failed = error
        raise failed

    @staticmethod
    def _bound(listener: socket.socket, address: str | tuple[str, int]) -> socket.socket:
        try:
            listener.bind(address)
            listener.listen(QUEUE)
            listener.setblocking(False)
        except OSError:
            listener.close()
            raise
        return listener

    def _write_address(self) -> None:
        """As a whole or not at all, and readable by nobody else at any moment."""
        port = self._listener.getsockname()[1] if self._loopback else 0
        said = {"port": port, "token": self._token} if self._loopback else {"socket": str(self._path)}
        fresh = self._file.with_name(f"{self._file.name}.{os.getpid()}")
        self._data.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileNotFoundError):
            fresh.unlink()
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            json.dump(said, file)
        fresh.replace(self._file)

    def _remove(self) -> None:
        with contextlib.suppress(OSError):
            self._file.unlink(missing_ok=True)
        if self._path is not None:
            with contextlib.suppress(OSError):
                self._path.unlink(missing_ok=True)
                self._path.parent.rmdir()  # the window's own socket may still be there

    # -- the thread --------------------------------------------------------------------------------------------

    def _run(self) -> None:
        with self._open:
            self._selector.register(self._listener, selectors.EVENT_READ)
            self._selector.register(self._waker, selectors.EVENT_READ)
            try:
                while not self._over.is_set():
                    self._turn()
            finally:
                for link in tuple(self._links):
                    self._drop(link)

    def _turn(self) -> None:
        for key, _ in self._selector.select(self._patience_s()):
            if key.fileobj is self._listener:
                self._greet()
            elif isinstance(key.fileobj, socket.socket) and key.fileobj in self._links:
                self._hear(key.fileobj)
        now_s = time.monotonic()
        for link, state in tuple(self._links.items()):
            if now_s >= state.until_s:
                self._drop(link)
        if self._deaf_until_s and now_s >= self._deaf_until_s:
            self._deaf_until_s = 0.0
            self._selector.register(self._listener, selectors.EVENT_READ)

    def _patience_s(self) -> float | None:
        ends = [state.until_s for state in self._links.values()] + ([self._deaf_until_s] if self._deaf_until_s else [])
        return max(0.0, min(ends) - time.monotonic()) if ends else None

    def _greet(self) -> None:
        try:
            link, _ = self._listener.accept()
        except (BlockingIOError, ConnectionError):
            return
        except OSError:  # no more files: whoever waits goes on waiting in the system's queue
            self._selector.unregister(self._listener)
            self._deaf_until_s = time.monotonic() + FULL_S
            return
        if not self._loopback and not _is_mine(link):
            link.close()
            return
        link.setblocking(False)
        while len(self._links) >= MAX_LINKS:
            self._drop(next(iter(self._links)))
        self._links[link] = _Link(time.monotonic() + PATIENCE_S)
        self._selector.register(link, selectors.EVENT_READ)
        self._hear(link)  # it may have been faster than we

    def _hear(self, link: socket.socket) -> None:
        state = self._links[link]
        try:
            piece = link.recv(MAX_LINE + 1 - len(state.line))
        except BlockingIOError:
            return
        except OSError:
            piece = b""
        state.line += piece
        if b"\n" in piece:
            self._reply(link, self._answered(state.line.partition(b"\n")[0]))
        elif not piece or len(state.line) > MAX_LINE:
            self._drop(link)

    def _answered(self, line: bytes) -> dict[str, Any]:
        try:
            request = json.loads(line)
            if not isinstance(request, dict):
                raise ValueError
        except (ValueError, RecursionError):
            return _refusal(StarlingError("remote.bad_request", "That was no request.", "Send one line of JSON."))
        if self._loopback and not self._is_token(request.get("token")):
            error = StarlingError("remote.foreign", "The token is not this Starling's.", "Read the file with it anew.")
            return _refusal(error)
        try:
            return {"ok": True, **self._answer(request)}
        except StarlingError as error:
            return _refusal(error)
        except Exception as error:  # noqa: BLE001 - whatever a client sends, the next one is heard
            return _refusal(internal_error(error))

    def _is_token(self, token: object) -> bool:
        import hmac

        return isinstance(token, str) and hmac.compare_digest(token.encode(), self._token.encode())

    def _reply(self, link: socket.socket, reply: dict[str, Any]) -> None:
        """A short line always has room in a fresh connection."""
        with contextlib.suppress(OSError):
            link.send(json.dumps(reply).encode() + b"\n")
        self._drop(link)

    def _drop(self, link: socket.socket) -> None:
        del self._links[link]
        with contextlib.suppress(KeyError, ValueError):
            self._selector.unregister(link)
        link.close()


class _Link:
    """What has come of one request, and until when the rest is waited for."""

    def __init__(self, until_s: float) -> None:
        self.line = b""
        self.until_s = until_s


def _is_mine(link: socket.socket) -> bool:
    """Whether the other end is of this user. Where the system does not tell, the folder's permissions have decided."""
    kind = getattr(socket, "SO_PEERCRED", None)
    if kind is None:
        return True
    try:
        _, uid, _ = struct.unpack("3i", link.getsockopt(socket.SOL_SOCKET, kind, struct.calcsize("3i")))
    except OSError:
        return False
    return bool(uid in (os.geteuid(), 0))


def _refusal(error: StarlingError) -> dict[str, Any]:
    return {"ok": False, "error": error.to_json()}
