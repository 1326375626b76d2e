"""Calls and signals over one connection to a D-Bus, each with a limit; for one thread at a time."""

from __future__ import annotations

import contextlib
import time
from collections import deque
from typing import TYPE_CHECKING, Any

from starling.dbus.link import FAILURES

if TYPE_CHECKING:
    from jeepney import MatchRule, Message
    from jeepney.io.blocking import DBusConnection

REPLY_S = 5.0
PROPERTIES = "org.freedesktop.DBus.Properties"
_MOST_SIGNALS = 1000
"""That wait for somebody to ask for them; the oldest go."""


class BusError(Exception):
    """A call was refused.

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


class Bus:
    """What is called and heard on a connection. Besides their own errors, methods raise its FAILURES.

    Args:
        connection: of :func:`starling.dbus.link.connect`.
        reply_s: for every reply.
    """

    def __init__(self, connection: DBusConnection, reply_s: float = REPLY_S) -> None:
        self._connection, self._reply_s = connection, reply_s
        self._signals: deque[Message] = deque(maxlen=_MOST_SIGNALS)

    @property
    def name(self) -> str:
        """Our own unique name."""
        return str(self._connection.unique_name)

    def close(self) -> None:
        """Leave the bus."""
        with contextlib.suppress(*FAILURES):
            self._connection.close()

    def call(
        self, interface: str, member: str, signature: str, body: tuple[Any, ...], path: str, to: str
    ) -> tuple[Any, ...]:
        """One call and its reply.

        Raises:
            BusError: it was refused.
            TimeoutError: nobody answered.
        """
        from jeepney import DBusAddress, new_method_call

        return self.ask(new_method_call(DBusAddress(path, to, interface), member, signature or None, body))

    def tell(self, interface: str, member: str, path: str, to: str) -> None:
        """A call whose reply is not waited for."""
        from jeepney import DBusAddress, new_method_call

        self._connection.send(new_method_call(DBusAddress(path, to, interface), member))

    def property(self, interface: str, name: str, path: str, to: str) -> Any:
        """The value of a property. Raises as :meth:`call`."""
        return self.call(PROPERTIES, "Get", "ss", (interface, name), path, to)[0][1]

    def hear(self, rule: MatchRule) -> None:
        """Hear such signals from now on. Raises as :meth:`call`."""
        from jeepney.bus_messages import message_bus

        self.ask(message_bus.AddMatch(rule))

    def signal(self, timeout_s: float | None) -> Message:
        """The next signal. Raises TimeoutError."""
        from jeepney import MessageType

        if self._signals:
            return self._signals.popleft()
        end_s = None if timeout_s is None else time.monotonic() + timeout_s
        while True:
            message = self._connection.receive(timeout=None if end_s is None else max(0.0, end_s - time.monotonic()))
            if message.header.message_type is MessageType.signal:
                return message

    def ask(self, message: Message) -> tuple[Any, ...]:
        """As ``send_and_get_reply``, which would drop the signals that come before the reply."""
        from jeepney import HeaderFields, MessageType

        serial = next(self._connection.outgoing_serial)
        self._connection.send(message, serial=serial)
        end_s = time.monotonic() + self._reply_s
        while True:
            reply = self._connection.receive(timeout=max(0.0, end_s - time.monotonic()))
            fields = reply.header.fields
            if reply.header.message_type is MessageType.signal:
                self._signals.append(reply)
            elif fields.get(HeaderFields.reply_serial) == serial:
                if reply.header.message_type is MessageType.error:
                    text = reply.body[0] if reply.body and isinstance(reply.body[0], str) else ""
                    raise BusError(str(fields.get(HeaderFields.error_name, "")), text)
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
