from __future__ import annotations

import numpy as np
import pytest

from starling.core.frames import FRAME_SAMPLES, Framer
from starling.core.results import Samples
from starling.speech.vad.webrtc import WebrtcGate
from tests.helpers.espeak import speak


def share_open(audio: Samples) -> float:
    gate = WebrtcGate()
    return float(np.mean([gate.is_open(frame) for frame in Framer().feed(audio)]))


def test_silence_and_hiss_keep_it_shut() -> None:
    hiss = np.random.default_rng(1).normal(0, 1e-3, 16_000 * 5).astype(np.float32)
    assert share_open(np.zeros(16_000 * 5, np.float32)) < 0.05
    assert share_open(hiss) < 0.05


@pytest.mark.parametrize("gain", [1.0, 0.01, 3.0])
def test_speech_opens_it(gain: float) -> None:
    """Quiet, and so loud that it clips."""
    assert share_open(gain * speak("what is twenty three times seven")) > 0.9


def test_reset_forgets() -> None:
    audio = np.concatenate((speak("hello"), np.zeros(100, np.float32)))
    frames = audio[: len(audio) // FRAME_SAMPLES * FRAME_SAMPLES].reshape(-1, FRAME_SAMPLES)
    gate = WebrtcGate()
    first = [gate.is_open(frame) for frame in frames]
    gate.reset()
    assert [gate.is_open(frame) for frame in frames] == first
