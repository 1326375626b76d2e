"""SIGINT, SIGTERM and SIGHUP, brought into Qt's event loop, which Python's handlers alone would not wake."""

from __future__ import annotations

import signal
import socket
from types import FrameType
from typing import Any

from PySide6.QtCore import QObject, QSocketNotifier, Signal

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP")


class UnixSignals(QObject):
    """Sends ``came`` in the GUI thread for every signal that asks to end. For the main thread.

    A signal that was ignored when Starling started (as nohup and background jobs want it) stays ignored. One that
    comes before the event loop runs is told as soon as it does.
    """

    came = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._reader, self._writer = socket.socketpair()
        self._reader.setblocking(False)
        self._writer.setblocking(False)
        self._notifier = QSocketNotifier(self._reader.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._told)
        self._before: dict[signal.Signals, Any] = {}
        for name in _NAMES:
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
                self._before[number] = signal.signal(number, _noted)
        self._old_descriptor = signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)

    def close(self) -> None:
        """Give the signals back."""
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(self._old_descriptor)
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._reader.close()
        self._writer.close()

    def _told(self) -> None:
        ours = {int(number) for number in self._before}
        if ours.intersection(self._reader.recv(256)):
            self.came.emit()


def _noted(number: int, frame: FrameType | None) -> None:
    """Python writes the number to the descriptor only for signals that have a handler."""
