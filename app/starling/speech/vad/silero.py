"""Silero VAD through ONNX Runtime. Its model ships inside the faster-whisper package, which is never imported here."""

from __future__ import annotations

import hashlib
import importlib.util
from pathlib import Path
from typing import Any

import numpy as np

from starling.core.errors import StarlingError
from starling.core.frames import FRAME_SAMPLES
from starling.core.results import Samples

CONTEXT_SAMPLES = 64
"""Silero is shown the last 4 ms of the frame before."""

STATE_SHAPE = (1, 1, 128)
MODEL_FILE = "silero_vad_v6.onnx"
MODEL_SHA256 = "4cbf549b8326f60f80f2536d9eefeb450a9abe83365a098031c89719f1be17d2"
_FIX = "Reinstall it: run.sh does that, or use: uv pip install --reinstall faster-whisper==1.2.1"


def model_path() -> Path:
    """Where the installed faster-whisper keeps the model.

    Raises:
        StarlingError: ``vad.model_missing``.
    """
    spec = importlib.util.find_spec("faster_whisper")
    folders = list(spec.submodule_search_locations or ()) if spec else []
    for folder in folders:
        path = Path(folder, "assets", MODEL_FILE)
        if path.is_file():
            return path
    raise StarlingError("vad.model_missing", f"The speech detector's model {MODEL_FILE} is not installed.", _FIX)


def read_model(path: Path) -> bytes:
    """The model's bytes, verified.

    Raises:
        StarlingError: ``vad.model_missing`` when it cannot be read, ``vad.model_altered`` when its hash differs.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise StarlingError("vad.model_missing", f"The speech detector's model {path} cannot be read.", _FIX) from error
    if hashlib.sha256(data).hexdigest() != MODEL_SHA256:
        raise StarlingError("vad.model_altered", f"The speech detector's model {path} is damaged.", _FIX)
    return data


class Silero:
    """Silero v6 on one thread, frame by frame: a :class:`~starling.speech.vad.base.Detector`.

    Raises:
        StarlingError: the model is missing or altered.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._session = _session(read_model(path or model_path()))
        self._input: Samples
        self._h: Samples
        self._c: Samples
        self.reset()

    def probability(self, frame: Samples) -> float:
        """Probability of speech, 0..1, of the next frame, (512,) float32 at 16 kHz."""
        self._input[0, :CONTEXT_SAMPLES] = self._input[0, -CONTEXT_SAMPLES:]
        self._input[0, CONTEXT_SAMPLES:] = frame
        feeds = {"input": self._input, "h": self._h, "c": self._c}
        probability, self._h, self._c = self._session.run(None, feeds)
        return float(probability.item())

    def reset(self) -> None:
        """Forget the past: the next frame starts a new stream."""
        self._input = np.zeros((1, CONTEXT_SAMPLES + FRAME_SAMPLES), np.float32)
        self._h = np.zeros(STATE_SHAPE, np.float32)
        self._c = np.zeros(STATE_SHAPE, np.float32)


def _session(model: bytes) -> Any:
    import onnxruntime  # here: 100 ms, and only who listens needs it

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    # Spinning threads burn a whole core at 31 frames a second.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.add_session_config_entry("session.inter_op.allow_spinning", "0")
    options.enable_cpu_mem_arena = False
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
