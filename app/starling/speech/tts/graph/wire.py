"""Protobuf messages as lists of fields: enough to change a few and to copy the rest byte for byte.

A message is fields of a number, a kind and a value (https://protobuf.dev/programming-guides/encoding). What is not
looked into stays a view of the file, so a model of 300 MB is neither decoded nor copied.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
Raw = bytes | memoryview
Value = int | Raw
Field = tuple[int, int, Value]
_SIZES = {FIXED64: 8, FIXED32: 4}
_LONGEST_SHIFT = 63
_SIGN = 1 << 64


class Damaged(ValueError):
    """The bytes are no message."""


def decode(data: Raw) -> Iterator[Field]:
    """The fields of a message, in order. Raises :class:`Damaged`."""
    view, at = memoryview(data), 0
    while at < len(view):
        key, at = _varint(view, at)
        number, kind = key >> 3, key & 7
        if kind == VARINT:
            value, at = _varint(view, at)
            yield number, kind, value
            continue
        if kind == BYTES:
            size, at = _varint(view, at)
        elif kind in _SIZES:
            size = _SIZES[kind]
        else:
            raise Damaged(f"a field of the kind {kind}")
        if at + size > len(view):
            raise Damaged("it breaks off")
        yield number, kind, view[at : at + size]
        at += size


def encode(fields: Iterable[Field]) -> bytes:
    """The message of these fields."""
    parts: list[Raw] = []
    for number, kind, value in fields:
        parts.append(varint(number << 3 | kind))
        if isinstance(value, int):
            parts.append(varint(value))
        else:
            if kind == BYTES:
                parts.append(varint(len(value)))
            parts.append(value)
    return b"".join(parts)


def text(number: int, value: str) -> Field:
    """A field of text."""
    return number, BYTES, value.encode()


def whole(number: int, value: int) -> Field:
    """A field of a whole number; negative ones are two's complement of 64 bits."""
    return number, VARINT, value % _SIGN


def real(number: int, value: float) -> Field:
    """A field of a 32-bit float."""
    return number, FIXED32, struct.pack("<f", value)


def inner(number: int, fields: Iterable[Field]) -> Field:
    """A field that is a message."""
    return number, BYTES, encode(fields)


def signed(value: Value) -> int:
    """A whole number as it was meant, negative ones too."""
    if not isinstance(value, int):
        raise Damaged("a number is none")
    return value - _SIGN if value >= _SIGN >> 1 else value


def string(value: Value) -> str:
    """A field's text."""
    if isinstance(value, int):
        raise Damaged("a text is none")
    return bytes(value).decode("utf-8", "surrogateescape")


def packed(kind: int, value: Value) -> list[int]:
    """The whole numbers of a repeated field: one, or many in one piece."""
    if isinstance(value, int):
        return [signed(value)]
    if kind != BYTES:
        raise Damaged("numbers of another kind")
    found, at, view = [], 0, memoryview(value)
    while at < len(view):
        number, at = _varint(view, at)
        found.append(signed(number))
    return found


def varint(value: int) -> bytes:
    """A whole number of seven bits a byte."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _varint(data: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if at >= len(data):
            raise Damaged("it breaks off")
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
        if shift > _LONGEST_SHIFT:
            raise Damaged("a number is too long")
