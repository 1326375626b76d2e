"""Puts Whisper weights by their Hugging Face names into CTranslate2's specification, tensor by tensor.

Linear layers, convolutions and embeddings are quantised as they arrive, with one scale for each output row, which is
CTranslate2's own int8 scheme (``ctranslate2.specs.model_spec``); so memory holds the small result and one large tensor.
What is not quantised keeps the precision in which it was stored.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from starling.core.errors import StarlingError

Array = NDArray[Any]
Take = Callable[[str, tuple[int, ...]], Array]
"""Gives the tensor of a name, float16 or float32, and checks its shape."""

QUANTIZATIONS = ("int8", "float16", "float32")
_INT8_MAX = np.float32(127.0)
_CONV_KERNEL = 3
_MOST_LAYERS = 256
_LARGEST_SIZE = 1_000_000
_UNUSUAL = "Use a model of OpenAI's Whisper layout (tiny to large-v3, turbo, or a fine-tuned one)."


@dataclass(frozen=True)
class WhisperShape:
    """The sizes that fix every tensor's shape."""

    d_model: int
    encoder_layers: int
    encoder_heads: int
    encoder_ffn: int
    decoder_layers: int
    decoder_heads: int
    decoder_ffn: int
    n_mels: int
    vocabulary: int
    source_positions: int = 1500
    target_positions: int = 448
    tied: bool = True

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> WhisperShape:
        """Read a Hugging Face ``config.json``.

        Raises:
            StarlingError: ``model.wrong_architecture``, ``model.bad_config``.
        """
        _check_architecture(config)
        keys = {
            "d_model": "d_model",
            "encoder_layers": "encoder_layers",
            "encoder_heads": "encoder_attention_heads",
            "encoder_ffn": "encoder_ffn_dim",
            "decoder_layers": "decoder_layers",
            "decoder_heads": "decoder_attention_heads",
            "decoder_ffn": "decoder_ffn_dim",
            "n_mels": "num_mel_bins",
            "vocabulary": "vocab_size",
            "source_positions": "max_source_positions",
            "target_positions": "max_target_positions",
        }
        values: dict[str, Any] = {field: config.get(key) for field, key in keys.items()}
        for field, value in values.items():
            most = _MOST_LAYERS if field.endswith("layers") else _LARGEST_SIZE
            if type(value) is not int or not 1 <= value <= most:
                raise StarlingError("model.bad_config", f"config.json has no valid {keys[field]}.", _UNUSUAL)
        if values["d_model"] % values["encoder_heads"] or values["d_model"] % values["decoder_heads"]:
            raise StarlingError("model.bad_config", "In config.json d_model is no multiple of the heads.", _UNUSUAL)
        return cls(**values, tied=config.get("tie_word_embeddings", True) is not False)

    @property
    def tensors(self) -> int:
        """How many tensors :func:`build_spec` asks for."""
        return 7 + 15 * self.encoder_layers + 4 + 24 * self.decoder_layers + (not self.tied)


def _check_architecture(config: Mapping[str, Any]) -> None:
    if config.get("model_type") != "whisper":
        kind = config.get("model_type", "unknown")
        raise StarlingError("model.wrong_architecture", f"This is a {kind!r} model, not a Whisper.", _UNUSUAL)
    if config.get("activation_function", "gelu") != "gelu" or config.get("scale_embedding", False):
        raise StarlingError(
            "model.wrong_architecture", "This Whisper has an unusual activation or scaled embeddings.", _UNUSUAL
        )


def build_spec(shape: WhisperShape, take: Take, quantization: str = "int8") -> Any:
    """A filled ``ctranslate2.specs.WhisperSpec``; its vocabulary and configuration are the caller's.

    Args:
        shape: the model's sizes.
        take: asked once for each tensor, with its Hugging Face name and shape.
        quantization: ``int8``, ``float16`` or ``float32``.
    """
    from ctranslate2.specs import WhisperSpec

    spec = WhisperSpec(shape.encoder_layers, shape.encoder_heads, shape.decoder_layers, shape.decoder_heads)
    fill = _Filler(take, quantization, shape.d_model)
    fill.encoder(spec.encoder, shape)
    fill.decoder(spec.decoder, shape)
    return spec


def take_encoder(shape: WhisperShape, take: Take) -> None:
    """Ask for every tensor of the encoder, for what the asking does."""
    from ctranslate2.specs import WhisperSpec

    spec = WhisperSpec(shape.encoder_layers, shape.encoder_heads, 0, shape.decoder_heads)
    _Filler(take, "float32", shape.d_model).encoder(spec.encoder, shape)


