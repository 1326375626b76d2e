"""Tells by its files what a folder without a card is: a Whisper, an encoder for an NPU, a Kokoro voice, or none."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from starling.core.errors import StarlingError
from starling.models.card import Kind
from starling.models.onnx_files import external_files

_VOCABULARIES = ("vocabulary.json", "vocabulary.txt")
_OPTIONAL = ("preprocessor_config.json",)
_SPEC_NAME = b"WhisperSpec\0"
_HEADER = struct.Struct("<IH")
"""model.bin starts with its format version and the length of the specification's name (ctranslate2.specs)."""

NPU_ENCODER = "encoder_model.onnx"
_COPY_AGAIN = "Copy or download the model again."


@dataclass(frozen=True)
class Recognised:
    """A model folder's kind and the names of the files that belong to it."""

    kind: Kind
    files: tuple[str, ...]


def recognise(folder: Path) -> Recognised:
    """Look at the names in a folder and at the first bytes of its model.bin.

    Raises:
        StarlingError: ``model.not_a_model``, ``model.missing_file``, ``model.no_tokenizer``,
            ``model.wrong_architecture``, ``model.truncated``, ``model.not_converted``, ``model.pickle``,
            ``model.ambiguous``, ``model.escapes``, ``model.bad_onnx``, ``model.unreadable``.
    """
    try:
        names = sorted(path.name for path in folder.iterdir() if path.is_file())
    except (FileNotFoundError, NotADirectoryError):
        raise StarlingError("model.not_a_model", f"{folder} is not a folder.", "Give the folder of a model.") from None
    except OSError as error:
        raise StarlingError("model.unreadable", f"{folder} cannot be read: {error.strerror}.") from None
    if "model.bin" in names or ("config.json" in names and any(name in names for name in _VOCABULARIES)):
        return Recognised("whisper-ct2", _whisper_files(folder, names))
    onnx = [name for name in names if name.endswith(".onnx")]
    voices = [name for name in names if name.startswith("voices") and name.endswith((".bin", ".npz"))]
    if any(name.startswith(("encoder", "decoder")) for name in onnx) and not voices:
        return Recognised("whisper-onnx-npu", _encoder_files(folder, onnx))
    if onnx:
        return Recognised("kokoro", _kokoro_files(folder, onnx, voices))
    raise _not_a_model(folder, names)


def _whisper_files(folder: Path, names: Sequence[str]) -> tuple[str, ...]:
    for required in ("model.bin", "config.json"):
        if required not in names:
            raise StarlingError("model.missing_file", f"{required} is missing from {folder}.", _COPY_AGAIN)
    _check_header(folder / "model.bin")
    vocabularies = [name for name in _VOCABULARIES if name in names]
    if not vocabularies:
        raise StarlingError("model.missing_file", f"vocabulary.json is missing from {folder}.", _COPY_AGAIN)
    if "tokenizer.json" not in names:
        raise StarlingError(
            "model.no_tokenizer",
            f"{folder} has no tokenizer.json, so its words are unknown.",
            "Put the tokenizer.json of the original Whisper model into it.",
        )
    optional = [name for name in _OPTIONAL if name in names]
    return ("model.bin", "config.json", *vocabularies, "tokenizer.json", *optional)


def _check_header(model: Path) -> None:
    try:
        with model.open("rb") as file:
            head = file.read(_HEADER.size + len(_SPEC_NAME))
    except OSError as error:
        raise StarlingError("model.unreadable", f"{model} cannot be read: {error.strerror}.") from None
    if len(head) < _HEADER.size + len(_SPEC_NAME):
        raise StarlingError("model.truncated", f"{model} breaks off.", _COPY_AGAIN)
    if _HEADER.unpack_from(head)[1] != len(_SPEC_NAME) or head[_HEADER.size :] != _SPEC_NAME:
        raise StarlingError(
            "model.wrong_architecture",
            f"{model} is not a Whisper in CTranslate2's format.",
            "Give the folder of a Whisper converted for CTranslate2 or faster-whisper.",
        )


def _encoder_files(folder: Path, onnx: Sequence[str]) -> tuple[str, ...]:
    """AMD's sets bring a decoder too; it has no cache of keys and values, and is not used."""
    if NPU_ENCODER not in onnx:
        raise StarlingError(
            "model.no_tier",
            f"{folder} holds a Whisper as ONNX without {NPU_ENCODER}, and no tier of Starling uses that.",
            "Get the same Whisper for CTranslate2, or as safetensors.",
        )
    return (NPU_ENCODER, *_weights_beside(folder, NPU_ENCODER))


def _kokoro_files(folder: Path, onnx: Sequence[str], voices: Sequence[str]) -> tuple[str, ...]:
    if not voices:
        raise StarlingError(
            "model.missing_file",
            f"{folder} has no voices file (voices*.bin or voices*.npz).",
            "Put the voices file of the same Kokoro release beside the model.",
        )
    if len(onnx) > 1 or len(voices) > 1:
        raise StarlingError(
            "model.ambiguous",
            f"{folder} holds several models or voices files.",
            "Keep one .onnx file and one voices file in a folder.",
        )
    return (*onnx, *voices, *_weights_beside(folder, onnx[0]))


def _weights_beside(folder: Path, onnx: str) -> tuple[str, ...]:
    """Files that the ONNX model reads its weights from."""
    try:
        names = external_files(folder / onnx)
    except StarlingError as error:
        if error.code == "model.escapes":
            raise
        return ()  # damaged: hashes or an import's look at the contents tell
    for name in names:
        if not name.startswith(f"{onnx.removesuffix('.onnx')}.") or name == onnx:
            raise StarlingError(
                "model.escapes",
                f"{folder / onnx} wants to read {name}, which is not called after it.",
                "Get the model as one .onnx file.",
            )
        if not (folder / name).is_file():
            raise StarlingError("model.missing_file", f"{name} is missing from {folder}.", _COPY_AGAIN)
    return names


def _not_a_model(folder: Path, names: Sequence[str]) -> StarlingError:
    if any(name.endswith((".safetensors", ".safetensors.index.json")) for name in names):
        return StarlingError(
            "model.not_converted",
            f"{folder} holds a model that is not converted yet.",
            f"Import it with: starling models import {folder}",
        )
    if any(name.endswith((".pt", ".pth", ".ckpt", ".bin")) for name in names):
        return StarlingError(
            "model.pickle",
            f"{folder} holds a pickle: opening one runs any code that is inside it, so Starling does not.",
            "Get the same model as safetensors or for CTranslate2.",
        )
    return StarlingError(
        "model.not_a_model",
        f"{folder} holds no model that Starling knows.",
        "Give a folder with a CTranslate2 Whisper (model.bin) or a Kokoro model (.onnx and voices).",
    )
