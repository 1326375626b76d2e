"""Fixed frames out of blocks of any length."""

from __future__ import annotations

import numpy as np

from starling.core.results import SAMPLE_RATE, Samples

FRAME_SAMPLES = 512
"""32 ms at 16 kHz: Silero's frame, and the segmenter's unit of time."""

FRAME_MS = 1000 * FRAME_SAMPLES / SAMPLE_RATE


class Framer:
    """Cuts a stream into frames of ``size`` samples; what is left over waits for the next block."""

    def __init__(self, size: int = FRAME_SAMPLES) -> None:
        self._size = size
        self._rest: Samples = np.zeros(0, np.float32)

    def feed(self, samples: Samples) -> list[Samples]:
        """The frames that (n,) float32 ``samples`` complete, each (size,); none shares memory with the block."""
        joined = np.concatenate((self._rest, samples))
        whole = len(joined) - len(joined) % self._size
        self._rest = joined[whole:].copy()
        return [joined[start : start + self._size] for start in range(0, whole, self._size)]

    def flush(self) -> list[Samples]:
        """The rest of the stream as one frame filled up with zeros; nothing if no sample is left."""
        rest, self._rest = self._rest, np.zeros(0, np.float32)
        return [np.pad(rest, (0, self._size - len(rest)))] if len(rest) else []
