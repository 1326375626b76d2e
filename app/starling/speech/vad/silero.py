"""Silero VAD. Its model ships inside the faster-whisper package, which is never imported here.

The net has 300,000 weights and one step a frame: 0.1 ms in NumPy, 0.06 ms in ONNX Runtime, whose library would add
34 MB and 0.1 s of start to the process that shows the window.
"""

from __future__ import annotations

import hashlib
import importlib.util
from pathlib import Path

import numpy as np

from starling.core.errors import StarlingError
from starling.core.frames import FRAME_SAMPLES
from starling.core.results import Samples
from starling.speech.vad.onnx_tensors import float_tensors

CONTEXT_SAMPLES = 64
"""Silero is shown the last 4 ms of the frame before."""

STATE_SIZE = 128
WINDOW_SAMPLES, HOP_SAMPLES, REFLECTED_SAMPLES = 256, 128, 64
STRIDES = (1, 2, 2, 1)
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

    The graph, as it stands in the file: 4 spectra of 256 samples, hop 128, over the frame with its context and 64
    reflected samples; four convolutions with ReLU, the middle two of stride 2; one LSTM step (ONNX gate order: input,
    output, forget, cell); ReLU, a dot product and a sigmoid.

    Raises:
        StarlingError: the model is missing or altered.
    """

    def __init__(self, path: Path | None = None) -> None:
        weights = float_tensors(read_model(path or model_path()))
        self._basis = weights["encoder.feature_extractor.forward_basis_buffer"][:, 0]
        self._layers = [
            _Convolution(
                weights[f"encoder.conv_layers.{layer}.weight"], weights[f"encoder.conv_layers.{layer}.bias"], stride
            )
            for layer, stride in enumerate(STRIDES)
        ]
        self._gates = np.concatenate((weights["onnx::LSTM_209"][0], weights["onnx::LSTM_210"][0]), axis=1)
        self._gate_bias = weights["onnx::LSTM_211"][0].reshape(2, -1).sum(axis=0)
        self._out = weights["decoder.conv1d.weight"].ravel()
        self._out_bias = float(weights["decoder.conv1d.bias"][0])
        self._input: Samples
        self._h: Samples
        self._c: Samples
        self.reset()

    def probability(self, frame: Samples) -> float:
        """Probability of speech, 0..1, of the next frame, (512,) float32 at 16 kHz."""
        self._input[:CONTEXT_SAMPLES] = self._input[FRAME_SAMPLES : FRAME_SAMPLES + CONTEXT_SAMPLES]
        self._input[CONTEXT_SAMPLES:-REFLECTED_SAMPLES] = frame
        self._input[-REFLECTED_SAMPLES:] = self._input[-REFLECTED_SAMPLES - 2 : -2 * REFLECTED_SAMPLES - 2 : -1]
        spectra = self._basis @ np.lib.stride_tricks.sliding_window_view(self._input, WINDOW_SAMPLES)[::HOP_SAMPLES].T
        half = len(spectra) // 2
        features = np.sqrt(spectra[:half] ** 2 + spectra[half:] ** 2)
        for layer in self._layers:
            features = layer(features)
        return self._step(features[:, 0])

    def reset(self) -> None:
        """Forget the past: the next frame starts a new stream."""
        self._input = np.zeros(CONTEXT_SAMPLES + FRAME_SAMPLES + REFLECTED_SAMPLES, np.float32)
        self._h = np.zeros(STATE_SIZE, np.float32)
        self._c = np.zeros(STATE_SIZE, np.float32)

    def _step(self, features: Samples) -> float:
        gates = self._gates @ np.concatenate((features, self._h)) + self._gate_bias
        opened = _sigmoid(gates[: 3 * STATE_SIZE])
        put, out, keep = opened[:STATE_SIZE], opened[STATE_SIZE : 2 * STATE_SIZE], opened[2 * STATE_SIZE :]
        self._c = keep * self._c + put * np.tanh(gates[3 * STATE_SIZE :])
        self._h = out * np.tanh(self._c)
        return float(_sigmoid(self._out @ np.maximum(self._h, 0.0) + self._out_bias))


class _Convolution:
    """A convolution of width 3 over (channels, frames), one frame of zeros at either side, then ReLU."""

    def __init__(self, weight: Samples, bias: Samples, stride: int) -> None:
        self._taps = np.ascontiguousarray(weight.transpose(0, 2, 1).reshape(len(weight), -1))
        self._bias = bias[:, None]
        self._stride = stride

    def __call__(self, features: Samples) -> Samples:
        channels, frames = features.shape
        padded = np.zeros((channels, frames + 2), np.float32)
        padded[:, 1:-1] = features
        count = (frames - 1) // self._stride + 1
        columns = np.concatenate([padded[:, tap : tap + frames : self._stride] for tap in range(3)])
        convolved: Samples = self._taps @ columns[:, :count] + self._bias
        return np.maximum(convolved, 0.0)


def _sigmoid(values: Samples) -> Samples:
    return np.asarray(1.0 / (1.0 + np.exp(-values)), np.float32)
