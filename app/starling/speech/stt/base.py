"""What a Whisper encoder offers, wherever it runs."""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from starling.core.placement import Placement

MelBatch = NDArray[np.float32]
"""(clips, mels, frames)."""
States = NDArray[np.float32]
"""Encoder output, (clips, frames // 2, width)."""


class Encoder(Protocol):
    """The half of Whisper that a tier chooses: mel features in, states out."""

    @property
    def mels(self) -> int:
        """Mel bands the model was trained with: 80 or 128."""
        ...

    @property
    def placement(self) -> Placement:
        """Where :meth:`encode` runs, with evidence read from what is loaded."""
        ...

    def encode(self, mel: MelBatch) -> States:
        """(clips, mels, frames) float32, even number of frames, to (clips, frames // 2, width) float32.

        Raises:
            MemoryError: the batch does not fit.
        """
        ...

    def describe(self) -> dict[str, Any]:
        """Versions, threads, number format: JSON values."""
        ...


@runtime_checkable
class BesideCpu(Protocol):
    """An encoder that leaves the CPU free, so that the next clip is worth encoding while one is decoded.

    Attributes:
        beside_cpu: it does.
    """

    beside_cpu: bool


@runtime_checkable
class Profiled(Protocol):
    """An encoder that measures itself.

    Attributes:
        profiling: measure every operation alone, which is slower.
    """

    profiling: bool

    def profile(self) -> dict[str, Any]:
        """Times so far by operation, as JSON values; ``device_ms`` and ``layout_ms`` are among them."""
        ...
