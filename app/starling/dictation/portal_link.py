"""Questions to the desktop's portal, and its answers, over one connection; for one thread.

A portal answers a request twice: with the path of a Request object, and later, when somebody has decided, with a signal
from that path.
"""

from __future__ import annotations

import contextlib
import itertools
import time
from typing import TYPE_CHECKING, Any

from starling.dbus.link import FAILURES
from starling.dictation.bus import REPLY_S, Bus, BusError, member_of, path_of

if TYPE_CHECKING:
    from jeepney import Message
    from jeepney.io.blocking import DBusConnection

PORTAL, PATH = "org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop"
REQUEST, SESSION = "org.freedesktop.portal.Request", "org.freedesktop.portal.Session"
REGISTRY = "org.freedesktop.host.portal.Registry"
APP_ID = "io.github.starling.Starling"
GRANTED, CANCELLED = 0, 1


class PortalLink(Bus):
    """A connection on which all signals of the portal are heard.

    Args:
        connection: of :func:`starling.dbus.link.connect`.
        reply_s: for every reply.
    """

    def __init__(self, connection: DBusConnection, reply_s: float = REPLY_S) -> None:
        from jeepney import MatchRule

        super().__init__(connection, reply_s)
        self._tokens = itertools.count(1)
        owner = MatchRule(type="signal", sender="org.freedesktop.DBus", member="NameOwnerChanged")
        owner.add_arg_condition(0, PORTAL)
        for rule in (MatchRule(type="signal", sender=PORTAL), owner):
            self.hear(rule)

    def register(self) -> str:
        """Say who we are, which must be the first call: programs outside a sandbox are not known otherwise.

        Returns:
            Why that was refused; empty when all is well or the portal is too old to ask.
        """
        try:
            self.call(REGISTRY, "Register", "sa{sv}", (APP_ID, {}))
        except BusError as error:
            return "" if error.absent else str(error)
        return ""

    def call(
        self, interface: str, member: str, signature: str, body: tuple[Any, ...], path: str = PATH, to: str = PORTAL
    ) -> tuple[Any, ...]:
        """As of :class:`Bus`; of the portal itself unless another is named."""
        return super().call(interface, member, signature, body, path, to)

    def property(self, interface: str, name: str, path: str = PATH, to: str = PORTAL) -> Any:
        """As of :class:`Bus`; of the portal itself unless another is named."""
        return super().property(interface, name, path, to)

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
            BusError: it was refused.
            TimeoutError: no decision came within ``limit_s``; the question is withdrawn.
        """
        token = self.token()
        sender = self.name.lstrip(":").replace(".", "_")
        paths = {f"{PATH}/request/{sender}/{token}"}
        paths.add(self.call(interface, member, signature, (*body, {**options, "handle_token": ("s", token)}))[0])
        try:
            code, results = self._decided(paths, limit_s).body
        except TimeoutError:
            for path in paths:
                with contextlib.suppress(*FAILURES):
                    self.tell(REQUEST, "Close", path, PORTAL)
            raise
        return int(code), dict(results)

    def closed(self, session: str) -> bool:
        """Whether the desktop has ended a session; other signals that have come are of no use any more."""
        try:
            while True:
                message = self.signal(0)
                if member_of(message) == (SESSION, "Closed") and path_of(message) == session:
                    return True
        except TimeoutError:
            return False

    def _decided(self, paths: set[str], limit_s: float) -> Message:
        """The answer; other signals that come before it are kept in their order."""
        end_s = time.monotonic() + limit_s
        passed: list[Message] = []
        try:
            while True:
                message = self.signal(max(0.0, end_s - time.monotonic()))
                if member_of(message) == (REQUEST, "Response") and path_of(message) in paths:
                    return message
                passed.append(message)
        finally:
            self._signals.extendleft(reversed(passed))
