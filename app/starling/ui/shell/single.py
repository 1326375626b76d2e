"""One window for each user and home: a second start raises the first and ends.

A file lock decides who is first, because it goes with its process whatever ends that. The socket only carries the
wish to be raised; a stale one is nobody's.
"""

from __future__ import annotations

import contextlib
import os
import re
import time
from collections.abc import Mapping
from pathlib import Path

from filelock import FileLock, Timeout
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from starling.core.errors import StarlingError
from starling.remote import rendezvous

FROZEN_AFTER_S = 4.0
"""The first window answers within milliseconds; a start on a busy machine takes a second or two."""
RETRY_S = 0.05
SILENCE_MS = 2000
"""Who connects and says nothing for so long is cut off."""
MAX_MESSAGE = 512
MAX_LINKS = 8
LOCK = "window.lock"
SOCKET = "window"
ADDRESS = "window.address"
_WISH = re.compile(rb"raise ([\w.:/@+=-]{0,400})\n")
_DONE = b"ok\n"


class SingleInstance(QObject):
    """The claim to be the only window of this data folder.

    Args:
        data: the folder that holds the lock and says where the socket is.
        env: where the runtime folder is named.

    Attributes:
        raised: another start asks for the window; carries the desktop's activation token or an empty text.
    """

    raised = Signal(str)

    def __init__(self, data: Path, env: Mapping[str, str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._data = data
        self._env = env
        self._lock = FileLock(data / LOCK)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._greet)
        self._links: list[_Link] = []

    def enter(self, token: str) -> bool:
        """True: this is the first window, and it listens. False: the first one has been raised.

        Raises:
            StarlingError: ``ui.first_not_answering`` or ``app.data_unwritable``.
        """
        end = time.monotonic() + FROZEN_AFTER_S
        wait = 0.0
        while not self._acquired(wait):
            wait = RETRY_S  # the first may be about to listen, or about to leave
            if self._asked(token, end):
                return False
            if time.monotonic() >= end:
                raise _frozen()
        self._listen()
        return True

    def close(self) -> None:
        """Let the next start be first. Leaves no file but the lock's."""
        self.deafen()
        self._lock.release()

    def deafen(self) -> None:
        """Listen no more: this window is about to go. The next start waits until it has."""
        for link in tuple(self._links):
            link.drop()
        listening = self._server.isListening()
        path = Path(self._server.fullServerName())
        self._server.close()
        with contextlib.suppress(OSError):
            if listening:
                (self._data / ADDRESS).unlink(missing_ok=True)
                if os.name != "nt":
                    path.parent.rmdir()

    def _acquired(self, wait_s: float) -> bool:
        try:
            self._data.mkdir(parents=True, exist_ok=True)
            self._lock.acquire(timeout=wait_s, poll_interval=RETRY_S / 2)
        except Timeout:
            return False
        except OSError as error:
            raise StarlingError(
                "app.data_unwritable",
                f"The folder {self._data} cannot be written: {error.strerror or error}.",
                "Check that it belongs to you and that the disk has space, or set STARLING_HOME to another folder.",
            ) from error
        return True

    def _asked(self, token: str, end: float) -> bool:
        """Whether the first window has answered."""
        try:
            address = (self._data / ADDRESS).read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError):
            return False
        link = QLocalSocket()
        link.connectToServer(address)
        if not link.waitForConnected(_left_ms(end)):
            return False
        link.write(_wish(token))
        link.flush()
        answered = link.waitForReadyRead(_left_ms(end))
        return answered and link.readAll().data() == _DONE

    def _listen(self) -> None:
        """Where no socket can be made the window opens all the same; a second start then says that it is not heard."""
        for address in rendezvous.addresses(self._data, self._env, SOCKET):
            QLocalServer.removeServer(address)
            if self._server.listen(address):
                with contextlib.suppress(OSError):
                    (self._data / ADDRESS).write_text(address, "utf-8")
                return

    def _greet(self) -> None:
        while link := self._server.nextPendingConnection():
            if len(self._links) >= MAX_LINKS:
                link.abort()
                link.deleteLater()
            else:
                self._links.append(_Link(link, self))
                self._links[-1].read()  # it may have been faster than we

    def forget(self, link: _Link) -> None:
        """A link has ended."""
        self._links.remove(link)


class _Link:
    """One connection: at most one short line, soon."""

    def __init__(self, socket: QLocalSocket, owner: SingleInstance) -> None:
        self._socket = socket
        self._owner = owner
        self._message = b""
        socket.setParent(owner)
        socket.setReadBufferSize(MAX_MESSAGE)
        self._silence = QTimer(socket, singleShot=True, interval=SILENCE_MS)
        self._silence.timeout.connect(self.drop)
        self._silence.start()
        socket.disconnected.connect(self._ended)
        socket.readyRead.connect(self.read)

    def drop(self) -> None:
        """End it without an answer."""
        self._socket.abort()

    def read(self) -> None:
        """Take what has arrived; act on it once it is a line."""
        self._message += self._socket.readAll().data()
        if not self._message.endswith(b"\n") and len(self._message) < MAX_MESSAGE:
            return
        wish = _WISH.fullmatch(self._message)
        if wish is None:
            self.drop()
            return
        self._socket.write(_DONE)
        self._socket.flush()  # before the window has work: the other one waits
        self._socket.disconnectFromServer()
        self._owner.raised.emit(wish[1].decode("ascii"))

    def _ended(self) -> None:
        self._silence.stop()
        self._owner.forget(self)
        self._socket.deleteLater()


def activation_token(env: Mapping[str, str]) -> str:
    """What the desktop gave this start so that it may take the focus; empty if nothing."""
    return env.get("XDG_ACTIVATION_TOKEN") or env.get("DESKTOP_STARTUP_ID") or ""


def _wish(token: str) -> bytes:
    message = b"raise " + token.encode("ascii", "replace") + b"\n"
    return message if _WISH.fullmatch(message) else b"raise \n"


def _left_ms(end: float) -> int:
    return max(1, int((end - time.monotonic()) * 1000))


def _frozen() -> StarlingError:
    return StarlingError(
        "ui.first_not_answering",
        "Starling is already running, but its window does not answer.",
        "Wait a moment and try again, or end the process that hangs and start Starling anew.",
    )
