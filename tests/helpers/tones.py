"""Tones, and how whole they arrive."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Audio = NDArray[np.float32]


def tone(seconds: float, rate: int, hz: float = 300.0, level: float = 0.4) -> Audio:
    """A sine wave, (n,) float32."""
    return (level * np.sin(2 * np.pi * hz * np.arange(int(rate * seconds)) / rate)).astype(np.float32)


def write(path: Path, samples: Audio, rate: int) -> Path:
    """A 16-bit mono WAV."""
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, rate, 0, "NONE", ""))
        file.writeframes((samples * 32767).astype("<i2").tobytes())
    return path


def sounding(samples: Audio, level: float = 0.02) -> slice:
    """From the first to the last sample louder than ``level``; empty when there is none."""
    loud = np.flatnonzero(np.abs(samples) > level)
    return slice(int(loud[0]), int(loud[-1]) + 1) if loud.size else slice(0, 0)


def phase_jump(samples: Audio, rate: int, hz: float = 300.0) -> float:
    """The largest step, in radians, of a tone's phase from one period to the next: a gap or a click shows here.

    A gap of one sample is a step of 2 pi hz / rate.
    """
    shifted = samples * np.exp(-2j * np.pi * hz * np.arange(samples.size) / rate)
    period = round(rate / hz)
    whole = shifted[: samples.size // period * period].reshape(-1, period).mean(axis=1)
    return float(np.abs(np.diff(np.unwrap(np.angle(whole)))).max())
