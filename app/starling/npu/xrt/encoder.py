"""Whisper's encoder on the device: weights that stay there, and one prepared program for each static shape."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from starling.npu.xrt import sequence
from starling.npu.xrt.encoder_weights import EncoderWeights
from starling.npu.xrt.layout import pad_rows
from starling.npu.xrt.pool import Pool
from starling.npu.xrt.program import Launch, Program
from starling.npu.xrt.session import Buffer, Session

_PROJECTIONS = ("q_proj", "k_proj", "v_proj")


class DeviceWeights:
    """The weights on the device, uploaded once.

    Args:
        session: where.
        path: the ``encoder.safetensors``.

    Attributes:
        buffers: by the names of :mod:`starling.npu.xrt.sequence`.
        positions: (positions, width); every bucket gets its own, with the sum they begin.

    Raises:
        StarlingError: whatever is wrong with the file.
    """

    def __init__(self, session: Session, path: Path) -> None:
        weights = EncoderWeights(path, session.kernels.block)
        self.shape = weights.shape
        self.buffers: dict[str, Buffer] = {}
        self.positions = weights.positions()
        self._session = session
        self._linear("conv1", weights.conv("conv1"))
        self._linear("conv2", weights.conv("conv2"))
        for number in range(self.shape.layers):
            self._layer(weights, f"layers.{number}")
        self._put("norm", weights.norm("layer_norm"))

    @property
    def bytes(self) -> int:
        """Of all of them."""
        return sum(buffer.size for buffer in self.buffers.values())

    def _layer(self, weights: EncoderWeights, name: str) -> None:
        attention = f"{name}.self_attn"
        self._put(f"{name}.norm1", weights.norm(f"{name}.self_attn_layer_norm"))
        self._linear(f"{name}.qkv", weights.linear(*(f"{attention}.{projection}" for projection in _PROJECTIONS)))
        self._linear(f"{name}.out", weights.linear(f"{attention}.out_proj"))
        self._put(f"{name}.norm2", weights.norm(f"{name}.final_layer_norm"))
        self._linear(f"{name}.fc1", weights.linear(f"{name}.fc1"))
        self._linear(f"{name}.fc2", weights.linear(f"{name}.fc2"))

    def _linear(self, name: str, pair: tuple[NDArray[np.uint16], NDArray[np.float32]]) -> None:
        self._put(f"{name}.weight", pair[0])
        self._put(f"{name}.bias", pair[1])

    def _put(self, name: str, values: NDArray[np.uint16] | NDArray[np.float32]) -> None:
        self.buffers[name] = self._session.buffer(values.nbytes)
        self.buffers[name].upload(values)


class BucketProgram:
    """Everything for one static shape: buffers from the pool, and the launches on them.

    Attributes:
        mel: input, rows of channels in bfloat16 (``layout.mel_rows``).
        mel_size: its values.
        keep: (positions,) float32, 1 where a clip has a position.
        out: (positions, width) float32.
    """

    def __init__(self, session: Session, pool: Pool, weights: DeviceWeights, frames: int) -> None:
        planned = sequence.encoder(weights.shape, frames, session.kernels.block[0])
        self.frames, self.positions = frames, frames // 2
        self.mel_size = planned.mel_size
        self._pool = pool
        self._own = {name: pool.take(size) for name, size in planned.sizes.items()}
        self._own["first"].clear()
        self._own["positions"].upload(pad_rows(weights.positions[: self.positions], self.positions))
        self.mel, self.keep, self.out = (self._own[name] for name in ("mel", "keep", "out"))
        named = {**weights.buffers, **self._own}
        launches = [Launch(step.operation, tuple(named[name] for name in step.buffers)) for step in planned.steps]
        self.program = Program(session, launches)

    def release(self) -> None:
        """Give the buffers back."""
        for buffer in self._own.values():
            self._pool.give(buffer)
        self._own.clear()
