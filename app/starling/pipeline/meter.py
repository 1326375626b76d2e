"""What meters show of the sound that comes in."""

from __future__ import annotations

import numpy as np

from starling.core.results import SAMPLE_RATE, Samples
from starling.pipeline.shown import Sound

PIECE_S = 0.016
"""One pair of waveform peaks."""
SILENCE_DBFS = -100.0


def measure(samples: Samples, probability: float, threshold: float) -> Sound:
    """Level and shape of a block, (n,) float32 at 16 kHz, n > 0."""
    rms = float(np.sqrt(np.mean(np.square(samples, dtype=np.float64))))
    level = max(SILENCE_DBFS, 20.0 * float(np.log10(rms))) if rms > 0.0 else SILENCE_DBFS
    return Sound(round(level, 1), probability, threshold, peaks(samples, SAMPLE_RATE), len(samples) / SAMPLE_RATE)


def peaks(samples: Samples, rate: int) -> tuple[tuple[float, float], ...]:
    """The waveform of (n,) float32 as pairs (lowest, highest) of consecutive pieces; empty for none."""
    if not len(samples):
        return ()
    size = int(PIECE_S * rate)
    whole = samples[: len(samples) // size * size] if len(samples) >= size else samples
    pieces = whole.reshape(-1, min(size, len(whole)))
    return tuple(zip(pieces.min(axis=1).tolist(), pieces.max(axis=1).tolist(), strict=True))
