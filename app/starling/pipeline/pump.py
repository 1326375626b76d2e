"""Reads a stream for the coordinator: on a thread of its own where sound comes in real time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, Protocol

from starling.core.errors import StarlingError, internal_error
from starling.core.results import Samples
from starling.pipeline.mailbox import Block

READ_S = 0.25
"""Longest wait for samples: how late the pump notices a stop."""


class Source(Protocol):
    """A stream of 16 kHz mono float32: microphone or file."""

    def read(self, timeout_s: float) -> Samples | None:
        """What has arrived, empty after ``timeout_s``; None at the end of the stream."""
        ...

    def events(self) -> list[Any]:
        """What happened to the stream since the last call."""
        ...

    def close(self) -> None:
        """End. A ``read`` in another thread returns."""
        ...


class Pump:
    """Hands block after block to ``put``, from :meth:`start` until the stream ends or ``stop`` is set."""

    def __init__(self, source: Source, put: Callable[[Block], None], stop: threading.Event) -> None:
        self._source = source
        self._put = put
        self._stop = stop
        self._thread = threading.Thread(target=self._run, name="source-pump", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def join(self) -> None:
        """Wait for the end of the last read."""
        self._thread.join(4 * READ_S)

    def read(self) -> Block:
        """The next block; a source that fails ends the stream and says why."""
        try:
            return Block(self._source.read(READ_S), time.monotonic())
        except StarlingError as error:
            return Block(None, time.monotonic(), error)
        except Exception as error:  # noqa: BLE001 - what was heard so far must still be delivered
            return Block(None, time.monotonic(), internal_error(error))

    def _run(self) -> None:
        while not self._stop.is_set():
            block = self.read()
            self._put(block)
            if block.samples is None:
                return