class _Filler:
    """Copies one model's tensors into specs."""

    def __init__(self, take: Take, quantization: str, d_model: int) -> None:
        self._take = take
        self._quantization = quantization
        self._d = d_model

    def encoder(self, spec: Any, shape: WhisperShape) -> None:
        prefix = "model.encoder"
        for name, inputs in (("conv1", shape.n_mels), ("conv2", self._d)):
            conv = getattr(spec, name)
            self._set_weight(conv, self._take(f"{prefix}.{name}.weight", (self._d, inputs, _CONV_KERNEL)))
            conv.bias = self._plain(f"{prefix}.{name}.bias", (self._d,))
        self._positions(spec, prefix, shape.source_positions)
        for number, layer in enumerate(spec.layer):
            self._self_attention(layer.self_attention, f"{prefix}.layers.{number}")
            self._feed_forward(layer.ffn, f"{prefix}.layers.{number}", shape.encoder_ffn)

    def decoder(self, spec: Any, shape: WhisperShape) -> None:
        prefix = "model.decoder"
        self._set_weight(spec.embeddings, self._take(f"{prefix}.embed_tokens.weight", (shape.vocabulary, self._d)))
        if shape.tied:
            spec.projection.weight, spec.projection.weight_scale = spec.embeddings.weight, spec.embeddings.weight_scale
        else:
            self._set_weight(spec.projection, self._take("proj_out.weight", (shape.vocabulary, self._d)))
        self._positions(spec, prefix, shape.target_positions)
        for number, layer in enumerate(spec.layer):
            name = f"{prefix}.layers.{number}"
            self._self_attention(layer.self_attention, name)
            self._norm(layer.attention.layer_norm, f"{name}.encoder_attn_layer_norm")
            self._linear(layer.attention.linear[0], self._projections(f"{name}.encoder_attn", "q"))
            self._linear(layer.attention.linear[1], self._projections(f"{name}.encoder_attn", "kv"))
            self._linear(layer.attention.linear[2], [self._dense(f"{name}.encoder_attn.out_proj", self._d, self._d)])
            self._feed_forward(layer.ffn, name, shape.decoder_ffn)

    def _self_attention(self, spec: Any, layer: str) -> None:
        self._norm(spec.layer_norm, f"{layer}.self_attn_layer_norm")
        self._linear(spec.linear[0], self._projections(f"{layer}.self_attn", "qkv"))
        self._linear(spec.linear[1], [self._dense(f"{layer}.self_attn.out_proj", self._d, self._d)])

    def _feed_forward(self, spec: Any, layer: str, inner: int) -> None:
        self._norm(spec.layer_norm, f"{layer}.final_layer_norm")
        self._linear(spec.linear_0, [self._dense(f"{layer}.fc1", inner, self._d)])
        self._linear(spec.linear_1, [self._dense(f"{layer}.fc2", self._d, inner)])

    def _positions(self, spec: Any, prefix: str, count: int) -> None:
        spec.position_encodings.encodings = self._plain(f"{prefix}.embed_positions.weight", (count, self._d))
        self._norm(spec.layer_norm, f"{prefix}.layer_norm")

    def _norm(self, spec: Any, name: str) -> None:
        spec.gamma = self._plain(f"{name}.weight", (self._d,))
        spec.beta = self._plain(f"{name}.bias", (self._d,))

    def _projections(self, attention: str, which: str) -> list[tuple[Array, Array]]:
        """The q, k and v projections that CTranslate2 fuses into one; Whisper's keys have no bias, so it is zero."""
        parts: list[tuple[Array, Array]] = []
        for letter in which:
            weight = self._take(f"{attention}.{letter}_proj.weight", (self._d, self._d))
            if letter == "k":
                bias = np.zeros(self._d, parts[0][1].dtype if parts else self._precision(weight))
            else:
                bias = self._plain(f"{attention}.{letter}_proj.bias", (self._d,))
            parts.append((weight, bias))
        return parts

    def _dense(self, name: str, outputs: int, inputs: int) -> tuple[Array, Array]:
        return self._take(f"{name}.weight", (outputs, inputs)), self._plain(f"{name}.bias", (outputs,))

    def _linear(self, spec: Any, parts: list[tuple[Array, Array]]) -> None:
        self._set_weight(spec, np.concatenate([weight for weight, _ in parts]))
        spec.bias = np.concatenate([bias for _, bias in parts])

    def _set_weight(self, spec: Any, weight: Array) -> None:
        if self._quantization == "int8":
            spec.weight, spec.weight_scale = quantize_rows(weight)
        else:
            spec.weight = weight.astype(self._quantization)

    def _plain(self, name: str, shape: tuple[int, ...]) -> Array:
        tensor = self._take(name, shape)
        return tensor.astype(self._precision(tensor), copy=False)

    def _precision(self, tensor: Array) -> np.dtype[Any]:
        return tensor.dtype if self._quantization == "int8" else np.dtype(self._quantization)


def quantize_rows(weight: Array) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Symmetric int8 with one scale for each first-axis row: ``weight ≈ int8 / scale``.

    Args:
        weight: (rows, ...) float16 or float32.

    Returns:
        int8 of the same shape, and (rows,) float32 scales; a row of zeros has the scale 1.
    """
    rows = weight.reshape(weight.shape[0], -1).astype(np.float32)
    largest = np.abs(rows).max(axis=1)
    largest[largest == 0] = _INT8_MAX
    largest = np.maximum(largest, _INT8_MAX / np.finfo(np.float32).max)
    scale = (_INT8_MAX / largest).astype(np.float32)
    rows *= scale[:, np.newaxis]
    return np.rint(rows).astype(np.int8).reshape(weight.shape), scale
