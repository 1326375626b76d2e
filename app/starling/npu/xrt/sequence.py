"""Whisper's encoder as a sequence of operations on named buffers, in static shapes. Pure.

After "Robust Speech Recognition via Large-Scale Weak Supervision" (Radford et al., 2022), section 2.2. A clip is put
into the smallest bucket of frames that holds it. Its convolutions see zeros behind it, as they would at its own end;
attention leaves out the positions behind it; so the bucket changes nothing but the time.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from starling.npu.xrt.encoder_weights import TAPS, EncoderShape
from starling.npu.xrt.layout import padded
from starling.npu.xrt.operations import Add, LayerNorm, Linear, Mix, Operation, Scores, Softmax

EPSILON = 1e-5
BF16, F32 = 2, 4
"""Bytes."""


@dataclass(frozen=True)
class Step:
    """One operation on the buffers of these names; the last is written."""

    operation: Operation
    buffers: tuple[str, ...]


@dataclass(frozen=True)
class Sequence:
    """Everything for one static shape.

    Attributes:
        steps: in order.
        sizes: bytes of every buffer that is no weight, by name. The host fills ``mel`` (rows of channels,
            ``layout.mel_rows``), ``keep`` (1 where a clip has a position) and ``positions``; ``first`` begins with a
            row of zeros, the padding of the second convolution; ``out`` is the result.
        mel_size: values of ``mel``.
    """

    steps: tuple[Step, ...]
    sizes: Mapping[str, int]
    mel_size: int


def encoder(shape: EncoderShape, frames: int, depth: int) -> Sequence:
    """The encoder for ``frames`` mel frames.

    Args:
        shape: of the model.
        frames: one of ``layout.FRAME_BUCKETS``.
        depth: the products' depth is padded to a multiple of it.
    """
    k1 = padded(TAPS * shape.mels, depth)
    steps = _front(shape, frames, k1)
    for number in range(shape.layers):
        steps += _attention(shape, frames // 2, f"layers.{number}")
        steps += _feed_forward(shape, frames // 2, f"layers.{number}")
    steps.append(Step(LayerNorm(frames // 2, shape.width, EPSILON, 1), ("x", "norm", "out")))
    mel_size = (frames - 1) * shape.mels + max(k1, TAPS * shape.mels)
    return Sequence(tuple(steps), _sizes(shape, frames, mel_size), mel_size)


def _sizes(shape: EncoderShape, frames: int, mel_size: int) -> dict[str, int]:
    rows, width = frames // 2, shape.width
    return {
        "mel": mel_size * BF16,
        "keep": rows * F32,
        "positions": rows * width * F32,
        "first": (frames + 1) * width * BF16,
        "x": rows * width * F32,
        "y": rows * width * BF16,
        "normed": rows * width * BF16,
        "mixed": rows * width * BF16,
        "qkv": rows * 3 * width * BF16,
        "scores": rows * rows * F32,
        "shares": rows * rows * BF16,
        "inner": rows * shape.inner * BF16,
        "out": rows * width * F32,
    }


def _linear(operation: Linear, source: str, weights: str, target: str) -> Step:
    return Step(operation, (source, f"{weights}.weight", f"{weights}.bias", target))


def _front(shape: EncoderShape, frames: int, k1: int) -> list[Step]:
    """Two convolutions with GELU, the second of stride 2, and the positions."""
    rows, width = frames // 2, shape.width
    return [
        _linear(Linear(frames, k1, width, shape.mels, width, width, gelu=1), "mel", "conv1", "first"),
        _linear(Linear(rows, TAPS * width, width, 2 * width, width, gelu=1), "first", "conv2", "y"),
        Step(Add(rows * width), ("positions", "y", "x")),
    ]


def _attention(shape: EncoderShape, rows: int, layer: str) -> list[Step]:
    width = shape.width
    head = width // shape.heads
    steps = [
        Step(LayerNorm(rows, width, EPSILON), ("x", f"{layer}.norm1", "normed")),
        _linear(Linear(rows, width, 3 * width, width, 3 * width), "normed", f"{layer}.qkv", "qkv"),
    ]
    for at in range(0, width, head):
        steps += [
            Step(Scores(rows, head, rows, 3 * width, at, 3 * width, width + at), ("qkv", "qkv", "scores")),
            Step(Softmax(rows, rows, 1 / math.sqrt(head)), ("scores", "keep", "shares")),
            Step(Mix(rows, rows, head, 3 * width, 2 * width + at, width, at), ("shares", "qkv", "mixed")),
        ]
    return [
        *steps,
        _linear(Linear(rows, width, width, width, width), "mixed", f"{layer}.out", "y"),
        Step(Add(rows * width), ("x", "y", "x")),
    ]


def _feed_forward(shape: EncoderShape, rows: int, layer: str) -> list[Step]:
    width, inner = shape.width, shape.inner
    return [
        Step(LayerNorm(rows, width, EPSILON), ("x", f"{layer}.norm2", "normed")),
        _linear(Linear(rows, width, inner, width, inner, gelu=1), "normed", f"{layer}.fc1", "inner"),
        _linear(Linear(rows, inner, width, inner, width), "inner", f"{layer}.fc2", "y"),
        Step(Add(rows * width), ("x", "y", "x")),
    ]
