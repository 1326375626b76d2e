"""A microphone that can be closed and opened again, on another device too, while somebody reads from it."""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np

from starling.audio.base import AudioSource
from starling.audio.events import SourceEvent
from starling.audio.microphone import Microphone
from starling.core.results import Samples

_NOTHING: Samples = np.zeros(0, np.float32)


class SwitchedMicrophone:
    """A live source that may have no device for a while.

    Args:
        open_device: opens a device by its stable name.
    """

    live = True

    def __init__(self, open_device: Callable[[str], AudioSource] = Microphone) -> None:
        self._open_device = open_device
        self._changed = threading.Condition()
        self._inner: AudioSource | None = None
        self._closed = False

    @property
    def open(self) -> bool:
        """Whether a device is in use, or is being opened."""
        return self._inner is not None

    def use(self, device: str | None) -> None:
        """Close the device in use, and open this one if there is a name; "" is the default. Waits for the closing."""
        with self._changed:
            old, self._inner = self._inner, None
        if old is not None:
            old.close()
        with self._changed:
            if device is not None and not self._closed:
                self._inner = self._open_device(device)
                self._changed.notify_all()

    def read(self, timeout_s: float) -> Samples | None:
        """See :class:`~starling.audio.base.AudioSource`; empty while there is no device, None once closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._inner is not None or self._closed, timeout_s)
            inner = self._inner
        if inner is None:
            return None if self._closed else _NOTHING
        return inner.read(timeout_s)

    def events(self) -> list[SourceEvent]:
        """What happened to the device in use since the last call."""
        inner = self._inner
        return inner.events() if inner is not None else []

    def close(self) -> None:
        """Close the device for good."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self.use(None)
