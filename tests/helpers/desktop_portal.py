"""A stand-in for a desktop's whole portal on a private bus: global keys and typing under one name.

    with private_bus(folder) as address, DesktopPortal(address) as portal: ...

Keys: :class:`tests.helpers.portal.GlobalShortcuts`. Typing: ``portal.typing``, as
:class:`tests.helpers.remote_desktop.RemoteDesktop`.
"""

from __future__ import annotations

import types
from typing import Any

from tests.helpers.portal import REGISTRY, SHORTCUTS, GlobalShortcuts
from tests.helpers.remote_desktop import Mood, RemoteDesktop

REMOTE = "org.freedesktop.portal.RemoteDesktop"
_KNOWN = (SHORTCUTS, REGISTRY, "org.freedesktop.portal.Session", "org.freedesktop.portal.Request")


class _Typing(RemoteDesktop):
    """Answers over a connection of somebody else's."""

    def __init__(self, send: Any, mood: Mood) -> None:
        self._prepare(mood)
        self._bus = types.SimpleNamespace(send=send)  # type: ignore[assignment]

    def take(self, message: Any, member: str) -> None:
        """One call."""
        self.asked.append(member)
        self._answer(message, member)

    def close(self) -> None:
        """Decide nothing any more."""
        self._let_go()


class DesktopPortal(GlobalShortcuts):
    """Owns the portal's name.

    Attributes:
        typing: the part that types.
    """

    def __init__(self, address: str, mood: str = "grant", typing: Mood = "grants") -> None:
        self.typing = _Typing(self._send, typing)
        super().__init__(address, mood)

    def close(self) -> None:
        """Leave the bus."""
        self.typing.close()
        super().close()

    def _answer(self, message: Any, interface: str, member: str, sender: str) -> None:
        of = message.body[0] if member == "Get" else interface
        if of == REMOTE:
            self.typing.take(message, member)
        elif member != "Get" and interface not in _KNOWN:  # what Qt asks of a desktop
            from jeepney import new_error

            self._send(new_error(message, "org.freedesktop.DBus.Error.UnknownInterface", "s", ("no",)))
        else:
            super()._answer(message, interface, member, sender)
