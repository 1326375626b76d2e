"""Whoever commands from outside of the window: other processes over a socket, and global keys."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, Protocol, get_args

from starling import locate
from starling.core.errors import StarlingError
from starling.pipeline import events
from starling.remote.ordered import Ordered

OLDEST_S = 5.0
"""A command that says it was started longer ago, or later than now, has another clock."""


class Commands(Protocol):
    """What can be commanded; every method returns at once."""

    def press(self) -> None:
        """The talk key went down."""

    def release(self) -> None:
        """It went up."""

    def cancel(self) -> None:
        """Forget what is being said."""

    def use_mode(self, mode: events.Mode) -> None:
        """Answer, only write down, or hear nothing; remembered where modes are."""

    def set_private(self, on: bool) -> None:
        """Store nothing, or store again."""


class Outside:
    """Hears the socket from :meth:`open` to :meth:`close`; see :meth:`overhear`.

    Args:
        commands: does what is commanded.
        keys: tells of global keys, where there are any.
    """

    def __init__(self, commands: Commands, keys: Callable[[], events.KeysShown] | None = None) -> None:
        from starling.remote.server import Server

        self._commands = commands
        self._keys = keys
        self._ordered = Ordered()
        self._lock = threading.Lock()  # guards the two below
        self._listening = events.Listening("assistant", "always", False)
        self._private = False
        self._server = Server(locate.data_dir(), self.answer)

    def open(self) -> StarlingError | None:
        """Listen from now on; returns why not."""
        try:
            self._server.start()
        except StarlingError as error:
            return error
        return None

    def close(self) -> None:
        """Hear nothing more."""
        self._server.close()

    def overhear(self, event: events.Event) -> None:
        """Keep what is told to those who ask for it."""
        with self._lock:
            if isinstance(event, events.Listening):
                self._listening = event
            elif isinstance(event, events.PrivateChanged):
                self._private = event.on

    @property
    def listening(self) -> events.Listening:
        """What was last told of it."""
        with self._lock:
            return self._listening

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """Do what a client asks; on the server's thread.

        Raises:
            StarlingError: ``remote.unknown``.
        """
        match request:
            case {"command": "press"}:
                self._edges(self._ordered.press(_made_at_s(request)))
            case {"command": "release"}:
                self._edges(self._ordered.release(_made_at_s(request)))
            case {"command": "toggle"}:
                self._edges(("press", "release"))  # a tap
            case {"command": "cancel"}:
                self._commands.cancel()
            case {"command": "mode", "mode": str(mode)} if mode in get_args(events.Mode):
                self._commands.use_mode(mode)  # type: ignore[arg-type]  # just looked at
                return {**self._state(), "mode": mode}
            case {"command": "private", "on": bool(on)}:
                self._commands.set_private(on)
                return {**self._state(), "mode": "private" if on else self.listening.mode}
            case {"command": "state"}:
                return self._state()
            case _:
                raise StarlingError(
                    "remote.unknown",
                    "The Starling that runs does not know this command.",
                    "Quit it and start it again, so that both are of the same version.",
                )
        return {}

    def _edges(self, edges: tuple[str, ...]) -> None:
        for edge in edges:
            (self._commands.press if edge == "press" else self._commands.release)()

    def _state(self) -> dict[str, Any]:
        with self._lock:
            now, private = self._listening, self._private
        keys = {"keys": asdict(self._keys())} if self._keys is not None else {}
        return {"mode": now.mode, "muted": now.muted, "held": now.held, "private": private, **keys}


def _made_at_s(request: dict[str, Any]) -> float | None:
    at = request.get("at")
    now_s = time.monotonic()
    plausible = isinstance(at, int | float) and not isinstance(at, bool) and now_s - OLDEST_S <= at <= now_s
    return float(at) if plausible and at is not None else None
