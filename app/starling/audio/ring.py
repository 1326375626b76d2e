"""A preallocated ring between an audio callback and one other thread."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Block = NDArray[np.float32]


class Ring:
    """Single producer, single consumer, no lock: each side writes only its own counter.

    Attributes:
        written: frames the producer put in, ever.
        taken: frames the consumer took out, ever.
        overruns: frames that found the ring full and were dropped.
    """

    def __init__(self, frames: int, channels: int) -> None:
        self._data: Block = np.zeros((frames, channels), np.float32)
        self.capacity = frames
        self.written = 0
        self.taken = 0
        self.overruns = 0

    @property
    def level(self) -> int:
        """Frames that wait to be taken."""
        return self.written - self.taken

    def put(self, block: Block) -> int:
        """Producer: copy in as much of ``block`` (frames, channels) as fits; returns the frames that did."""
        count = min(len(block), self.capacity - self.level)
        start = self.written % self.capacity
        first = min(count, self.capacity - start)
        self._data[start : start + first] = block[:first]
        self._data[: count - first] = block[first:count]
        self.written += count
        return count

    def put_or_drop(self, block: Block) -> None:
        """Producer: like :meth:`put`; what does not fit is counted in ``overruns``."""
        self.overruns += len(block) - self.put(block)

    def take_into(self, out: Block) -> int:
        """Consumer: fill ``out`` (frames, channels) from its start; returns the frames filled."""
        count = min(len(out), self.level)
        start = self.taken % self.capacity
        first = min(count, self.capacity - start)
        out[:first] = self._data[start : start + first]
        out[first:count] = self._data[: count - first]
        self.taken += count
        return count

    def take(self) -> Block:
        """Consumer: everything that waits, as a copy (frames, channels)."""
        out = np.empty((self.level, self._data.shape[1]), np.float32)
        return out[: self.take_into(out)]

    def clear(self) -> None:
        """Consumer: forget what waits."""
        self.taken = self.written
