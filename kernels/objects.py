"""What a design says of itself besides its program: the object files its workers link and its data arguments."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Dtype = Literal["bf16", "f32", "i8", "i32"]

BYTES: dict[str, int] = {"bf16": 2, "f32": 4, "i8": 1, "i32": 4}
"""Size of an element."""


@dataclass(frozen=True)
class CoreObject:
    """One object file. A worker links one, so it holds every function that a design's workers call.

    Attributes:
        object: file name of the object; names its parameters, so that two designs of one build do not collide.
        source: the C++ file.
        defines: preprocessor names and values, in order.
    """

    object: str
    source: Path
    defines: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Argument:
    """One data buffer of a design.

    Attributes:
        name: for reports and messages.
        dtype: type of its elements.
        elements: how many.
        holds: what its bytes are, where they only travel as ``dtype``; a fifo has one type of elements.
    """

    name: str
    dtype: Dtype
    elements: int
    holds: Dtype | None = None

    @property
    def nbytes(self) -> int:
        """Size of the buffer in bytes."""
        return self.elements * BYTES[self.dtype]
