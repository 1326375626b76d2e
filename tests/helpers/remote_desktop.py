"""A stand-in for xdg-desktop-portal's RemoteDesktop on a private bus: grants, denies, revokes, is slow or silent."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable
from typing import Any, Literal

NAME, PATH = "org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop"
PORTAL = "org.freedesktop.portal."
Mood = Literal[
    "grants", "denies", "silent", "slow", "no_keyboard", "refuses_keys", "hangs_on_keys", "no_portal", "waits"
]  # fmt: skip
"""``waits``: the answer to the user's question comes when ``decide`` is set."""
SLOW_S = 0.3
KEYBOARD = 1


class RemoteDesktop:
    """Owns the portal's name.

    Attributes:
        mood: how it behaves; may be changed at any time.
        typed: (keysym, pressed) of every key it was given.
        asked: the methods that were called.
        token: the one that is good now; each session gives another.
        tokens: those that were handed in.
        refuse_after: so many more keys are taken; then the session is closed as by :meth:`revoke`. None: all are.
        decide: see ``waits``.
        on_key: called with the number of keys that were taken, before the answer.
    """

    def __init__(self, address: str, mood: Mood = "grants") -> None:
        from jeepney.bus_messages import message_bus
        from jeepney.io.blocking import open_dbus_connection

        self._prepare(mood)
        self._bus = open_dbus_connection(address)
        self._bus.send_and_get_reply(message_bus.RequestName(NAME), timeout=5)
        self._thread = threading.Thread(target=self._serve, name="remote-desktop", daemon=True)
        self._thread.start()

    def _prepare(self, mood: Mood) -> None:
        self.mood: Mood = mood
        self.refuse_after: int | None = None
        self.decide = threading.Event()
        self.on_key: Callable[[int], None] = lambda number: None
        self._late: list[threading.Thread] = []
        self.typed: list[tuple[int, bool]] = []
        self.asked: list[str] = []
        self.tokens: list[str] = []
        self.token = ""
        self.questions = 0
        self._sessions = 0
        self._session = ""
        self._handed = ""

    def close(self) -> None:
        """Leave the bus."""
        self._let_go()
        with contextlib.suppress(OSError):
            self._bus.sock.shutdown(socket.SHUT_RDWR)
        self._thread.join(5)
        self._bus.close()

    def _let_go(self) -> None:
        self.decide.set()
        for thread in self._late:
            thread.join(5)

    def revoke(self) -> None:
        """The user takes the permission away: the session ends and its token is good for nothing."""
        from jeepney import DBusAddress, new_signal

        self.token = ""
        self._bus.send(new_signal(DBusAddress(self._session, interface=f"{PORTAL}Session"), "Closed", "a{sv}", ({},)))

    @property
    def text(self) -> str:
        """The characters of the keys that were pressed without a modifier."""
        return "".join(chr(key & 0xFFFFFF) for key, pressed in self.typed if pressed and key < 0xFF00)

    def _serve(self) -> None:
        from jeepney import HeaderFields, MessageType

        while True:
            try:
                message = self._bus.receive()
            except (OSError, ValueError, ConnectionError):
                return
            if message.header.message_type is MessageType.method_call:
                member = message.header.fields[HeaderFields.member]
                self.asked.append(member)
                with contextlib.suppress(OSError):
                    self._answer(message, member)

    def _answer(self, message: Any, member: str) -> None:
        from jeepney import HeaderFields, new_error, new_method_return

        if self.mood == "slow":
            time.sleep(SLOW_S)
        if member == "Get":
            if self.mood == "no_portal":
                self._bus.send(new_error(message, "org.freedesktop.DBus.Error.InvalidArgs", "s", ("no",)))
            else:
                kinds = 2 if self.mood == "no_keyboard" else KEYBOARD
                self._bus.send(new_method_return(message, "v", (("u", kinds),)))
        elif member == "NotifyKeyboardKeysym":
            self._key(message)
        elif member in ("CreateSession", "SelectDevices", "Start"):
            sender = message.header.fields[HeaderFields.sender].lstrip(":").replace(".", "_")
            options = message.body[-1]
            path = f"{PATH}/request/{sender}/{options['handle_token'][1]}"
            self._bus.send(new_method_return(message, "o", (path,)))
            self._respond(path, member, options)
        elif member == "Register":
            self._bus.send(new_error(message, "org.freedesktop.DBus.Error.UnknownMethod", "s", ("old",)))
        else:
            self._bus.send(new_method_return(message))

    def _key(self, message: Any) -> None:
        from jeepney import new_error, new_method_return

        if self.mood == "hangs_on_keys":
            return
        if self.mood == "refuses_keys":
            self._bus.send(new_error(message, "org.freedesktop.DBus.Error.AccessDenied", "s", ("no",)))
            return
        if self.refuse_after is not None:
            self.refuse_after -= 1
            if self.refuse_after < 0:
                self.refuse_after = None
                self.revoke()
                self._bus.send(new_error(message, "org.freedesktop.DBus.Error.AccessDenied", "s", ("no session",)))
                return
        self.typed.append((message.body[2], bool(message.body[3])))
        self.on_key(len(self.typed))
        self._bus.send(new_method_return(message))

    def _respond(self, path: str, member: str, options: dict[str, Any]) -> None:
        code, results = 0, dict[str, Any]()
        if member == "CreateSession":
            self._sessions += 1
            self._session = f"{PATH}/session/test/s{self._sessions}"
            results = {"session_handle": ("s", self._session)}
        elif member == "SelectDevices":
            self._handed = options.get("restore_token", ("s", ""))[1]
            if self._handed:
                self.tokens.append(self._handed)
        else:
            if self._handed != self.token or not self.token:
                self.questions += 1  # a dialog for the user
                if self.mood == "silent":
                    return
                if self.mood == "waits":
                    self._late.append(threading.Thread(target=self._decided, args=(path,), name="user"))
                    self._late[-1].start()
                    return
            if self.mood == "denies":
                code = 1
            else:
                results = self._granted()
        self._say(path, code, results)

    def _granted(self) -> dict[str, Any]:
        self.token = f"token{self._sessions}"
        return {"devices": ("u", KEYBOARD), "restore_token": ("s", self.token)}

    def _decided(self, path: str) -> None:
        if self.decide.wait(120):
            with contextlib.suppress(OSError):
                self._say(path, 0, self._granted())

    def _say(self, path: str, code: int, results: dict[str, Any]) -> None:
        from jeepney import DBusAddress, new_signal

        address = DBusAddress(path, interface=f"{PORTAL}Request")
        self._bus.send(new_signal(address, "Response", "ua{sv}", (code, results)))
