"""The sink that keeps what it is given."""

from __future__ import annotations

import numpy as np

from starling.audio.resample import Resampler
from starling.audio.silent_sink import SilentSink
from starling.core.results import Samples


class Collector(SilentSink):
    """An :class:`~starling.audio.base.AudioSink` that keeps everything in memory at one rate, and plays nothing."""

    def __init__(self, rate: int) -> None:
        super().__init__()
        self.rate = rate
        self._parts: list[Samples] = []
        self._resampler: Resampler | None = None
        self._rate_in = 0

    def play(self, samples: Samples, rate: int, tag: str = "") -> None:
        """Keep (n,) float32."""
        super().play(samples, rate, tag)
        if rate != self._rate_in:
            self._flush()
            self._rate_in, self._resampler = rate, Resampler(rate, self.rate)
        if self._resampler is not None:
            self._parts.append(np.array(self._resampler.process(samples), np.float32))

    @property
    def samples(self) -> Samples:
        """All of it, (n,) float32 in [-1, 1] at ``rate``; a resampled sound is complete now and cannot go on."""
        self._flush()
        whole = np.concatenate(self._parts) if self._parts else np.zeros(0, np.float32)
        self._parts = [whole]
        return whole

    def _flush(self) -> None:
        if self._resampler is not None:
            self._parts.append(self._resampler.process(np.zeros(0, np.float32), last=True))
        self._resampler, self._rate_in = None, 0
