"""Instruction streams of the emulation: which kernel, with which sizes.

A real stream is made by the compiler of a design; this one says the same in a few 32-bit words: magic, version, number
of the operation's kind, number of its fields, then the fields, floats as their bits.
"""

from __future__ import annotations

import dataclasses
import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

from starling.npu.xrt.operations import Add, Gelu, LayerNorm, Linear, Mix, Operation, Scores, Softmax

MAGIC = 0x53544C4E
VERSION = 1
KINDS: tuple[Any, ...] = (Linear, Scores, Mix, Softmax, LayerNorm, Gelu, Add)

Words = NDArray[np.uint32]


def encode(operation: Operation) -> Words:
    """The stream of one operation."""
    values = [getattr(operation, field.name) for field in dataclasses.fields(operation)]
    head = [MAGIC, VERSION, KINDS.index(type(operation)), len(values)]
    return np.array([*head, *(_bits(value) for value in values)], np.uint32)


def decode(words: Words) -> Operation:
    """The operation of a stream.

    Raises:
        ValueError: it is none.
    """
    if len(words) < 4 or words[0] != MAGIC or words[1] != VERSION or words[2] >= len(KINDS):
        raise ValueError("these are no instructions")
    kind, count = KINDS[words[2]], int(words[3])
    fields = dataclasses.fields(kind)
    if count != len(fields) or len(words) != 4 + count:
        raise ValueError("these instructions break off")
    found = {
        field.name: _float(word) if field.type in ("float", float) else int(word)
        for field, word in zip(fields, words[4:], strict=True)
    }
    made: Operation = kind(**found)
    return made


def _bits(value: float) -> int:
    if isinstance(value, int):
        return value
    return int(struct.unpack("<I", struct.pack("<f", value))[0])


def _float(word: np.uint32) -> float:
    return float(struct.unpack("<f", struct.pack("<I", int(word)))[0])
