"""Soft notes: two to hear where the speaker is, shorter ones for a dictation."""

from __future__ import annotations

from typing import Literal

import numpy as np

from starling.core.results import SAMPLE_RATE, Samples

Cue = Literal["begin", "end", "error"]

NOTES_HZ = (659.26, 880.0)
"""E5 and A5, equal temperament."""
NOTE_S = 0.32
CUES_HZ: dict[Cue, tuple[float, ...]] = {"begin": NOTES_HZ, "end": NOTES_HZ[::-1], "error": (329.63, 329.63)}
"""Up, down, and twice a low E4."""
CUE_NOTE_S = 0.09
_LEVEL = 0.2
_CUE_LEVEL = 0.1
_ATTACK_S = 0.01
_DECAY_S = 0.09
_CUE_DECAY_S = 0.03


def chime() -> Samples:
    """(n,) float32 at 16 kHz."""
    return _notes(NOTES_HZ, NOTE_S, _DECAY_S, _LEVEL)


def cue(name: Cue) -> Samples:
    """(n,) float32 at 16 kHz."""
    return _notes(CUES_HZ[name], CUE_NOTE_S, _CUE_DECAY_S, _CUE_LEVEL)


def _notes(notes_hz: tuple[float, ...], note_s: float, decay_s: float, level: float) -> Samples:
    times = np.arange(int(note_s * SAMPLE_RATE)) / SAMPLE_RATE
    envelope = level * np.minimum(times / _ATTACK_S, 1.0) * np.exp(-times / decay_s)
    return np.concatenate([envelope * np.sin(2 * np.pi * hz * times) for hz in notes_hz]).astype(np.float32)
