"""Reads the float weights out of an ONNX file, without ONNX Runtime. Only for files whose hash was checked.

The wire format: protobuf.dev/programming-guides/encoding. The fields: ``onnx.proto`` (ModelProto.graph = 7,
GraphProto.initializer = 5, TensorProto.dims = 1, .data_type = 2, .name = 8, .raw_data = 9).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

_VARINT, _LENGTH = 0, 2
_FIXED = {1: 8, 5: 4}
"""Wire types of fixed length, and their bytes."""
_FLOAT = 1

_GRAPH, _INITIALIZER = 7, 5


def float_tensors(model: bytes) -> dict[str, NDArray[np.float32]]:
    """Every initializer of type float, by name, in its shape.

    Raises:
        ValueError: this is not an ONNX model with raw weights.
    """
    tensors = {}
    for field, graph in _fields(memoryview(model)):
        if field == _GRAPH and isinstance(graph, memoryview):
            for inner, tensor in _fields(graph):
                if inner == _INITIALIZER and isinstance(tensor, memoryview):
                    name, values = _tensor(tensor)
                    if values is not None:
                        tensors[name] = values
    return tensors


def _tensor(data: memoryview) -> tuple[str, NDArray[np.float32] | None]:
    dims: list[int] = []
    name, kind, raw = "", 0, memoryview(b"")
    for field, value in _fields(data):
        match field, value:
            case (1, int()):  # dims
                dims.append(value)
            case (1, memoryview()):  # dims, packed
                dims += _varints(value)
            case (2, int()):  # data_type
                kind = value
            case (8, memoryview()):  # name
                name = bytes(value).decode()
            case (9, memoryview()):  # raw_data
                raw = value
    if kind != _FLOAT:
        return name, None
    return name, np.frombuffer(raw, "<f4").astype(np.float32).reshape(dims)


def _fields(data: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        field, wire = key >> 3, key & 7
        if wire == _VARINT:
            value, at = _varint(data, at)
            yield field, value
            continue
        if wire == _LENGTH:
            length, at = _varint(data, at)
        elif wire in _FIXED:
            length = _FIXED[wire]
        else:
            raise ValueError(f"wire type {wire}")
        if at + length > len(data):
            raise ValueError("the file is cut")
        yield field, data[at : at + length]
        at += length


def _varints(data: memoryview) -> Iterator[int]:
    at = 0
    while at < len(data):
        value, at = _varint(data, at)
        yield value


def _varint(data: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if at >= len(data):
            raise ValueError("the file is cut")
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at
