"""Two soft notes, to hear where the speaker is."""

from __future__ import annotations

import numpy as np

from starling.core.results import SAMPLE_RATE, Samples

NOTES_HZ = (659.26, 880.0)
"""E5 and A5, equal temperament."""
NOTE_S = 0.32
_LEVEL = 0.2
_ATTACK_S = 0.01
_DECAY_S = 0.09


def chime() -> Samples:
    """(n,) float32 at 16 kHz."""
    times = np.arange(int(NOTE_S * SAMPLE_RATE)) / SAMPLE_RATE
    envelope = np.minimum(times / _ATTACK_S, 1.0) * np.exp(-times / _DECAY_S)
    return np.concatenate([_LEVEL * envelope * np.sin(2 * np.pi * hz * times) for hz in NOTES_HZ]).astype(np.float32)
