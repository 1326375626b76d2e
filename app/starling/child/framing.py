"""Framed messages: length, JSON header, raw array bytes. No pickle.

Layout, little endian: ``u32 header length | u32 body length | header | body``. The header is JSON
``{"data": {...}, "arrays": [[name, dtype, shape], ...]}``; the body is the arrays' C-order bytes, in that order.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO, TypeAlias

if TYPE_CHECKING:
    from numpy.typing import NDArray

Arrays: TypeAlias = "dict[str, NDArray[Any]]"
_LENGTHS = struct.Struct("<II")
MAX_HEADER_BYTES = 16 * 2**20
MAX_BODY_BYTES = 2**31
_ALLOWED_DTYPES = frozenset({"float32", "float64", "float16", "int64", "int32", "int16", "uint8", "int8"})


class FrameError(Exception):
    """The bytes are not a frame: the other side is broken or gone."""


@dataclass(frozen=True)
class Message:
    """One frame: JSON values and named arrays."""

    data: dict[str, Any]
    arrays: Arrays = field(default_factory=dict)


def encode(data: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]] | None = None) -> list[bytes | memoryview]:
    """Return the frame as buffers to be written in order; array bytes are not copied."""
    if not arrays:  # a child that needs no numbers does not load numpy
        return _frame(data, [], [])
    import numpy as np

    contiguous = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    table = [[name, array.dtype.name, list(array.shape)] for name, array in contiguous.items()]
    return _frame(data, table, [array.reshape(-1).view(np.uint8).data for array in contiguous.values() if array.nbytes])


def _frame(data: Mapping[str, Any], table: list[Any], arrays: list[memoryview]) -> list[bytes | memoryview]:
    header = json.dumps({"data": data, "arrays": table}, ensure_ascii=False).encode()
    body = sum(array.nbytes for array in arrays)
    if len(header) > MAX_HEADER_BYTES or body > MAX_BODY_BYTES:
        raise FrameError(f"message too large: header {len(header)} bytes, arrays {body} bytes")
    return [_LENGTHS.pack(len(header), body), header, *arrays]


def write(stream: BinaryIO, data: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]] | None = None) -> None:
    """Write one frame and flush. Raises OSError when the other side is gone."""
    write_parts(stream, encode(data, arrays))


def write_parts(stream: BinaryIO, parts: Iterable[bytes | memoryview]) -> None:
    """Write an encoded frame and flush. Raises OSError when the other side is gone."""
    for part in parts:
        stream.write(part)
    stream.flush()


def read(stream: BinaryIO) -> Message | None:
    """Read one frame; None at a clean end of stream.

    Raises:
        FrameError: the stream ended inside a frame, or the header is not ours.
    """
    lengths = stream.read(_LENGTHS.size)
    if not lengths:
        return None
    if len(lengths) < _LENGTHS.size:
        raise FrameError("stream ended inside a frame")
    header_bytes, body_bytes = _LENGTHS.unpack(lengths)
    if header_bytes > MAX_HEADER_BYTES or body_bytes > MAX_BODY_BYTES:
        raise FrameError("frame length out of range")
    header, body = stream.read(header_bytes), stream.read(body_bytes)
    if len(header) < header_bytes or len(body) < body_bytes:
        raise FrameError("stream ended inside a frame")
    try:
        return _decode(header, body)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise FrameError(f"bad frame: {error}") from error


def _decode(header: bytes, body: bytes) -> Message:
    parsed = json.loads(header)
    arrays: Arrays = {}
    offset = 0
    if parsed["arrays"]:
        import numpy as np
    for name, dtype_name, shape in parsed["arrays"]:
        if dtype_name not in _ALLOWED_DTYPES:
            raise ValueError(f"dtype {dtype_name!r}")
        dtype = np.dtype(dtype_name)
        count = int(np.prod(shape, dtype=np.int64))
        arrays[name] = np.frombuffer(body, dtype, count, offset).reshape(shape)
        offset += count * dtype.itemsize
    if offset != len(body):
        raise ValueError("arrays do not fill the body")
    return Message(dict(parsed["data"]), arrays)
