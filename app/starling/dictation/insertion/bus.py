"""The session's D-Bus over jeepney, with a limit for every call."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from typing import Any

from starling.core.errors import StarlingError
from starling.dbus.link import FAILURES, connect

CALL_S = 3.0


class Bus:
    """A connection for one thread at a time.

    Args:
        address: of the bus.
        call_s: for every reply.

    Raises:
        StarlingError: ``insert.no_bus``.
    """

    def __init__(self, address: str, call_s: float = CALL_S) -> None:
        self._call_s = call_s
        try:
            self._connection = connect(address, call_s)
        except FAILURES as error:
            raise _gone() from error
        self._later: list[Any] = []

    @property
    def name(self) -> str:
        """Our own unique name."""
        return str(self._connection.unique_name)

    def call(self, address: Any, member: str, signature: str = "", body: tuple[Any, ...] = ()) -> tuple[Any, ...]:
        """Call a method.

        Raises:
            StarlingError: ``insert.bus_error`` with the name of the error, ``insert.bus_silent``, ``insert.no_bus``.
        """
        from jeepney import MessageType, new_method_call

        message = new_method_call(address, member, signature or None, body)
        serial = self._send(message)
        reply = self._receive(lambda m: _reply_to(m) == serial, self._call_s)
        if reply is None:
            raise StarlingError("insert.bus_silent", "The desktop did not answer in time.", "Try again.")
        if reply.header.message_type is MessageType.error:
            from jeepney import HeaderFields

            name = str(reply.header.fields.get(HeaderFields.error_name, ""))
            raise StarlingError("insert.bus_error", f"The desktop refused ({name.rpartition('.')[2]}).", "")
        return tuple(reply.body)

    def match(self, **rule: str) -> None:
        """Hear signals."""
        from jeepney import MatchRule
        from jeepney.bus_messages import message_bus

        bus = message_bus.AddMatch(MatchRule(type="signal", **rule))
        serial = self._send(bus)
        self._receive(lambda m: _reply_to(m) == serial, self._call_s)

    def wait(self, wanted: Callable[[Any], bool], limit_s: float) -> Any | None:
        """A signal, also one that came before; None after the limit."""
        return self._receive(wanted, limit_s)

    def came(self, wanted: Callable[[Any], bool]) -> bool:
        """Whether such a signal has come already."""
        return self._receive(wanted, 0) is not None

    def close(self) -> None:
        """Leave the bus."""
        with contextlib.suppress(*FAILURES):
            self._connection.close()

    def _send(self, message: Any) -> int:
        try:
            serial = next(self._connection.outgoing_serial)
            self._connection.send(message, serial)
        except FAILURES as error:
            raise _gone() from error
        return int(serial)

    def _receive(self, wanted: Callable[[Any], bool], limit_s: float) -> Any | None:
        for message in self._later:
            if wanted(message):
                self._later.remove(message)
                return message
        end = time.monotonic() + limit_s
        while True:
            try:
                message = self._connection.receive(timeout=max(0.0, end - time.monotonic()))
            except TimeoutError:
                return None
            except FAILURES as error:
                raise _gone() from error
            if wanted(message):
                return message
            self._later = [*self._later[-50:], message]


def member_of(message: Any) -> tuple[str, str, str]:
    """Path, interface and member of a signal."""
    from jeepney import HeaderFields

    fields = message.header.fields
    return (
        str(fields.get(HeaderFields.path, "")),
        str(fields.get(HeaderFields.interface, "")),
        str(fields.get(HeaderFields.member, "")),
    )


def sender_of(message: Any) -> str:
    """Who sent it."""
    from jeepney import HeaderFields

    return str(message.header.fields.get(HeaderFields.sender, ""))


def _reply_to(message: Any) -> int:
    from jeepney import HeaderFields

    return int(message.header.fields.get(HeaderFields.reply_serial, -1))


def _gone() -> StarlingError:
    return StarlingError("insert.no_bus", "The session's D-Bus cannot be reached.", "Check DBUS_SESSION_BUS_ADDRESS.")
