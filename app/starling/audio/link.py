"""One opening of one device: its route, its child process, and the watch over its presence."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Mapping
from typing import Any

from numpy.typing import NDArray

from starling.audio import jack_leftovers, pulse
from starling.audio.devices import Route, route, still_there, worker_argv
from starling.audio.naming import Kind
from starling.child.framing import Message
from starling.child.process import Child
from starling.core.errors import StarlingError

_MODES: dict[Kind, str] = {"input": "capture", "output": "play"}
_WORDS: dict[Kind, str] = {"input": "microphone", "output": "speaker"}
HUNG_S = 3.0
"""A child that has said nothing for so long was not merely slow to start."""
_APPLICATION = {"PULSE_PROP": "application.name=Starling application.icon_name=starling"}


class Link:
    """A child that has been told to open a device.

    Attributes:
        route: how.
        started_at: monotonic seconds.
        opened: the child's ``opened`` message, once it came.
        error: what the child reported, or its end.
    """

    def __init__(
        self, name: str, kind: Kind, server_only: bool, notify: Callable[[Link, Message | None], None]
    ) -> None:
        self.route: Route = route(name, kind, server_only)
        self.kind = kind
        self.started_at = time.monotonic()
        self.opened: dict[str, Any] | None = None
        self.error: StarlingError | None = None
        self._notify = notify
        self._changed = True  # the device may have gone before the watch began
        self._watch = pulse.Watch(kind, self._on_change) if self.route.device else None
        self._child = Child(
            worker_argv(_MODES[kind]),
            on_message=self._on_message,
            on_exit=self._on_exit,
            env={**_APPLICATION, **self.route.env},
            name=f"audio-{_MODES[kind]}",
        )
        self.send(self.route.config)

    @property
    def name(self) -> str:
        """The device's readable name."""
        if self.route.device is not None:
            return self.route.device.name
        return str(self.opened["name"]) if self.opened else ""

    def send(self, data: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]] | None = None) -> None:
        """Write to the child; a dead child is noticed elsewhere."""
        with contextlib.suppress(OSError):
            self._child.send(data, arrays)

    def vanished(self) -> bool:
        """Whether the device was removed, looked up only after the server told of a change."""
        if not self._changed or self.route.device is None:
            return False
        self._changed = False
        return not still_there(self.route.device)

    def lost(self, why: str) -> StarlingError:
        """The error for a device that was there: "The microphone "X" <why>."."""
        word = _WORDS[self.kind]
        name = f' "{self.name}"' if self.name else ""
        return StarlingError(
            f"audio.{word}_lost", f"The {word}{name} {why}.", "Starling opens it again as soon as it is back."
        )

    def close(self) -> None:
        """End the child, hung or not, and the watch."""
        hung = self.opened is None and self.error is None and time.monotonic() - self.started_at > HUNG_S
        self._child.kill()
        if hung:
            jack_leftovers.clear()
        if self._watch is not None:
            self._watch.close()

    def _on_change(self) -> None:
        self._changed = True
        self._notify(self, None)

    def _on_message(self, message: Message) -> None:
        event = message.data["event"] if "event" in message.data else ""
        if event == "opened":
            self.opened = message.data
        elif event == "error":
            self.error = StarlingError.from_json(message.data)
        self._notify(self, message)

    def _on_exit(self) -> None:
        if self.error is None:
            self.error = self.lost("was closed by the sound system")
        self._notify(self, None)
