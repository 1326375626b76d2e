"""Whether two syntheses of one text are the same to an ear. Pure."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from starling.core.results import Samples
from starling.npu.proof.rules import Check

DISTANCE_LIMIT_DB = 1.0
"""Mean log-spectral distance that listeners do not hear (Paliwal and Atal, IEEE Trans. Speech Audio Proc. 1, 1993)."""
DURATION_LIMIT = 0.02
"""Share by which the length may differ: a frame or two of rounding in a sentence."""
RATE = 24_000
"""Hz of what Kokoro makes."""
_WINDOW, _HOP = 1024, 256
_FLOOR_DB = 60.0
"""Below the loudest bin of the reference nothing is compared: what is masked or silent has no spectrum to speak of."""


def checks(spoken: Samples, reference: Samples) -> tuple[Check, ...]:
    """Length and spectrum of a synthesis against the reference's, each with its limit."""
    return (
        Check("duration difference", duration_difference(spoken, reference), DURATION_LIMIT, at_least=False),
        Check("spectral distance in dB", log_spectral_distance(spoken, reference), DISTANCE_LIMIT_DB, at_least=False),
    )


def duration_difference(spoken: Samples, reference: Samples) -> float:
    """The share of the reference's length; not a number when there is no reference."""
    return abs(len(spoken) - len(reference)) / len(reference) if len(reference) else float("nan")


def log_spectral_distance(spoken: Samples, reference: Samples) -> float:
    """Mean over frames of the root mean square difference of power spectra in dB, over the length that both have.

    Not a number where one is shorter than a window, silent, or holds values that are no numbers.
    """
    length = min(len(spoken), len(reference))
    if length < _WINDOW:
        return float("nan")
    one, other = _spectrum(spoken[:length]), _spectrum(reference[:length])
    top = float(other.max())
    if not (np.isfinite(one).all() and np.isfinite(other).all()) or top <= 0:
        return float("nan")
    floor = top * 10 ** (-_FLOOR_DB / 10)
    difference = 10 * (np.log10(np.maximum(one, floor)) - np.log10(np.maximum(other, floor)))
    return float(np.mean(np.sqrt(np.mean(difference**2, axis=1))))


def _spectrum(samples: Samples) -> NDArray[np.float64]:
    frames = np.lib.stride_tricks.sliding_window_view(np.asarray(samples, np.float64), _WINDOW)[::_HOP]
    return np.abs(np.fft.rfft(frames * np.hanning(_WINDOW), axis=1)) ** 2
