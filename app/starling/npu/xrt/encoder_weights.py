"""A Whisper encoder's weights as the kernels take them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from starling.core.errors import StarlingError
from starling.models.safetensors_files import SafetensorsFile
from starling.npu.xrt.bf16 import check_finite, checked_bf16
from starling.npu.xrt.layout import conv_weight, to_blocks

FILE = "encoder.safetensors"
TAPS = 3
_KEYS = {
    "width": "d_model",
    "heads": "encoder_attention_heads",
    "inner": "encoder_ffn_dim",
    "layers": "encoder_layers",
    "positions": "max_source_positions",
    "mels": "num_mel_bins",
}
_LARGEST = 1 << 20
_AGAIN = "Install or import the model again."


@dataclass(frozen=True)
class EncoderShape:
    """The sizes of one encoder."""

    width: int
    heads: int
    inner: int
    layers: int
    positions: int
    mels: int

    @classmethod
    def of(cls, file: SafetensorsFile) -> EncoderShape:
        """From the file's own notes.

        Raises:
            StarlingError: ``model.bad_config``.
        """
        try:
            values = {field: int(file.metadata[key]) for field, key in _KEYS.items()}
        except (KeyError, ValueError):
            raise _bad(file, "does not say the sizes of its encoder") from None
        shape = cls(**values)
        if min(values.values()) < 1 or max(values.values()) > _LARGEST or shape.width % shape.heads:
            raise _bad(file, "says sizes that no encoder has")
        return shape


class EncoderWeights:
    """Reads one ``encoder.safetensors`` and gives each tensor packed for the kernels.

    Args:
        path: the file.
        block: of the kernels.

    Raises:
        StarlingError: whatever is wrong with the file.
    """

    def __init__(self, path: Path, block: tuple[int, int]) -> None:
        self._file = SafetensorsFile(path)
        self._block = block
        self.shape = EncoderShape.of(self._file)

    def linear(self, *names: str) -> tuple[NDArray[np.uint16], NDArray[np.float32]]:
        """Weights in blocks and biases of linear layers side by side; a missing bias is zero, as Whisper's keys'."""
        weights, biases = [], []
        for name in names:
            weight = self._get(f"{name}.weight")
            weights.append(weight.T)
            biases.append(self._get(f"{name}.bias") if self._has(f"{name}.bias") else np.zeros(len(weight), np.float32))
        return self._pack(np.concatenate(weights, axis=1), names[0]), np.concatenate(biases)

    def conv(self, name: str) -> tuple[NDArray[np.uint16], NDArray[np.float32]]:
        """A convolution as a product with rows of taps and channels."""
        return self._pack(conv_weight(self._get(f"{name}.weight")), name), self._get(f"{name}.bias")

    def norm(self, name: str) -> NDArray[np.float32]:
        """Weight and bias, one after the other."""
        return np.concatenate([self._get(f"{name}.weight"), self._get(f"{name}.bias")])

    def positions(self) -> NDArray[np.float32]:
        """(positions, width)."""
        return self._get("embed_positions.weight")

    def _pack(self, matrix: NDArray[Any], what: str) -> NDArray[np.uint16]:
        return np.asarray(to_blocks(checked_bf16(matrix, f"the weights of {what}"), *self._block))

    def _has(self, name: str) -> bool:
        return f"model.encoder.{name}" in self._file.names

    def _get(self, name: str) -> NDArray[np.float32]:
        if not self._has(name):
            raise StarlingError("model.missing_tensor", f"{self._file.path.name} lacks model.encoder.{name}.", _AGAIN)
        tensor = np.asarray(self._file.read(f"model.encoder.{name}"), np.float32)
        wanted = self._shape_of(name)
        if tensor.shape != wanted:
            raise StarlingError(
                "model.shape_mismatch", f"model.encoder.{name} has the shape {tensor.shape}, not {wanted}.", _AGAIN
            )
        check_finite(tensor, f"the weights of {name}")
        return tensor

    def _shape_of(self, name: str) -> tuple[int, ...]:
        shape, (*_, layer, kind) = self.shape, f".{name}".split(".")
        if layer == "embed_positions":
            return (shape.positions, shape.width)
        if kind == "bias":
            return (shape.inner if layer == "fc1" else shape.width,)
        return {
            "conv1": (shape.width, shape.mels, TAPS),
            "conv2": (shape.width, shape.width, TAPS),
            "fc1": (shape.inner, shape.width),
            "fc2": (shape.width, shape.inner),
        }.get(layer, (shape.width,) if layer.endswith("norm") else (shape.width, shape.width))


def _bad(file: SafetensorsFile, what: str) -> StarlingError:
    return StarlingError("model.bad_config", f"{file.path.name} {what}.", _AGAIN)
