"""Rings of objects in the memory of a tile."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np

from starling.npu.emulation.iron.faults import Misuse

PATTERN = 0xAA
"""Every byte of memory that nobody wrote."""
_GUARD = 64
"""Bytes before and after each piece of memory that nobody may write."""
_ALIGNMENT = 64

Array = np.ndarray[Any, Any]


class Agent(Protocol):
    """Somebody who may be able to go on."""

    def wake(self) -> None:
        """Have a look."""


class Memory:
    """A piece of a tile's memory, as bytes, with guards around it."""

    def __init__(self, nbytes: int, name: str) -> None:
        self.name = name
        whole = np.full(nbytes + 2 * _GUARD + _ALIGNMENT, PATTERN, np.uint8)
        start = _GUARD + -(whole.ctypes.data + _GUARD) % _ALIGNMENT
        self.bytes = whole[start : start + nbytes]
        self._guards = (whole[start - _GUARD : start], whole[start + nbytes : start + nbytes + _GUARD])

    def check(self) -> None:
        """Refuse writes beyond it.

        Raises:
            Misuse: there were some.
        """
        if not all((guard == PATTERN).all() for guard in self._guards):
            raise Misuse(f"a kernel wrote beyond an object of {self.name}; hardware overwrites what lies there")


class Ring:
    """Objects that one side fills and the other empties, in turn.

    Attributes:
        arrays: the objects, each flat, of unsigned integers of the elements' size.
        full: objects that are filled and not given back.
        filler: who waits for empty ones.
        emptier: who waits for full ones.
    """

    __slots__ = ("arrays", "depth", "emptier", "filler", "full", "head", "name", "tail")

    def __init__(self, name: str, arrays: list[Array]) -> None:
        self.name = name
        self.arrays = arrays
        self.depth = len(arrays)
        self.full = self.head = self.tail = 0
        self.filler: Agent | None = None
        self.emptier: Agent | None = None

    def filled(self) -> None:
        """The object at ``head`` is full."""
        self.full += 1
        self.head = (self.head + 1) % self.depth
        if self.emptier is not None:
            self.emptier.wake()

    def emptied(self) -> None:
        """The object at ``tail`` is empty."""
        self.full -= 1
        self.tail = (self.tail + 1) % self.depth
        if self.filler is not None:
            self.filler.wake()
