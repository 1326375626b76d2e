"""A stand-in for xdg-desktop-portal on a private bus, over the same D-Bus library as Starling's own side.

    with private_bus(tmp_path) as address, GlobalShortcuts(address) as portal: ...

``portal.mood``: ``grant``, ``deny``, ``silent`` (answers calls, decides nothing), ``slow`` (decides when
``portal.decide`` is set), ``dead`` (answers no call), ``absent`` (no such interface), ``nameless`` (refuses who is not
registered, and registers nobody), ``unassigned`` (grants without a key).
"""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import Any

PORTAL, PATH = "org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop"
SHORTCUTS = "org.freedesktop.portal.GlobalShortcuts"
REGISTRY = "org.freedesktop.host.portal.Registry"


class GlobalShortcuts:
    """Owns the portal's name.

    Attributes:
        asked: (member, body) of every call, in order.
        session: path of the last session.
    """

    def __init__(self, address: str, mood: str = "grant", gnome: str = "", registry: bool = True) -> None:
        from jeepney.bus_messages import message_bus
        from jeepney.io.blocking import open_dbus_connection

        self.mood = mood
        self.registry = registry
        self.asked: list[tuple[str, tuple[Any, ...]]] = []
        self.session = ""
        self.decide = threading.Event()
        self.stored: dict[str, str] = {}
        self._gnome = gnome
        self._registered: set[str] = set()
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._bus = open_dbus_connection(address)
        for name in (PORTAL, *(["org.gnome.Shell"] if gnome else [])):
            self._bus.send_and_get_reply(message_bus.RequestName(name), timeout=5)
        self._start(self._serve)

    def __enter__(self) -> GlobalShortcuts:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Leave the bus."""
        self.decide.set()
        with contextlib.suppress(OSError):
            self._bus.sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)
        self._bus.close()

    def members(self) -> list[str]:
        """The names of the calls so far."""
        return [member for member, _ in self.asked]

    def key(self, action: str, down: bool) -> None:
        """A shortcut goes down or up."""
        self.say(PATH, SHORTCUTS, "Activated" if down else "Deactivated", "osta{sv}", (self.session, action, 1, {}))

    def rebind(self, **triggers: str) -> None:
        """Somebody changes keys in the desktop's settings."""
        self.stored |= triggers
        self.say(PATH, SHORTCUTS, "ShortcutsChanged", "oa(sa{sv})", (self.session, self._shortcuts()))

    def revoke(self) -> None:
        """The desktop closes the session."""
        self.say(self.session, "org.freedesktop.portal.Session", "Closed", "", ())

    def say(self, path: str, interface: str, member: str, signature: str, body: tuple[Any, ...]) -> None:
        """Send a signal."""
        from jeepney import DBusAddress, new_signal

        with self._lock, contextlib.suppress(OSError):
            self._bus.send(new_signal(DBusAddress(path, interface=interface), member, signature or None, body))

    def _start(self, run: Any, *arguments: Any) -> None:
        thread = threading.Thread(target=run, args=arguments, name="portal", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _serve(self) -> None:
        from jeepney import HeaderFields, MessageType

        while True:
            try:
                message = self._bus.receive()
            except (OSError, ValueError):
                return
            if message.header.message_type is MessageType.method_call:
                fields = message.header.fields
                self.asked.append((fields[HeaderFields.member], message.body))
                if self.mood != "dead":
                    self._answer(message, fields[HeaderFields.interface], fields[HeaderFields.member],
                                 fields[HeaderFields.sender])  # fmt: skip

    def _answer(self, message: Any, interface: str, member: str, sender: str) -> None:
        from jeepney import new_error, new_method_return

        def refuse(name: str, text: str) -> None:
            self._send(new_error(message, name, "s", (text,)))

        if member == "Close":  # of a question that nobody answered
            self._send(new_method_return(message))
        elif (interface, member) == (REGISTRY, "Register"):
            if not self.registry:
                refuse("org.freedesktop.DBus.Error.UnknownInterface", "no registry")
            elif self.mood == "nameless":
                refuse("org.freedesktop.portal.Error.Failed", f"App info not found for '{message.body[0]}'")
            else:
                self._registered.add(sender)
                self._send(new_method_return(message))
        elif member == "Get" and message.body[1] == "ShellVersion":
            self._send(new_method_return(message, "v", (("s", self._gnome),)))
        elif self.mood == "absent":
            refuse("org.freedesktop.DBus.Error.UnknownInterface", "no such interface")
        elif member == "Get":
            self._send(new_method_return(message, "v", (("u", 2),)))
        elif self.registry and sender not in self._registered:
            refuse("org.freedesktop.portal.Error.NotAllowed", "An app id is required")
        else:
            self._request(message, member, sender)

    def _request(self, message: Any, member: str, sender: str) -> None:
        from jeepney import new_method_return

        options, mine = message.body[-1], sender.lstrip(":").replace(".", "_")
        request = f"{PATH}/request/{mine}/{options['handle_token'][1]}"
        self._send(new_method_return(message, "o", (request,)))
        if member == "CreateSession":
            self.session = f"{PATH}/session/{mine}/{options['session_handle_token'][1]}"
            if self.mood != "silent":
                self._respond(request, 0, {"session_handle": ("s", self.session)})
        elif member == "BindShortcuts" and self.mood != "silent":
            self._start(self._bind, request, message.body[1])

    def _bind(self, request: str, wanted: list[Any]) -> None:
        if self.mood == "slow":
            self.decide.wait(20)
        if self.mood == "deny":
            self._respond(request, 1, {})
            return
        for name, about in wanted:
            self.stored.setdefault(name, "" if self.mood == "unassigned" else about["preferred_trigger"][1])
        self._respond(request, 0, {"shortcuts": ("a(sa{sv})", self._shortcuts())})

    def _shortcuts(self) -> list[Any]:
        return [(name, {"description": ("s", name), "trigger_description": ("s", text)})
                for name, text in self.stored.items()]  # fmt: skip

    def _respond(self, request: str, code: int, results: dict[str, Any]) -> None:
        self.say(request, "org.freedesktop.portal.Request", "Response", "ua{sv}", (code, results))

    def _send(self, message: Any) -> None:
        with self._lock, contextlib.suppress(OSError):
            self._bus.send(message)
