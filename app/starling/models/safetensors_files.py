"""Reads and writes safetensors without torch, one tensor at a time.

The format (https://github.com/huggingface/safetensors#format): eight bytes with the little-endian length of a JSON
header, the header ``{name: {"dtype", "shape", "data_offsets": [begin, end]}}``, then the raw little-endian data.
Read here by hand because NumPy has no bfloat16 and because every fault must be told by name; written by hand because
the library orders metadata at random and our files must have the same bytes every time.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from starling.core.errors import StarlingError

Array = NDArray[Any]

SINGLE_FILE = "model.safetensors"
INDEX_FILE = "model.safetensors.index.json"
_PICKLES = (".bin", ".pt", ".pth", ".ckpt", ".pkl")
_LENGTH_BYTES = 8
_LONGEST_HEADER = 100_000_000
_DTYPES: dict[str, np.dtype[Any]] = {"F16": np.dtype("<f2"), "BF16": np.dtype("<u2"), "F32": np.dtype("<f4")}
_COPY_AGAIN = "Copy or download the model again."


@dataclass(frozen=True)
class _Entry:
    dtype: str
    shape: tuple[int, ...]
    begin: int
    end: int


class SafetensorsFile:
    """One file, of which only the asked tensors are read; ``names`` are its tensors, ``metadata`` its notes.

    Raises:
        StarlingError: ``model.missing_file``, ``model.truncated``, ``model.bad_safetensors``.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            with path.open("rb") as file:
                self._size = path.stat().st_size
                self._header_end, entries = self._read_header(file.read(_LENGTH_BYTES), file)
        except FileNotFoundError:
            raise StarlingError(
                "model.missing_file", f"{path.name} is missing from {path.parent}.", _COPY_AGAIN
            ) from None
        except OSError as error:
            raise self._unreadable(error) from None
        notes = entries.get("__metadata__")
        self.metadata: dict[str, str] = (
            {str(key): str(value) for key, value in notes.items()} if isinstance(notes, dict) else {}
        )
        self._entries = {name: self._entry(name, entry) for name, entry in entries.items() if name != "__metadata__"}

    @property
    def names(self) -> frozenset[str]:
        """The names of the tensors."""
        return frozenset(self._entries)

    def read(self, name: str) -> Array:
        """A copy of one tensor: float16 and float32 as stored, bfloat16 widened to float32 (exact)."""
        entry = self._entries[name]
        count = math.prod(entry.shape)
        try:
            raw: Array = np.fromfile(self.path, _DTYPES[entry.dtype], count, offset=self._header_end + entry.begin)
        except OSError as error:
            raise self._unreadable(error) from None
        if raw.size < count:
            raise self._truncated()
        if entry.dtype == "BF16":
            raw = (raw.astype("<u4") << np.uint32(16)).view("<f4")
        return raw.reshape(entry.shape)

    def _read_header(self, length_field: bytes, file: Any) -> tuple[int, dict[str, Any]]:
        if len(length_field) < _LENGTH_BYTES:
            raise self._truncated()
        (length,) = struct.unpack("<Q", length_field)
        if length > _LONGEST_HEADER:
            raise self._bad("its header cannot be read")
        header = file.read(length)
        if len(header) < length:
            raise self._truncated()
        try:
            entries = json.loads(header)
        except (ValueError, RecursionError):
            raise self._bad("its header is not JSON") from None
        if not isinstance(entries, dict):
            raise self._bad("its header is not a table")
        return _LENGTH_BYTES + length, entries

    def _entry(self, name: str, value: Any) -> _Entry:
        try:
            dtype, shape, (begin, end) = value["dtype"], tuple(value["shape"]), value["data_offsets"]
            whole = all(type(number) is int and number >= 0 for number in (*shape, begin, end))
        except (TypeError, KeyError, ValueError):
            raise self._bad(f"the entry of {name} is malformed") from None
        if dtype not in _DTYPES:
            raise StarlingError(
                "model.bad_dtype",
                f"{name} in {self.path.name} is stored as {dtype}; float16, bfloat16 and float32 can be converted.",
                "Use the unquantised weights of this model.",
            )
        if not whole or end - begin != math.prod(shape) * _DTYPES[dtype].itemsize:
            raise self._bad(f"the size of {name} does not fit its shape")
        if self._header_end + end > self._size:
            raise self._truncated()
        return _Entry(dtype, shape, begin, end)

    def _unreadable(self, error: OSError) -> StarlingError:
        return StarlingError("model.unreadable", f"{self.path} cannot be read: {error.strerror}.", _COPY_AGAIN)

    def _truncated(self) -> StarlingError:
        return StarlingError("model.truncated", f"{self.path.name} is shorter than it says it is.", _COPY_AGAIN)

    def _bad(self, why: str) -> StarlingError:
        return StarlingError("model.bad_safetensors", f"{self.path.name} is damaged: {why}.", _COPY_AGAIN)


