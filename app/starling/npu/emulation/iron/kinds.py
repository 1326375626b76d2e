"""Element and object types as designs write them: ``np.ndarray[(32, 64), np.dtype[bfloat16]]``."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import Any, get_args, get_origin

import numpy as np

from starling.npu.emulation.iron.faults import Misuse

_SCALARS = (np.int8, np.uint8, np.int16, np.uint16, np.int32, np.uint32, np.float32)


@dataclass(frozen=True)
class ObjectType:
    """A shape and an element type.

    Attributes:
        shape: elements in each dimension, outermost first.
        dtype: NumPy's, or that of ``ml_dtypes``.
    """

    shape: tuple[int, ...]
    dtype: np.dtype[Any]

    @property
    def size(self) -> int:
        """Elements."""
        return math.prod(self.shape)

    @property
    def nbytes(self) -> int:
        """Bytes."""
        return self.size * self.dtype.itemsize

    def __str__(self) -> str:
        return f"{self.dtype.name}[{'x'.join(map(str, self.shape))}]"


def object_type(annotation: Any, what: str) -> ObjectType:
    """Read an array type.

    Raises:
        Misuse: it is none.
    """
    if get_origin(annotation) is not np.ndarray or len(get_args(annotation)) != 2:
        raise Misuse(f"{what}: {annotation!r} is no array type; write np.ndarray[(n,), np.dtype[np.float32]]")
    shape, element = get_args(annotation)
    if not isinstance(shape, tuple) or not shape or not all(is_int(size) and size > 0 for size in shape):
        raise Misuse(f"{what}: {shape!r} is no shape of positive sizes")
    return ObjectType(tuple(int(size) for size in shape), element_type(get_args(element)[0], what))


def is_array_type(annotation: Any) -> bool:
    """Whether it is written as an array type."""
    return get_origin(annotation) is np.ndarray


@functools.cache
def _known() -> tuple[np.dtype[Any], ...]:
    import ml_dtypes

    return (*(np.dtype(scalar) for scalar in _SCALARS), np.dtype(ml_dtypes.bfloat16))


def element_type(element: Any, what: str) -> np.dtype[Any]:
    """The type of an element; DMAs move 32 bits at most.

    Raises:
        Misuse: cores have no such type.
    """
    try:
        found: np.dtype[Any] = np.dtype(element)
    except TypeError:
        found = np.dtype(object)
    if found not in _known():
        raise Misuse(f"{what}: elements of {element!r}; an NPU has {', '.join(kind.name for kind in _known())}")
    return found


def is_int(value: Any) -> bool:
    """A Python or NumPy integer, known when the design is built; no bool."""
    return isinstance(value, int | np.integer) and not isinstance(value, bool)
