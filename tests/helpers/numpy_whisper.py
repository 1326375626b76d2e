"""Whisper's encoder in plain NumPy float32: the reference that every other encoder is compared with.

Follows "Robust Speech Recognition via Large-Scale Weak Supervision" (Radford et al., 2022), section 2.2: two
convolutions with GELU, sinusoid positions, pre-norm layers, a final norm. GELU is the exact one, by erf.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import safe_open

F32 = NDArray[np.float32]
_EPSILON = 1e-5


class NumpyEncoder:
    """The encoder of an ``encoder.safetensors`` file."""

    def __init__(self, path: Path) -> None:
        with safe_open(path, framework="np") as file:
            self.metadata = file.metadata()
            self._weights = {name: file.get_tensor(name).astype(np.float32) for name in file.keys()}
        self._heads = int(self.metadata["encoder_attention_heads"])
        self._layers = int(self.metadata["encoder_layers"])

    def __call__(self, mel: F32) -> F32:
        """(mels, frames) float32 to (ceil(frames / 2), d_model) float32."""
        x = _gelu(self._conv(mel, "conv1", stride=1))
        x = _gelu(self._conv(x, "conv2", stride=2)).T
        x = x + self._weights["model.encoder.embed_positions.weight"][: len(x)]
        for number in range(self._layers):
            name = f"layers.{number}"
            x = x + self._attention(self._norm(x, f"{name}.self_attn_layer_norm"), f"{name}.self_attn")
            hidden = _gelu(self._linear(self._norm(x, f"{name}.final_layer_norm"), f"{name}.fc1"))
            x = x + self._linear(hidden, f"{name}.fc2")
        return self._norm(x, "layer_norm")

    def _get(self, name: str) -> F32:
        return self._weights[f"model.encoder.{name}"]

    def _conv(self, x: F32, name: str, stride: int) -> F32:
        weight = self._get(f"{name}.weight")
        padded = np.pad(x, ((0, 0), (1, 1)))
        count = (x.shape[1] - 1) // stride + 1
        taps = [weight[:, :, tap] @ padded[:, tap : tap + stride * count : stride] for tap in range(3)]
        return taps[0] + taps[1] + taps[2] + self._get(f"{name}.bias")[:, np.newaxis]

    def _linear(self, x: F32, name: str) -> F32:
        y = x @ self._get(f"{name}.weight").T
        bias = self._weights.get(f"model.encoder.{name}.bias")
        return y if bias is None else y + bias

    def _norm(self, x: F32, name: str) -> F32:
        centred = x - x.mean(axis=-1, keepdims=True)
        variance = (centred**2).mean(axis=-1, keepdims=True)
        return centred / np.sqrt(variance + np.float32(_EPSILON)) * self._get(f"{name}.weight") + self._get(
            f"{name}.bias"
        )

    def _attention(self, x: F32, name: str) -> F32:
        def heads(which: str) -> F32:
            return self._linear(x, f"{name}.{which}_proj").reshape(len(x), self._heads, -1).swapaxes(0, 1)

        queries, keys, values = heads("q"), heads("k"), heads("v")
        scores = queries @ keys.swapaxes(1, 2) / np.float32(math.sqrt(queries.shape[-1]))
        scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
        mixed = (scores / scores.sum(axis=-1, keepdims=True)) @ values
        return self._linear(mixed.swapaxes(0, 1).reshape(len(x), -1), f"{name}.out_proj")


def _gelu(x: F32) -> F32:
    return x * np.float32(0.5) * (1 + _erf(x / np.float32(math.sqrt(2.0))))


def _erf(x: F32) -> F32:
    """Abramowitz and Stegun 7.1.26 in float64, absolute error below 1.5e-7."""
    sign, z = np.sign(x), np.abs(x.astype(np.float64))
    t = 1 / (1 + 0.3275911 * z)
    series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    return np.asarray(sign * (1 - series * np.exp(-(z**2))), np.float32)
