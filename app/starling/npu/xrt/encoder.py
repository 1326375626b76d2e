"""Whisper's encoder as a sequence of launches, in static shapes.

After "Robust Speech Recognition via Large-Scale Weak Supervision" (Radford et al., 2022), section 2.2. A clip is put
into the smallest bucket of frames that holds it. Its convolutions see zeros behind it, as they would at its own end;
attention leaves out the positions behind it; so the bucket changes nothing but the time.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from starling.core.errors import StarlingError
from starling.npu.xrt.encoder_weights import TAPS, EncoderWeights
from starling.npu.xrt.layout import pad_rows, padded
from starling.npu.xrt.operations import Add, Gelu, LayerNorm, Linear, Mix, Operation, Scores, Softmax
from starling.npu.xrt.pool import Pool
from starling.npu.xrt.program import Launch, Program
from starling.npu.xrt.session import Buffer, Session

EPSILON = 1e-5
BF16, F32 = 2, 4
"""Bytes."""


class DeviceWeights:
    """The weights on the device, uploaded once.

    Args:
        session: where.
        path: the ``encoder.safetensors``.

    Raises:
        StarlingError: whatever is wrong with the file.
    """

    def __init__(self, session: Session, path: Path) -> None:
        weights = EncoderWeights(path, session.kernels.block)
        self.shape = weights.shape
        if not self.shape.fits(session.kernels.block):
            raise StarlingError(
                "npu.model_shape", "The sizes of this model are no multiples of the kernels' tiles.", "Use another one."
            )
        self.bytes = 0
        self._session = session
        self.conv1 = self._both(weights.conv("conv1"))
        self.conv2 = self._both(weights.conv("conv2"))
        self.layers = [self._layer(weights, f"layers.{number}") for number in range(self.shape.layers)]
        self.final_norm = self._put(weights.norm("layer_norm"))
        self.positions = weights.positions()

    def _layer(self, weights: EncoderWeights, name: str) -> dict[str, tuple[Buffer, ...]]:
        attention = f"{name}.self_attn"
        return {
            "norm1": (self._put(weights.norm(f"{name}.self_attn_layer_norm")),),
            "qkv": self._both(weights.linear(*(f"{attention}.{letter}_proj" for letter in "qkv"))),
            "out": self._both(weights.linear(f"{attention}.out_proj")),
            "norm2": (self._put(weights.norm(f"{name}.final_layer_norm")),),
            "fc1": self._both(weights.linear(f"{name}.fc1")),
            "fc2": self._both(weights.linear(f"{name}.fc2")),
        }

    def _both(self, pair: tuple[NDArray[np.uint16], NDArray[np.float32]]) -> tuple[Buffer, Buffer]:
        return self._put(pair[0]), self._put(pair[1])

    def _put(self, values: NDArray[np.uint16] | NDArray[np.float32]) -> Buffer:
        buffer = self._session.buffer(values.nbytes)
        buffer.upload(values)
        self.bytes += buffer.size
        return buffer


class BucketProgram:
    """Everything for one static shape: buffers from the pool, and the launches on them.

    Attributes:
        mel: input, rows of channels in bfloat16 (``layout.mel_rows``).
        mel_size: its values.
        keep: (positions,) float32, 1 where a clip has a position.
        out: (positions, width) float32.
    """

    def __init__(self, session: Session, pool: Pool, weights: DeviceWeights, frames: int) -> None:
        shape, tile = weights.shape, session.kernels.block[0]
        self.frames, self.positions = frames, frames // 2
        rows, width = self.positions, shape.width
        self._pool, self._weights = pool, weights
        self._taken: list[Buffer] = []
        self._launches: list[Launch] = []
        self._k1 = padded(TAPS * shape.mels, tile)
        self.mel_size = (frames - 1) * shape.mels + max(self._k1, TAPS * shape.mels)
        self.mel, self.keep, self.out = (
            self._take(self.mel_size * BF16),
            self._take(rows * F32),
            self._take(rows * width * F32),
        )
        self._x, self._y, self._normed, self._mixed = (
            self._take(rows * width * size) for size in (F32, BF16, BF16, BF16)
        )
        self._qkv = self._take(rows * 3 * width * BF16)
        self._scores, self._shares = self._take(rows * rows * F32), self._take(rows * rows * BF16)
        self._inner, self._bent = self._take(rows * shape.inner * BF16), self._take(rows * shape.inner * BF16)
        self._front()
        for layer in weights.layers:
            self._attention(layer)
            self._feed_forward(layer)
        self._do(LayerNorm(rows, width, EPSILON, 1), self._x, weights.final_norm, self.out)
        self.program = Program(session, self._launches)

    def release(self) -> None:
        """Give the buffers back."""
        for buffer in self._taken:
            self._pool.give(buffer)
        self._taken.clear()

    def _take(self, size: int) -> Buffer:
        self._taken.append(self._pool.take(size))
        return self._taken[-1]

    def _do(self, operation: Operation, *buffers: Buffer) -> None:
        self._launches.append(Launch(operation, buffers))

    def _front(self) -> None:
        """Two convolutions with GELU, the second of stride 2, and the positions."""
        shape, rows, width = self._weights.shape, self.positions, self._weights.shape.width
        whole = (self.frames + 1) * width
        # One zero row stands before the first frame: the padding of the second convolution.
        first, bent = self._take(whole * BF16), self._take(whole * BF16)
        first.clear()
        positions = self._take(rows * width * F32)
        known = self._weights.positions[:rows]
        positions.upload(pad_rows(known, rows))
        self._do(Linear(self.frames, self._k1, width, shape.mels, width, width), self.mel, *self._weights.conv1, first)
        self._do(Gelu(whole), first, bent)
        self._do(Linear(rows, TAPS * width, width, 2 * width, width), bent, *self._weights.conv2, self._y)
        self._do(Gelu(rows * width), self._y, self._normed)
        self._do(Add(rows * width), positions, self._normed, self._x)

    def _attention(self, layer: dict[str, tuple[Buffer, ...]]) -> None:
        rows, width, heads = self.positions, self._weights.shape.width, self._weights.shape.heads
        head = width // heads
        self._do(LayerNorm(rows, width, EPSILON), self._x, *layer["norm1"], self._normed)
        self._do(Linear(rows, width, 3 * width, width, 3 * width), self._normed, *layer["qkv"], self._qkv)
        for at in range(0, width, head):
            scores = Scores(rows, head, rows, 3 * width, at, 3 * width, width + at)
            self._do(scores, self._qkv, self._qkv, self._scores)
            self._do(Softmax(rows, rows, 1 / math.sqrt(head)), self._scores, self.keep, self._shares)
            self._do(Mix(rows, rows, head, 3 * width, 2 * width + at, width, at), self._shares, self._qkv, self._mixed)
        self._do(Linear(rows, width, width, width, width), self._mixed, *layer["out"], self._y)
        self._do(Add(rows * width), self._x, self._y, self._x)

    def _feed_forward(self, layer: dict[str, tuple[Buffer, ...]]) -> None:
        rows, width, inner = self.positions, self._weights.shape.width, self._weights.shape.inner
        self._do(LayerNorm(rows, width, EPSILON), self._x, *layer["norm2"], self._normed)
        self._do(Linear(rows, width, inner, width, inner), self._normed, *layer["fc1"], self._inner)
        self._do(Gelu(rows * inner), self._inner, self._bent)
        self._do(Linear(rows, inner, width, inner, width), self._bent, *layer["fc2"], self._y)
        self._do(Add(rows * width), self._x, self._y, self._x)
