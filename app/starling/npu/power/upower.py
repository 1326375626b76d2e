"""Hears when the power source changes and when the machine wakes up: UPower and logind over the system's D-Bus.

On Windows, and where there is no bus or no UPower, the power source is looked at from time to time instead.
"""

from __future__ import annotations

import contextlib
import socket
import sys
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from starling.dbus.link import FAILURES, connected, shut
from starling.npu.power import mains
from starling.npu.power.bus import REPLY_S, address
from starling.npu.sysroot import Sysroot

if TYPE_CHECKING:
    from jeepney import Message
    from jeepney.io.blocking import DBusConnection

UPOWER, UPOWER_PATH = "org.freedesktop.UPower", "/org/freedesktop/UPower"
LOGIND, LOGIND_PATH = "org.freedesktop.login1", "/org/freedesktop/login1"
PROPERTIES = "org.freedesktop.DBus.Properties"
RETRY_S = 30.0
"""Between two tries to reach the bus; the power source is looked at then."""

OnSource = Callable[[bool | None], None]


class Watch:
    """Tells of the power source, on a thread of its own, from the start on.

    Args:
        on_source: hears whether the machine is on mains, first at once and then at each change; None: not known.
        on_resume: hears that the machine woke up.
        root: where the bus and the power supplies are.
        retry_s: between two tries to reach the bus.
    """

    def __init__(
        self,
        on_source: OnSource,
        on_resume: Callable[[], None],
        root: Sysroot | None = None,
        retry_s: float = RETRY_S,
    ) -> None:
        self._on_source, self._on_resume = on_source, on_resume
        self._root = root or Sysroot.current()
        self._retry_s = retry_s
        self._told: bool | None = None
        self._first, self._upower = True, False
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._thread = threading.Thread(target=self._run, name="power-source", daemon=True)
        self._thread.start()

    def close(self, timeout_s: float = 1.0) -> None:
        """End it; waits for the thread unless this is called on it."""
        self._over.set()
        with self._lock:
            if self._socket is not None:
                shut(self._socket)
        if self._thread is not threading.current_thread():
            self._thread.join(timeout_s)

    def _run(self) -> None:
        while not self._over.is_set():
            if sys.platform != "win32":
                with contextlib.suppress(*FAILURES):  # whatever a bus does, there is another try later
                    self._listen()
            if not self._over.is_set():
                self._tell(mains.on_mains(self._root))
            self._over.wait(self._retry_s)

    def _listen(self) -> None:
        try:
            with connected(address(self._root), REPLY_S, self._hold) as bus:
                self._subscribe(bus)
                self._tell(self._ask(bus))
                while not self._over.is_set():
                    self._wait(bus)
        finally:
            with self._lock:
                self._socket = None

    def _wait(self, bus: DBusConnection) -> None:
        """For the next signal; where UPower is not installed only for a while, then the kernel is asked again."""
        try:
            message = bus.receive(timeout=None if self._upower else self._retry_s)
        except TimeoutError:
            self._tell(self._ask(bus))
        else:
            self._take(message, bus)

    def _hold(self, link: socket.socket) -> None:
        with self._lock:
            self._socket = link
            if self._over.is_set():
                shut(link)

    def _subscribe(self, bus: DBusConnection) -> None:
        from jeepney import MatchRule
        from jeepney.bus_messages import message_bus

        rules = (
            MatchRule(type="signal", sender=UPOWER, interface=PROPERTIES, member="PropertiesChanged", path=UPOWER_PATH),
            MatchRule(
                type="signal", sender=LOGIND, interface=f"{LOGIND}.Manager", member="PrepareForSleep", path=LOGIND_PATH
            ),
        )
        for rule in rules:
            bus.send_and_get_reply(message_bus.AddMatch(rule), timeout=REPLY_S)

    def _take(self, message: Message, bus: DBusConnection) -> None:
        from jeepney import HeaderFields

        member = message.header.fields.get(HeaderFields.member)
        if member == "PropertiesChanged" and len(message.body) == 3 and message.body[0] == UPOWER:
            changed = message.body[1].get("OnBattery")
            if changed is not None:
                self._tell(not changed[1])
            elif "OnBattery" in message.body[2]:
                self._tell(self._ask(bus))
        elif member == "PrepareForSleep" and message.body == (False,):
            self._on_resume()

    def _ask(self, bus: DBusConnection) -> bool | None:
        from jeepney import DBusAddress, MessageType, Properties

        question = Properties(DBusAddress(UPOWER_PATH, UPOWER, UPOWER)).get("OnBattery")
        reply: Any = bus.send_and_get_reply(question, timeout=REPLY_S)
        self._upower = reply.header.message_type is MessageType.method_return
        return not reply.body[0][1] if self._upower else mains.on_mains(self._root)

    def _tell(self, plugged: bool | None) -> None:
        if self._first or plugged is not self._told:
            self._first, self._told = False, plugged
            self._on_source(plugged)
