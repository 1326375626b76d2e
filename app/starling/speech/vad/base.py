"""The detector Protocol."""

from __future__ import annotations

from typing import Protocol

from starling.core.frames import FRAME_SAMPLES
from starling.core.results import Samples

__all__ = ["FRAME_SAMPLES", "Detector"]


class Detector(Protocol):
    """Gives each frame a probability of speech."""

    def probability(self, frame: Samples) -> float:
        """Probability of speech, 0..1, of the next frame, (512,) float32 at 16 kHz. Keeps state between frames."""
        ...

    def reset(self) -> None:
        """Forget the past: the next frame starts a new stream."""
        ...
