from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from starling.core.errors import StarlingError
from starling.core.frames import FRAME_SAMPLES
from starling.speech.vad import silero
from starling.speech.vad.silero import Silero, model_path, read_model
from tests.helpers.espeak import silence, speak


def speech_frames() -> np.ndarray:
    audio = np.concatenate((silence(0.3), speak("hey starling, what time is it"), silence(0.5)))
    return audio[: len(audio) // FRAME_SAMPLES * FRAME_SAMPLES].reshape(-1, FRAME_SAMPLES)


def test_frame_by_frame_equals_the_batch() -> None:
    from faster_whisper.vad import SileroVADModel

    frames = speech_frames()
    # faster-whisper zeroes the end of its batch's last frame, so it gets one more.
    batch = np.concatenate((frames.ravel(), silence(FRAME_SAMPLES / 16_000)))
    expected = SileroVADModel(str(model_path()))(batch).ravel()[:-1]
    detector = Silero()
    probabilities = [detector.probability(frame) for frame in frames]
    assert max(probabilities) > 0.9
    assert min(probabilities) < 0.1
    np.testing.assert_allclose(probabilities, expected, atol=1e-4)


def test_reset_forgets() -> None:
    frames = speech_frames()
    detector = Silero()
    first = [detector.probability(frame) for frame in frames]
    assert [detector.probability(frame) for frame in frames] != first
    detector.reset()
    assert [detector.probability(frame) for frame in frames] == first


def test_neither_faster_whisper_nor_onnxruntime_is_loaded() -> None:
    code = (
        "import sys; from starling.speech.vad.silero import Silero; Silero(); "
        "assert not {'faster_whisper', 'onnxruntime'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_an_altered_model_is_refused(tmp_path: Path) -> None:
    data = bytearray(model_path().read_bytes())
    data[len(data) // 2] ^= 1
    altered = tmp_path / "altered.onnx"
    altered.write_bytes(data)
    with pytest.raises(StarlingError) as caught:
        Silero(altered)
    assert caught.value.code == "vad.model_altered"
    assert caught.value.fix


@pytest.mark.parametrize("name", ["absent.onnx", "."])
def test_an_unreadable_model_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(StarlingError) as caught:
        read_model(tmp_path / name)
    assert caught.value.code == "vad.model_missing"
    assert caught.value.fix


def test_a_missing_package_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(StarlingError) as caught:
        Silero()
    assert caught.value.code == "vad.model_missing"


def test_a_package_without_the_model_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(silero, "MODEL_FILE", "silero_vad_v99.onnx")
    with pytest.raises(StarlingError) as caught:
        model_path()
    assert caught.value.code == "vad.model_missing"
