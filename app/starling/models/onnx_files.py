"""Which files an ONNX model reads besides itself, and whether it is whole: found without loading it.

An ONNX file may name other files that hold its weights. A name with ``..`` or an absolute path would make the library
that loads it read any file of this machine, so names are looked at first. Only the structure is read: a protobuf is
fields of a number, a kind and a length (https://protobuf.dev/programming-guides/encoding), and weights are skipped.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from pathlib import Path

from starling.core.errors import StarlingError
from starling.models.card import plain_name

DEEPEST = 24
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_COPY_AGAIN = "Copy or download the model again."

# Field numbers of onnx.proto: where messages with tensors in them lie.
_NESTED: dict[str, dict[int, str]] = {
    "Model": {7: "Graph", 20: "Training", 25: "Function"},
    "Training": {1: "Graph", 2: "Graph"},
    "Function": {7: "Node", 11: "Attribute"},
    "Graph": {1: "Node", 5: "Tensor", 15: "Sparse"},
    "Node": {5: "Attribute"},
    "Attribute": {5: "Tensor", 6: "Graph", 10: "Tensor", 11: "Graph", 22: "Sparse", 23: "Sparse"},
    "Sparse": {1: "Tensor", 2: "Tensor"},
    "Tensor": {13: "Entry"},
}
_GRAPH_FIELD = 7


class _Damaged(Exception):
    pass


def external_files(path: Path) -> tuple[str, ...]:
    """The names of the files beside an ONNX model that it reads its weights from.

    Raises:
        StarlingError: ``model.truncated``, ``model.bad_onnx``, ``model.escapes``, ``model.unreadable``.
    """
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            names = _names(path, data)
    except ValueError:  # an empty file cannot be mapped
        raise StarlingError("model.truncated", f"{path} is empty.", _COPY_AGAIN) from None
    except OSError as error:
        raise StarlingError("model.unreadable", f"{path} cannot be read: {error.strerror}.") from None
    for name in names:
        try:
            plain_name(name)
        except ValueError:
            raise StarlingError(
                "model.escapes",
                f"{path} wants to read {name!r}, which is outside its folder.",
                "Get the model from where you trust it.",
            ) from None
    return names


def _names(path: Path, data: mmap.mmap) -> tuple[str, ...]:
    found: dict[str, None] = {}
    try:
        if not any(number == _GRAPH_FIELD for number, _, _ in _fields(data, 0, len(data))):
            raise _Damaged("it holds no graph")
        for name in _locations(data, "Model", 0, len(data), 0):
            found[name] = None
    except EOFError:
        raise StarlingError("model.truncated", f"{path} breaks off.", _COPY_AGAIN) from None
    except _Damaged as error:
        raise StarlingError("model.bad_onnx", f"{path} is no ONNX model: {error}.", _COPY_AGAIN) from None
    return tuple(found)


def _locations(data: mmap.mmap, message: str, begin: int, end: int, depth: int) -> Iterator[str]:
    if depth > DEEPEST:
        raise _Damaged("it is nested too deeply")
    nested = _NESTED[message]
    for number, start, stop in _fields(data, begin, end):
        inner = nested.get(number)
        if inner == "Entry":
            entry = {key: bytes(data[first:last]) for key, first, last in _fields(data, start, stop)}
            if entry.get(1) == b"location":
                yield entry.get(2, b"").decode("utf-8", "replace")
        elif inner is not None and stop > start:
            yield from _locations(data, inner, start, stop, depth + 1)


def _fields(data: mmap.mmap, at: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Number, begin and end of every length-delimited field; others are skipped."""
    while at < end:
        key, at = _varint(data, at, end)
        number, kind = key >> 3, key & 7
        if number == 0:
            raise _Damaged("it has a field without a number")
        if kind == _BYTES:
            length, at = _varint(data, at, end)
            if length > end - at:
                raise EOFError
            yield number, at, at + length
            at += length
        elif kind == _VARINT:
            _, at = _varint(data, at, end)
        elif kind in (_FIXED64, _FIXED32):
            at += 8 if kind == _FIXED64 else 4
            if at > end:
                raise EOFError
        else:
            raise _Damaged("it has a field of an unknown kind")


def _varint(data: mmap.mmap, at: int, end: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if at >= end:
            raise EOFError
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
        if shift > 63:
            raise _Damaged("it has a number that is too long")
