"""What keys told, in order."""

from __future__ import annotations

import threading

from starling.dictation.keys.base import Calls, KeysState
from tests.helpers.pulse import wait_until


class Recorded:
    """Calls that only remember."""

    def __init__(self) -> None:
        self.happened: list[str] = []
        self.states: list[KeysState] = []
        self.threads: set[threading.Thread] = set()

    def calls(self) -> Calls:
        def note(name: str) -> None:
            self.threads.add(threading.current_thread())
            self.happened.append(name)

        return Calls(
            press=lambda: note("press"),
            release=lambda: note("release"),
            cancel=lambda: note("cancel"),
            mode=lambda: note("mode"),
            changed=self.states.append,
        )

    def came(self, *names: str, timeout_s: float = 5.0) -> bool:
        """Whether exactly this has happened, or does in time."""
        return wait_until(lambda: self.happened == list(names), timeout_s)

    def told(self, **fields: object) -> bool:
        """Whether the newest state is like this, or becomes so."""
        return wait_until(
            lambda: (
                bool(self.states) and all(getattr(self.states[-1], name) == value for name, value in fields.items())
            ),
            8.0,
        )
