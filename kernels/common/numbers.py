"""Scalars on their way to a core."""

from __future__ import annotations

import struct


def float_bits(value: float) -> int:
    """The bits of a float32 as a signed int32: run-time parameters are integers.

    Raises:
        ValueError: float32 has no such number.
    """
    try:
        packed = struct.pack("<f", value)
    except OverflowError:
        raise ValueError(f"{value} is beyond float32.") from None
    (bits,) = struct.unpack("<i", packed)
    return int(bits)
