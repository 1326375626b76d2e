"""Questions to the desktop's portal, and its answers, over one connection; for one thread.

A portal answers a request twice: with the path of a Request object, and later, when somebody has decided, with a signal
from that path.
"""

from __future__ import annotations

import itertools
import time
from collections import deque
from typing import TYPE_CHECKING, Any

from starling.dictation.bus import REPLY_S

if TYPE_CHECKING:
    from jeepney import Message
    from jeepney.io.blocking import DBusConnection

PORTAL, PATH = "org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop"
REQUEST, SESSION = "org.freedesktop.portal.Request", "org.freedesktop.portal.Session"
REGISTRY = "org.freedesktop.host.portal.Registry"
APP_ID = "io.github.starling.Starling"
GRANTED, CANCELLED = 0, 1


class PortalError(Exception):
    """The portal refused a call.

    Attributes:
        name: of the D-Bus error.
    """

    def __init__(self, name: str, text: str) -> None:
        super().__init__(text)
        self.name = name

    @property
    def absent(self) -> bool:
        """Whether nobody, or no such interface, is there."""
        return self.name.rpartition(".")[2] in {
            "ServiceUnknown", "NameHasNoOwner", "UnknownMethod", "UnknownInterface", "UnknownObject",
            "UnknownProperty", "InvalidArgs", "SpawnFailed", "ExecFailed",
        }  # fmt: skip


class PortalLink:
    """A connection on which all signals of the portal are heard.

    Args:
        bus: of :func:`starling.dbus.link.connected`.
    """

    def __init__(self, bus: DBusConnection) -> None:
        from jeepney import MatchRule
        from jeepney.bus_messages import message_bus

        self._bus = bus
        self._signals: deque[Message] = deque()
        self._tokens = itertools.count(1)
        owner = MatchRule(type="signal", sender="org.freedesktop.DBus", member="NameOwnerChanged")
        owner.add_arg_condition(0, PORTAL)
        for rule in (MatchRule(type="signal", sender=PORTAL), owner):
            self._asked(message_bus.AddMatch(rule), REPLY_S)

    def register(self) -> str:
        """Say who we are, which must be the first call.

        Returns:
            Why that was refused; empty when all is well or the portal is too old to ask.
        """
        try:
            self.call(REGISTRY, "Register", "sa{sv}", (APP_ID, {}))
        except PortalError as error:
            return "" if error.absent else str(error)
        return ""

    def call(
        self, interface: str, member: str, signature: str, body: tuple[Any, ...], path: str = PATH, to: str = PORTAL
    ) -> tuple[Any, ...]:
        """One call and its reply.

        Raises:
            PortalError: it was refused.
            TimeoutError: nobody answered.
        """
        from jeepney import DBusAddress, new_method_call

        return self._asked(new_method_call(DBusAddress(path, to, interface), member, signature, body), REPLY_S)

    def property(self, interface: str, name: str, path: str = PATH, to: str = PORTAL) -> Any:
        """The value of a property. Raises as :meth:`call`."""
        return self.call("org.freedesktop.DBus.Properties", "Get", "ss", (interface, name), path, to)[0][1]

    def token(self) -> str:
        """For a handle of ours."""
        return f"starling{next(self._tokens)}"

    def request(
        self,
        interface: str,
        member: str,
        signature: str,
        body: tuple[Any, ...],
        options: dict[str, Any],
        limit_s: float,
    ) -> tuple[int, dict[str, Any]]:
        """A call that somebody may have to decide. ``options`` are its last argument.

        Returns:
            :data:`GRANTED`, :data:`CANCELLED` or another number, and the results as (type, value).

        Raises:
            PortalError: it was refused.
            TimeoutError: no decision came within ``limit_s``.
        """
        token = self.token()
        sender = self._bus.unique_name.lstrip(":").replace(".", "_")
        paths = {f"{PATH}/request/{sender}/{token}"}
        paths.add(self.call(interface, member, signature, (*body, {**options, "handle_token": ("s", token)}))[0])
        end_s = time.monotonic() + limit_s
        passed: list[Message] = []
        try:
            while True:
                message = self.signal(max(0.0, end_s - time.monotonic()))
                if member_of(message) == (REQUEST, "Response") and path_of(message) in paths:
                    code, results = message.body
                    return int(code), dict(results)
                passed.append(message)
        finally:
            self._signals.extendleft(reversed(passed))

    def signal(self, timeout_s: float | None) -> Message:
        """The next signal. Raises TimeoutError."""
        from jeepney import MessageType

        if self._signals:
            return self._signals.popleft()
        end_s = None if timeout_s is None else time.monotonic() + timeout_s
        while True:
            message = self._bus.receive(timeout=None if end_s is None else max(0.0, end_s - time.monotonic()))
            if message.header.message_type is MessageType.signal:
                return message

    def _asked(self, message: Message, limit_s: float) -> tuple[Any, ...]:
        """As ``send_and_get_reply``, which would drop the signals that come before the reply."""
        from jeepney import HeaderFields, MessageType

        serial = next(self._bus.outgoing_serial)
        self._bus.send(message, serial=serial)
        end_s = time.monotonic() + limit_s
        while True:
            reply = self._bus.receive(timeout=max(0.0, end_s - time.monotonic()))
            fields = reply.header.fields
            if reply.header.message_type is MessageType.signal:
                self._signals.append(reply)
            elif fields.get(HeaderFields.reply_serial) == serial:
                if reply.header.message_type is MessageType.error:
                    text = reply.body[0] if reply.body and isinstance(reply.body[0], str) else ""
                    raise PortalError(str(fields.get(HeaderFields.error_name, "")), text)
                return tuple(reply.body)


def member_of(message: Message) -> tuple[str, str]:
    """A signal's interface and name."""
    from jeepney import HeaderFields

    fields = message.header.fields
    return str(fields.get(HeaderFields.interface, "")), str(fields.get(HeaderFields.member, ""))


def path_of(message: Message) -> str:
    """The object that sent a signal."""
    from jeepney import HeaderFields

    return str(message.header.fields.get(HeaderFields.path, ""))
