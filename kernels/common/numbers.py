"""Scalars on their way to a core."""

from __future__ import annotations

import struct


def float_bits(value: float) -> int:
    """The bits of a float32 as a signed int32: run-time parameters are integers."""
    (bits,) = struct.unpack("<i", struct.pack("<f", value))
    return int(bits)
