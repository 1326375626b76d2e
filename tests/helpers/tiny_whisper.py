"""Hugging Face Whisper folders of a few kilobytes, with seeded random weights, to convert and to damage."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from starling.models.whisper_spec import Array, WhisperShape, build_spec

SHAPE = WhisperShape(
    d_model=32,
    encoder_layers=2,
    encoder_heads=2,
    encoder_ffn=64,
    decoder_layers=2,
    decoder_heads=2,
    decoder_ffn=64,
    n_mels=80,
    vocabulary=40,
    source_positions=1500,
    target_positions=448,
)
SPECIAL = (
    "<|endoftext|>",
    "<|startoftranscript|>",
    "<|en|>",
    "<|de|>",
    "<|transcribe|>",
    "<|nospeech|>",
    "<|notimestamps|>",
)
_CODES = {"F32": "<f4", "F16": "<f2"}


def config(shape: WhisperShape = SHAPE) -> dict[str, Any]:
    """The ``config.json`` of a shape."""
    return {
        "model_type": "whisper",
        "architectures": ["WhisperForConditionalGeneration"],
        "activation_function": "gelu",
        "d_model": shape.d_model,
        "encoder_layers": shape.encoder_layers,
        "encoder_attention_heads": shape.encoder_heads,
        "encoder_ffn_dim": shape.encoder_ffn,
        "decoder_layers": shape.decoder_layers,
        "decoder_attention_heads": shape.decoder_heads,
        "decoder_ffn_dim": shape.decoder_ffn,
        "num_mel_bins": shape.n_mels,
        "vocab_size": shape.vocabulary,
        "max_source_positions": shape.source_positions,
        "max_target_positions": shape.target_positions,
        "tie_word_embeddings": shape.tied,
        "suppress_tokens": [3],
        "begin_suppress_tokens": [4, 5],
    }


def tensors(shape: WhisperShape = SHAPE, seed: int = 0) -> dict[str, Array]:
    """Every tensor by its Hugging Face name, float32."""
    random = np.random.default_rng(seed)
    made: dict[str, Array] = {}

    def take(name: str, size: tuple[int, ...]) -> Array:
        made[name] = random.standard_normal(size, np.float32) * np.float32(0.1)
        return made[name]

    build_spec(shape, take)
    return made


def write_tensors(path: Path, weights: dict[str, Array], dtype: str = "F32") -> None:
    """A safetensors file written here, so that the reader is not tested against its own writer."""
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    blobs = []
    offset = 0
    for name, tensor in weights.items():
        blob = _encode(tensor, dtype)
        header[name] = {"dtype": dtype, "shape": list(tensor.shape), "data_offsets": [offset, offset + len(blob)]}
        offset += len(blob)
        blobs.append(blob)
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(blobs))


def tokenizer(tokens: Iterable[str] = ("", *"abcdefghijklmnopqrstuvwxyz")) -> dict[str, Any]:
    """A ``tokenizer.json``: the tokens, then Whisper's special ones; without timestamps."""
    vocabulary = {token: number for number, token in enumerate(tokens)}
    added = [{"id": len(vocabulary) + number, "content": token} for number, token in enumerate(SPECIAL)]
    return {"model": {"type": "BPE", "vocab": vocabulary, "merges": []}, "added_tokens": added}


def make(folder: Path, dtype: str = "F32", shards: int = 1, shape: WhisperShape = SHAPE) -> Path:
    """A whole folder that converts."""
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps(config(shape)))
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer()))
    weights = tensors(shape)
    if shards == 1:
        write_tensors(folder / "model.safetensors", weights, dtype)
        return folder
    names = sorted(weights)
    weight_map = {name: f"model-{index % shards + 1:05}-of-{shards:05}.safetensors" for index, name in enumerate(names)}
    for file in sorted(set(weight_map.values())):
        part = {name: weights[name] for name in names if weight_map[name] == file}
        write_tensors(folder / file, part, dtype)
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": weight_map}))
    return folder


def _encode(tensor: Array, dtype: str) -> bytes:
    if dtype == "BF16":  # by truncation: exact for values that bfloat16 can hold
        return (np.ascontiguousarray(tensor, "<f4").view("<u4") >> 16).astype("<u2").tobytes()
    return tensor.astype(_CODES[dtype]).tobytes()