class SafetensorsFolder:
    """The weights of a Hugging Face folder: one ``model.safetensors``, or the shards that its index names.

    Raises:
        StarlingError: ``model.no_weights``, ``model.pickle``, ``model.bad_index`` and those of `SafetensorsFile`.
    """

    def __init__(self, folder: Path) -> None:
        if (folder / INDEX_FILE).is_file():
            self._file_of = _sharded(folder, folder / INDEX_FILE)
        elif (folder / SINGLE_FILE).is_file():
            single = SafetensorsFile(folder / SINGLE_FILE)
            self._file_of = dict.fromkeys(single.names, single)
        else:
            raise _no_weights(folder)

    def __contains__(self, name: str) -> bool:
        return name in self._file_of

    def __call__(self, name: str, shape: tuple[int, ...]) -> Array:
        """One finite tensor of the expected shape.

        Raises:
            StarlingError: ``model.missing_tensor``, ``model.shape_mismatch``, ``model.bad_weights``.
        """
        if name not in self._file_of:
            raise StarlingError("model.missing_tensor", f"The model has no tensor {name}.", _COPY_AGAIN)
        tensor = self._file_of[name].read(name)
        if tensor.shape != shape:
            raise StarlingError(
                "model.shape_mismatch",
                f"{name} has the shape {tensor.shape}; config.json says {shape}.",
                "Use the config.json that belongs to these weights.",
            )
        if not np.isfinite(tensor).all():
            raise StarlingError("model.bad_weights", f"{name} contains NaN or infinite numbers.", _COPY_AGAIN)
        return tensor


def write_safetensors(path: Path, tensors: Mapping[str, Array], metadata: Mapping[str, str]) -> None:
    """Write float16 or float32 tensors in name order, data aligned to 8 bytes: equal input, equal bytes."""
    names = {np.dtype("<f2"): "F16", np.dtype("<f4"): "F32"}
    header: dict[str, Any] = {"__metadata__": dict(sorted(metadata.items()))}
    offset = 0
    for name, tensor in sorted(tensors.items()):
        end = offset + tensor.nbytes
        header[name] = {"dtype": names[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [offset, end]}
        offset = end
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with path.open("wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for _, tensor in sorted(tensors.items()):
            file.write(np.ascontiguousarray(tensor).data)


def _sharded(folder: Path, index: Path) -> dict[str, SafetensorsFile]:
    bad = "The file model.safetensors.index.json is damaged"
    try:
        weight_map = json.loads(index.read_bytes())["weight_map"]
        file_names = {str(name): str(file) for name, file in weight_map.items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise StarlingError("model.bad_index", f"{bad}: it has no weight map.", _COPY_AGAIN) from None
    shards: dict[str, SafetensorsFile] = {}
    for file_name in sorted(set(file_names.values())):
        if Path(file_name).name != file_name or "\\" in file_name or not file_name.endswith(".safetensors"):
            raise StarlingError(
                "model.bad_index", f"{bad}: it names {file_name!r}, which is no file of this folder.", _COPY_AGAIN
            )
        shards[file_name] = SafetensorsFile(folder / file_name)
    for name, file_name in file_names.items():
        if name not in shards[file_name].names:
            raise StarlingError("model.missing_tensor", f"{file_name} does not hold {name}.", _COPY_AGAIN)
    return {name: shards[file_name] for name, file_name in file_names.items()}


def _no_weights(folder: Path) -> StarlingError:
    pickles = sorted(path.name for path in folder.glob("*") if path.suffix in _PICKLES)
    if pickles:
        return StarlingError(
            "model.pickle",
            f"{pickles[0]} is a pickle: opening one runs any code that is inside it, so Starling does not.",
            "Get the same model as model.safetensors.",
        )
    return StarlingError(
        "model.no_weights", f"{folder} holds no model.safetensors.", "Give the folder of a Hugging Face Whisper model."
    )
