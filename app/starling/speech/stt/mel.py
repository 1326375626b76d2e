"""Whisper's log-mel front end, for every encoder.

Formula: ``log_mel_spectrogram`` of openai/whisper. 25 ms periodic Hann window, 10 ms hop, centred frames with
reflection, power spectrum, Slaney's mel filters, log10 floored at 8 below the clip's maximum, ``(x + 4) / 4``.
"""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import NDArray

from starling.core.results import SAMPLE_RATE, Samples

WINDOW = 400
"""25 ms in samples."""
HOP = 160
"""10 ms in samples."""
MAX_FRAMES = 3000
"""30 s: the longest context of every Whisper."""

_POWER_FLOOR = 1e-10
_DYNAMIC_RANGE = 8.0
"""Powers of ten between the loudest and the quietest value that is kept."""
_MEL_BREAK_HZ = 1000.0
_HZ_PER_MEL = 200.0 / 3.0
_LOG_STEP = np.log(6.4) / 27.0

Mel = NDArray[np.float32]


def log_mel(samples: Samples, frames: int, mels: int = 80) -> Mel:
    """Log-mel features of one clip, padded with silence before anything is computed.

    Args:
        samples: (n,) float32 at 16 kHz, ``n <= frames * 160``.
        frames: frames wanted, 10 ms each; two at least.
        mels: 80, or 128 for large-v3 and its relatives.

    Returns:
        (mels, frames) float32.

    Raises:
        ValueError: fewer than two frames, or the clip is longer than ``frames``.
    """
    if frames < 2 or len(samples) > frames * HOP:
        raise ValueError(f"{len(samples)} samples do not fit into {frames} frames")
    sounding = min(frames, -(-(len(samples) + WINDOW // 2) // HOP))
    log = np.full((mels, frames), np.log10(_POWER_FLOOR), np.float32)
    # Frames wholly in the padding hold exact zeros, whose logarithm is the floor: the same values, not computed.
    power = mel_filters(mels) @ _power(samples, frames, sounding).T
    np.log10(np.maximum(power, _POWER_FLOOR, out=power), out=log[:, :sounding])
    np.maximum(log, log.max() - _DYNAMIC_RANGE, out=log)
    log += 4.0
    log /= 4.0
    return log


def _power(samples: Samples, frames: int, sounding: int) -> NDArray[np.float32]:
    """Power spectra of the first ``sounding`` frames, (sounding, 201) float32."""
    half, total = WINDOW // 2, frames * HOP
    signal = np.zeros((sounding - 1) * HOP + WINDOW, np.float32)
    kept = min(len(samples), len(signal) - half)
    signal[half : half + kept] = samples[:kept]
    signal[:half] = signal[2 * half : half : -1]
    beyond = len(signal) - (half + total)
    if beyond > 0:
        signal[-beyond:] = signal[half + total - 2 : half + total - 2 - beyond : -1]
    windows = np.lib.stride_tricks.sliding_window_view(signal, WINDOW)[::HOP] * _hann()
    spectrum = np.fft.rfft(windows, axis=-1)
    return np.asarray(spectrum.real**2 + spectrum.imag**2, np.float32)


@functools.cache
def _hann() -> NDArray[np.float32]:
    return np.hanning(WINDOW + 1)[:-1].astype(np.float32)


@functools.cache
def mel_filters(mels: int) -> NDArray[np.float32]:
    """Triangular filters of equal area, (mels, 201) float32; formula: Slaney, Auditory Toolbox (1998)."""
    edges = _mel_to_hz(np.linspace(0.0, _hz_to_mel(SAMPLE_RATE / 2), mels + 2))
    bins = np.arange(WINDOW // 2 + 1) * (SAMPLE_RATE / WINDOW)
    low, centre, high = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    rising = (bins - low) / (centre - low)
    falling = (high - bins) / (high - centre)
    triangles = np.maximum(0.0, np.minimum(rising, falling))
    return np.asarray(triangles * (2.0 / (high - low)), np.float32)


def _hz_to_mel(hz: float) -> float:
    if hz < _MEL_BREAK_HZ:
        return hz / _HZ_PER_MEL
    return float(_MEL_BREAK_HZ / _HZ_PER_MEL + np.log(hz / _MEL_BREAK_HZ) / _LOG_STEP)


def _mel_to_hz(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    break_mel = _MEL_BREAK_HZ / _HZ_PER_MEL
    log_part = _MEL_BREAK_HZ * np.exp(_LOG_STEP * (np.maximum(mel, break_mel) - break_mel))
    return np.where(mel < break_mel, mel * _HZ_PER_MEL, log_part)
