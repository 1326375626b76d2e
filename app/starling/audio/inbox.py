"""An audio worker's stdin."""

from __future__ import annotations

import os
import queue
import threading
from typing import BinaryIO

from starling.child import framing


class Inbox:
    """Reads stdin in a thread of its own, and ends the process when the parent is gone, even while PortAudio hangs."""

    def __init__(self, incoming: BinaryIO, wake: threading.Event) -> None:
        self._incoming = incoming
        self._wake = wake
        self._messages: queue.SimpleQueue[framing.Message] = queue.SimpleQueue()
        threading.Thread(target=self._read, name="stdin", daemon=True).start()

    def _read(self) -> None:
        try:
            while (message := framing.read(self._incoming)) is not None:
                self._messages.put(message)
                self._wake.set()
        except (framing.FrameError, OSError):
            pass
        os._exit(0)

    def wait(self) -> framing.Message:
        """The next message."""
        return self._messages.get()

    def poll(self) -> framing.Message | None:
        """The next message, if one is there."""
        try:
            return self._messages.get_nowait()
        except queue.Empty:
            return None
