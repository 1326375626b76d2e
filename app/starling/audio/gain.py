"""Louder and quieter, without clipping. Pure."""

from __future__ import annotations

import numpy as np

from starling.core.results import Samples

KNEE = 0.8
"""Amplitude from which an amplified sound is bent towards full scale instead of passing it."""


def amplified(samples: Samples, gain: float) -> Samples:
    """(n,) float32 times ``gain``, within [-1, 1].

    A gain up to 1 scales and does nothing else. Above 1, what would pass the knee approaches full scale along a tanh
    with the same slope at the knee: a function of each sample alone, so pieces of a sound fit together.
    """
    if gain == 1.0:
        return samples
    scaled = np.asarray(samples * np.float32(gain), np.float32)
    if gain < 1.0:
        return scaled
    size = np.abs(scaled)
    bent = KNEE + (1.0 - KNEE) * np.tanh((size - KNEE) / (1.0 - KNEE))
    return np.where(size > KNEE, np.copysign(bent, scaled), scaled).astype(np.float32)
