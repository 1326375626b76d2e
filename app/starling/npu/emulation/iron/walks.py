"""How a DMA walks memory, and what its buffer descriptors can express.

Limits: lib/Dialect/AIEX/IR/AIEXDialect.cpp and the target models of Xilinx/mlir-aie (their values at 1.4.2).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from starling.npu.emulation.iron.faults import DmaLimit, Misuse
from starling.npu.emulation.iron.kinds import is_int

WORD = 4
"""Bytes: addresses, sizes and steps of a DMA count these."""


@dataclass(frozen=True)
class Limits:
    """Of the buffer descriptors of a kind of tile.

    Attributes:
        kind: for messages.
        dims: that a transfer may have, the iteration included.
        size: largest size of a dimension; of the innermost in words.
        step: largest step in words.
        iterations: largest outermost size, where that is the iteration and may stand still.
    """

    kind: str
    dims: int
    size: int
    step: int
    iterations: int | None = None


SHIM = Limits("shim", 4, 1023, 1 << 20, 64)
MEM = Limits("mem tile", 4, 1023, 1 << 17)
CORE = Limits("core", 3, 255, 1 << 13)


@dataclass(frozen=True)
class Walk:
    """A nest of loops over elements, outermost first."""

    offset: int
    sizes: tuple[int, ...]
    strides: tuple[int, ...]

    @property
    def count(self) -> int:
        """Elements moved."""
        return math.prod(self.sizes)

    @property
    def last(self) -> int:
        """The furthest element."""
        return self.offset + sum((size - 1) * stride for size, stride in zip(self.sizes, self.strides, strict=True))

    @property
    def contiguous(self) -> bool:
        """Whether it is one run of memory, which needs no sizes."""
        expected = 1
        for size, stride in zip(reversed(self.sizes), reversed(self.strides), strict=True):
            if size != 1 and stride != expected:
                return False
            expected *= size
        return True

    def view(self, flat: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """The elements of a flat array as they are walked; memory is shared."""
        if self.last >= flat.size:
            raise IndexError(self.last)
        strides = tuple(stride * flat.itemsize for stride in self.strides)
        return np.lib.stride_tricks.as_strided(flat[self.offset :], self.sizes, strides)


def linear(count: int, offset: int = 0) -> Walk:
    """One run."""
    return Walk(offset, (count,), (1,))


def walk_of_dims(dims: Sequence[Any] | None, what: str) -> Walk | None:
    """From ``[(size, stride), …]``; None where there are none.

    Raises:
        Misuse: they are not written so.
    """
    if dims is None or not len(dims):
        return None
    if not all(isinstance(pair, tuple | list) and len(pair) == 2 and all(map(is_int, pair)) for pair in dims):
        raise Misuse(f"{what}: {dims!r} are no pairs of size and stride")
    return Walk(0, tuple(int(pair[0]) for pair in dims), tuple(int(pair[1]) for pair in dims))


def check(walk: Walk, itemsize: int, limits: Limits, what: str) -> None:
    """Refuse what a descriptor cannot express.

    Raises:
        DmaLimit: says which dimension, and why.
    """

    def refuse(text: str) -> None:
        raise DmaLimit(f"{what} ({limits.kind} DMA, sizes {list(walk.sizes)}, strides {list(walk.strides)}): {text}")

    if len(walk.sizes) > limits.dims:
        refuse(f"{len(walk.sizes)} dimensions, it has {limits.dims}")
    if any(size < 1 for size in walk.sizes) or any(stride < 0 for stride in walk.strides) or walk.offset < 0:
        refuse("sizes start at 1, strides and offset at 0")
    if walk.offset * itemsize % WORD:
        refuse(f"offset {walk.offset} is not at a multiple of {WORD} bytes")
    if walk.sizes[-1] * itemsize % WORD:
        refuse(f"the innermost dimension has {walk.sizes[-1] * itemsize} bytes, no multiple of {WORD}")
    if walk.contiguous:
        return
    for place, (size, stride) in enumerate(zip(walk.sizes, walk.strides, strict=True)):
        _check_dimension(walk, place, size, stride, itemsize, limits, refuse)


def _check_dimension(
    walk: Walk, place: int, size: int, stride: int, itemsize: int, limits: Limits, refuse: Any
) -> None:
    number = len(walk.sizes) - 1 - place
    iteration = limits.iterations is not None and number == limits.dims - 1
    if size == 1:
        return
    if number == 0:
        if stride != 1 and itemsize < WORD:
            refuse(f"the innermost stride is {stride}, and elements have {itemsize} bytes")
        if stride != 1 and limits.iterations is not None and math.prod(walk.sizes[-3:-1]) == 1:
            refuse(f"the innermost stride {stride} of a single run is dropped (Xilinx/mlir-aie issue 2930)")
        size = size * itemsize // WORD
    elif stride * itemsize % WORD:
        refuse(f"stride {stride} of dimension {number} is {stride * itemsize} bytes, no multiple of {WORD}")
    if stride == 0 and not iteration:
        refuse(f"stride 0 of dimension {number}; only the iteration of a shim repeats, the first of four dimensions")
    if stride * itemsize // WORD > limits.step:
        refuse(f"stride {stride} of dimension {number} is {stride * itemsize // WORD} words, {limits.step} at most")
    if iteration and size > (limits.iterations or 0):
        refuse(f"{size} iterations, {limits.iterations} at most")
    derived = limits.iterations is not None and number == 2
    if not iteration and not derived and size > limits.size:
        refuse(f"Size {number} exceeds the [0:{limits.size}] range: it is {size}{' words' if number == 0 else ''}")
