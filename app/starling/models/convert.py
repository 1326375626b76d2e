"""Converts Whisper from Hugging Face safetensors to a CTranslate2 folder, without torch."""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from starling.core.errors import StarlingError
from starling.models.card import ModelCard
from starling.models.hashing import folder_records
from starling.models.safetensors_files import Array, SafetensorsFolder, write_safetensors
from starling.models.tokenizer_files import (
    MULTILINGUAL_MARK,
    TOKENIZER_FILE,
    decoding_config,
    language_ids,
    read_json,
    read_vocabulary,
)
from starling.models.whisper_spec import QUANTIZATIONS, Take, WhisperShape, build_spec, take_encoder
from starling.models.writing import whole_file, whole_folder

MODEL_FILES = ("model.bin", "config.json", "vocabulary.json", TOKENIZER_FILE)
ENCODER_FILE = "encoder.safetensors"

Progress = Callable[[float], None]
"""Called with the done fraction, 0..1."""

_BYTES_OF = {"int8": 1, "float16": 2, "float32": 4}


def convert(
    source: Path,
    target: Path,
    *,
    quantization: str = "int8",
    short_context: bool,
    licence: str = "",
    origin: str = "",
    keep_encoder: bool = False,
    on_progress: Progress | None = None,
) -> ModelCard:
    """Convert one model; the target appears whole or not at all.

    Args:
        source: folder with config.json, tokenizer.json and safetensors (one file or shards).
        target: new folder; its name becomes the model's.
        quantization: ``int8``, ``float16`` or ``float32``.
        short_context: the weights were trained for less than 30 s of context.
        licence: SPDX identifier, if known.
        origin: where the weights came from; empty for the source folder's name.
        keep_encoder: write the encoder's weights beside it too, as :func:`export_encoder` does: for kernels of an NPU.
        on_progress: hears of every tensor.

    Raises:
        StarlingError: whatever is wrong with the source, or with writing the target.
    """
    if quantization not in QUANTIZATIONS:
        raise StarlingError(
            "model.bad_quantization", f"{quantization!r} is no quantization.", f"Use {', '.join(QUANTIZATIONS)}."
        )
    _check_source(source)
    config = read_json(source, "config.json")
    shape = WhisperShape.from_config(config)
    generation = read_json(source, "generation_config.json") if (source / "generation_config.json").is_file() else {}
    tokens = read_vocabulary(source, shape.vocabulary)
    multilingual = MULTILINGUAL_MARK in tokens
    languages = language_ids(tokens, generation) if multilingual else {}
    weights = SafetensorsFolder(source)
    with whole_folder(target, _parameters(shape) * _BYTES_OF[quantization]) as part:
        spec = build_spec(shape, _counted(weights, shape.tensors, on_progress), quantization)
        save_model(
            part, spec, tokens, {**decoding_config(shape, config, generation), "lang_ids": [*languages.values()]}
        )
        shutil.copyfile(source / TOKENIZER_FILE, part / TOKENIZER_FILE)
        if keep_encoder:
            export_encoder(source, part / ENCODER_FILE)
        card = ModelCard(
            name=target.name,
            kind="whisper-ct2",
            short_context=short_context,
            multilingual=multilingual,
            languages=tuple(languages) if multilingual else ("en",),
            n_mels=shape.n_mels,
            licence=licence,
            origin=origin or f"converted from {source.resolve().name}",
            files=folder_records(part, (*MODEL_FILES, ENCODER_FILE) if keep_encoder else MODEL_FILES),
        )
        card.write(part)
    return card


def save_model(folder: Path, spec: Any, tokens: list[str], config: dict[str, Any]) -> None:
    """Write model.bin, config.json and vocabulary.json, the same bytes for the same model."""
    spec.register_vocabulary(tokens)
    for key, value in config.items():
        setattr(spec.config, key, value)
    spec.validate()
    spec.optimize()
    spec.save(str(folder))


def export_encoder(source: Path, target: Path) -> None:
    """Write the encoder alone as float16, under its Hugging Face names, with its sizes as metadata.

    Args:
        source: Hugging Face folder, as for :func:`convert`.
        target: the ``.safetensors`` file to write.

    Raises:
        StarlingError: whatever is wrong with the source, or ``model.out_of_range`` for weights beyond float16.
    """
    _check_source(source)
    shape = WhisperShape.from_config(read_json(source, "config.json"))
    tensors: dict[str, Array] = {}
    weights = SafetensorsFolder(source)

    def take(name: str, expected: tuple[int, ...]) -> Array:
        tensors[name] = _to_half(name, weights(name, expected))
        return tensors[name]

    take_encoder(shape, take)
    metadata = {
        "d_model": shape.d_model,
        "encoder_attention_heads": shape.encoder_heads,
        "encoder_ffn_dim": shape.encoder_ffn,
        "encoder_layers": shape.encoder_layers,
        "max_source_positions": shape.source_positions,
        "num_mel_bins": shape.n_mels,
    }
    with whole_file(target, sum(tensor.nbytes for tensor in tensors.values())) as part:
        write_safetensors(part, tensors, {key: str(value) for key, value in metadata.items()} | {"format": "np"})


def _to_half(name: str, tensor: Array) -> Array:
    with np.errstate(over="ignore"):
        half = tensor.astype("<f2")
    if not np.isfinite(half).all():
        raise StarlingError("model.out_of_range", f"{name} has weights too large for float16.")
    return half


def _check_source(source: Path) -> None:
    if not source.is_dir():
        raise StarlingError(
            "model.not_a_folder", f"{source} is not a folder.", "Give the folder of a Hugging Face Whisper model."
        )


def _counted(take: Take, total: int, on_progress: Progress | None) -> Take:
    done = 0

    def counted(name: str, shape: tuple[int, ...]) -> Array:
        nonlocal done
        tensor = take(name, shape)
        done += 1
        if on_progress:
            on_progress(done / total)
        return tensor

    return counted


def _parameters(shape: WhisperShape) -> int:
    d = shape.d_model
    encoder_layer = 4 * d * d + 2 * d * shape.encoder_ffn
    decoder_layer = 8 * d * d + 2 * d * shape.decoder_ffn
    embeddings = d * (shape.vocabulary * (1 if shape.tied else 2) + shape.source_positions + shape.target_positions)
    convolutions = math.prod((3, d, shape.n_mels + d))
    return convolutions + embeddings + shape.encoder_layers * encoder_layer + shape.decoder_layers * decoder_layer
