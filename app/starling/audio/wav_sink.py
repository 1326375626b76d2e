"""The sink that is a WAV file."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from starling.audio.base import SinkStats
from starling.audio.events import FirstSound, SinkEvent
from starling.audio.files import WavWriter
from starling.audio.resample import Resampler
from starling.core.errors import StarlingError
from starling.core.results import Samples


class WavSink:
    """An :class:`~starling.audio.base.AudioSink` that writes everything it is given, back to back, at once.

    The first sound's rate is the file's. ``stop`` takes nothing back. The file is complete after ``close``; it is not
    made when nothing was played, or when the disk refused a part of it.
    """

    def __init__(self, path: str | Path) -> None:
        self._path = path
        self._writer: WavWriter | None = None
        self._failed: StarlingError | None = None
        self._rate = 0
        self._rate_in = 0
        self._resampler: Resampler | None = None
        self._tag: str | None = None
        self._written = 0
        self._events: list[SinkEvent] = []

    def play(self, samples: Samples, rate: int, tag: str = "") -> None:
        """Append (n,) float32.

        Raises:
            StarlingError: ``audio.file_unwritable`` or ``audio.disk_full``.
        """
        if self._failed is not None:
            raise self._failed
        if self._writer is None:
            self._open(rate)
        if tag != self._tag:
            self._tag = tag
            self._events.append(FirstSound(tag, time.monotonic(), 0.0))
        if rate != self._rate_in:
            self._flush()
            self._rate_in, self._resampler = rate, Resampler(rate, self._rate)
        if self._resampler is not None:
            self._write(self._resampler.process(samples))

    def _open(self, rate: int) -> None:
        with self._abandoned_on_failure():
            self._writer = WavWriter(self._path, rate)
        self._rate = rate

    def _flush(self) -> None:
        if self._resampler is not None and self._writer is not None:
            self._write(self._resampler.process(np.zeros(0, np.float32), last=True))
            self._resampler = None

    def _write(self, samples: Samples) -> None:
        if self._writer is not None:
            with self._abandoned_on_failure():
                self._writer.write(samples)
            self._written += samples.size

    @contextmanager
    def _abandoned_on_failure(self) -> Iterator[None]:
        """What could not be written once is not begun again: the file would lack its beginning."""
        try:
            yield
        except StarlingError as error:
            self._writer, self._failed = None, error
            raise

    def stop(self) -> None:
        """Nothing: a file has no sound to silence."""

    @property
    def drained(self) -> bool:
        """Always."""
        return True

    def wait(self, timeout_s: float) -> bool:
        """True at once."""
        return True

    def events(self) -> list[SinkEvent]:
        """What happened since the last call."""
        events, self._events = self._events, []
        return events

    def stats(self) -> SinkStats:
        """What was written so far."""
        return SinkStats(self._written / self._rate if self._rate else 0.0, 0, 0.0)

    def close(self) -> None:
        """Complete the file.

        Raises:
            StarlingError: ``audio.file_unwritable`` or ``audio.disk_full``.
        """
        self._flush()
        if self._writer is not None:
            writer, self._writer = self._writer, None
            writer.close()
