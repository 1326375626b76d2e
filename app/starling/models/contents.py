"""Looks into the files of a model that came without hashes, before any library does."""

from __future__ import annotations

import json
import os
import struct
import tokenize
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any

import numpy as np

from starling.core.errors import StarlingError
from starling.models.card import plain_name
from starling.models.onnx_files import external_files

_COPY_AGAIN = "Copy or download the model again."
_PICKLE_STARTS = tuple(b"\x80" + bytes([protocol]) for protocol in range(2, 6))
_NUMPY_START = b"\x93NUMPY"
_VOICE_SUFFIXES = (".bin", ".npz")
_WALKED_VERSION = 6
"""The version of CTranslate2's model.bin whose structure is walked; others are told whole or not when loaded."""
MOST_VOICES = 1000
VOICE_SHAPE = (510, 1, 256)
"""Of one voice's style, float32: half a megabyte."""


def check_contents(folder: Path, names: Iterable[str]) -> None:
    """Refuse files that are links out of the folder, broken off, pickled, or reach outside.

    Raises:
        StarlingError: ``model.escapes``, ``model.truncated``, ``model.pickle``, ``model.bad_voices``,
            ``model.bad_onnx``, ``model.bad_config``, ``model.altered``, ``model.unreadable``.
    """
    names = tuple(names)
    kokoro = any(name.endswith(".onnx") for name in names)
    for name in names:
        path = folder / name
        check_stays(folder, path)
        try:
            if name == "model.bin":
                _check_whisper(path)
            elif name.endswith(".onnx"):
                external_files(path)
            elif kokoro and name.endswith(_VOICE_SUFFIXES):
                check_voices(path)
            elif name.endswith(".json"):
                _check_json(path)
        except OSError as error:
            raise StarlingError("model.unreadable", f"{path} cannot be read: {error.strerror}.") from None


def check_stays(folder: Path, path: Path) -> None:
    """Refuse a link that leads out of the folder; the Hugging Face cache's own links are followed.

    Raises:
        StarlingError: ``model.escapes``.
    """
    try:
        real, home = path.resolve(), folder.resolve()
    except (OSError, RuntimeError):  # a loop of links
        real, home = Path("/"), folder
    blobs = home.parent.parent / "blobs"
    in_cache = home.parent.name == "snapshots" and home.parent.parent.name.startswith("models--")
    if not real.is_relative_to(home) and not (in_cache and real.is_relative_to(blobs)):
        raise StarlingError(
            "model.escapes",
            f"{path} is a link to a file outside its folder.",
            "Copy the model's files themselves into one folder.",
        )


def check_voices(path: Path) -> None:
    """A voices file has to be a zip of float arrays; only headers are read.

    Raises:
        StarlingError: ``model.pickle``, ``model.truncated``, ``model.bad_voices``.
    """
    with path.open("rb") as file:
        start = file.read(8)
        if start.startswith(_PICKLE_STARTS):
            raise pickled(path)
        if start.startswith(_NUMPY_START):
            raise _bad_voices(path, "holds one array and no voices")
        if not start.startswith(b"PK"):
            raise _bad_voices(path, "is not an archive of voices")
        try:
            with zipfile.ZipFile(file) as archive:
                _check_arrays(path, archive)
        except (zipfile.BadZipFile, EOFError, zlib.error, NotImplementedError):
            raise StarlingError("model.truncated", f"{path} breaks off or is damaged.", _COPY_AGAIN) from None


def pickled(path: Path) -> StarlingError:
    """The refusal of a pickle."""
    return StarlingError(
        "model.pickle",
        f"{path.name} is a pickle: opening one runs any code that is inside it, so Starling does not.",
        "Get the same model as safetensors, for CTranslate2, or as ONNX with an archive of voices.",
    )


def _check_arrays(path: Path, archive: zipfile.ZipFile) -> None:
    members = archive.infolist()
    if not 0 < len(members) <= MOST_VOICES:
        raise _bad_voices(path, "has no voice in it" if not members else "has too many members")
    for member in members:
        try:
            plain_name(member.filename)
        except ValueError:
            raise StarlingError(
                "model.escapes", f"{path} holds a file that is called {member.filename!r}.", _COPY_AGAIN
            ) from None
        with archive.open(member) as inside:
            shape, dtype = _header(path, inside)
        if dtype.hasobject:
            raise pickled(path)
        if dtype.kind != "f":
            raise _bad_voices(path, f"has {dtype} as {member.filename} and not numbers of a voice")
        if shape != VOICE_SHAPE:  # whoever loads it makes room for what it claims
            raise _bad_voices(path, f"has {shape} numbers as {member.filename}, not {VOICE_SHAPE}")


def _header(path: Path, inside: IO[bytes]) -> tuple[tuple[int, ...], np.dtype[Any]]:
    try:
        version = np.lib.format.read_magic(inside)
        read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        shape, _, dtype = read(inside)
    except (ValueError, TypeError, MemoryError, RecursionError, tokenize.TokenError):  # as its parser of Python fails
        raise _bad_voices(path, "holds something else than arrays") from None
    return tuple(shape), dtype


def _bad_voices(path: Path, what: str) -> StarlingError:
    return StarlingError(
        "model.bad_voices", f"{path} {what}.", "Put the voices file of the same Kokoro release beside the model."
    )


def _check_json(path: Path) -> None:
    try:
        json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        raise StarlingError("model.bad_config", f"{path} is not JSON.", _COPY_AGAIN) from None


def _check_whisper(path: Path) -> None:
    """Walk over CTranslate2's variables (ctranslate2.specs.model_spec): the last has to end where the file ends."""
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        try:
            if _number(file, "<I") != _WALKED_VERSION:
                return
            _skip_text(file)
            _number(file, "<I")
            for _ in range(_number(file, "<I")):
                _skip_text(file)
                file.seek(4 * _number(file, "<B") + 1, os.SEEK_CUR)
                length = _number(file, "<I")
                if length > size - file.tell():
                    raise EOFError
                file.seek(length, os.SEEK_CUR)
            for _ in range(_number(file, "<I")):
                _skip_text(file)
                _skip_text(file)
        except EOFError:
            raise StarlingError("model.truncated", f"{path} breaks off.", _COPY_AGAIN) from None
        if file.tell() != size:
            raise StarlingError("model.altered", f"{path} goes on after its end.", _COPY_AGAIN)


def _number(file: IO[bytes], form: str) -> int:
    data = file.read(struct.calcsize(form))
    if len(data) < struct.calcsize(form):
        raise EOFError
    return int(struct.unpack(form, data)[0])


def _skip_text(file: IO[bytes]) -> None:
    if len(file.read(length := _number(file, "<H"))) < length:
        raise EOFError
