"""How loud a block of audio is."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from starling.core.results import Samples

FLOOR_DBFS = -120.0
"""What digital silence is called: below any converter's noise, and a number that can be drawn."""


@dataclass(frozen=True)
class Level:
    """Level of one block; 0 dBFS is a sample of magnitude 1 for the peak and a constant signal of 1 for the RMS."""

    rms_dbfs: float
    peak_dbfs: float


def level(samples: Samples) -> Level:
    """RMS and peak of (n,) float32 samples, never below ``FLOOR_DBFS``; an empty block is silent."""
    if samples.size == 0:
        return Level(FLOOR_DBFS, FLOOR_DBFS)
    flat = samples.ravel()
    mean_square = float(np.dot(flat, flat)) / flat.size
    return Level(_dbfs(math.sqrt(mean_square)), _dbfs(float(np.abs(flat).max())))


def _dbfs(amplitude: float) -> float:
    return max(FLOOR_DBFS, 20 * math.log10(amplitude)) if amplitude > 0 else FLOOR_DBFS
