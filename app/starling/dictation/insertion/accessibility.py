"""What AT-SPI tells of the focus: the toolkit, and whether it is a password field. Where nobody uses it, nothing."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from starling.dbus.link import FAILURES, connected
from starling.dictation.bus import Bus, BusError
from starling.dictation.surroundings import Target

BUDGET_S = 0.3
"""For the whole search; a large document is not searched to its end."""
MOST_NODES = 400
CALL_S = 0.25
_ACTIVE, _FOCUSED, _SHOWING = 1, 12, 25
"""Bits of a state."""
PASSWORD_TEXT = 40
"""A role."""
_ACCESSIBLE, _APPLICATION = "org.a11y.atspi.Accessible", "org.a11y.atspi.Application"
_REGISTRY, _ROOT = "org.a11y.atspi.Registry", "/org/a11y/atspi/accessible/root"

Node = tuple[str, str]
"""Who has it on the bus, and its path."""


def focused(bus: str, application: str = "") -> Target | None:
    """What has the focus, as far as programs tell; None where they do not.

    Args:
        bus: the address of the session's bus.
        application: whose window is known to be in front; others are not asked.
    """
    try:
        address = _address(bus)
        if not address:
            return None
        with connected(address, CALL_S) as link:
            return _Search(Bus(link, CALL_S), time.monotonic() + BUDGET_S).find(application)
    except (BusError, *FAILURES):
        return None


def _address(bus: str) -> str:
    """Of the bus of accessibility; empty where it does not run, which is left so."""
    daemon = "org.freedesktop.DBus"
    with connected(bus, CALL_S) as link:
        session = Bus(link, CALL_S)
        if not session.call(daemon, "NameHasOwner", "s", ("org.a11y.Bus",), "/org/freedesktop/DBus", daemon)[0]:
            return ""
        return str(session.call("org.a11y.Bus", "GetAddress", "", (), "/org/a11y/bus", "org.a11y.Bus")[0])


class _Search:
    """One walk from the desktop to the focus, within a limit of time."""

    def __init__(self, link: Bus, end: float) -> None:
        self._link, self._end, self._nodes = link, end, 0

    def find(self, application: str) -> Target | None:
        for program in self._children((_REGISTRY, _ROOT)):
            for frame in self._children(program):
                if not self._state(frame) >> _ACTIVE & 1:
                    continue
                name = str(self._property(program, _ACCESSIBLE, "Name")).lower()
                if application and name and not _alike(name, application):
                    continue
                toolkit = str(self._property(program, _APPLICATION, "ToolkitName")).lower()
                node = self._focus(frame)
                password = None if node is None else self._role(node) == PASSWORD_TEXT
                return Target(name, f"atspi:{frame[0]}{frame[1]}", toolkit, password)
        return None

    def _focus(self, frame: Node) -> Node | None:
        """The node with the focus, depth first through what is shown."""
        waiting = [frame]
        while waiting and self._nodes < MOST_NODES and time.monotonic() < self._end:
            node = waiting.pop()
            self._nodes += 1
            state = self._state(node)
            if state >> _FOCUSED & 1:
                return node
            if state >> _SHOWING & 1 or node == frame:
                waiting += reversed(list(self._children(node)))
        return None

    def _children(self, node: Node) -> Iterator[Node]:
        if time.monotonic() >= self._end:
            return
        try:
            (found,) = self._call(node, _ACCESSIBLE, "GetChildren")
        except (BusError, TimeoutError):
            return  # a program that hangs keeps the others from nothing
        for name, path in found:
            yield str(name), str(path)

    def _state(self, node: Node) -> int:
        try:
            (words,) = self._call(node, _ACCESSIBLE, "GetState")
        except (BusError, TimeoutError):
            return 0
        return int(words[0]) | (int(words[1]) << 32 if len(words) > 1 else 0)

    def _role(self, node: Node) -> int:
        return int(self._call(node, _ACCESSIBLE, "GetRole")[0])

    def _property(self, node: Node, interface: str, name: str) -> object:
        try:
            return self._link.property(interface, name, node[1], node[0])
        except (BusError, TimeoutError):
            return ""

    def _call(self, node: Node, interface: str, member: str) -> tuple[Any, ...]:
        return self._link.call(interface, member, "", (), node[1], node[0])


def _alike(name: str, application: str) -> bool:
    """Whether a program's name and a window's class may be the same one's: ``gedit`` and ``org.gnome.gedit``."""
    short, other = name.replace(" ", "").replace("-", ""), application.replace("-", "")
    return short in other or other.rpartition(".")[2] in short
