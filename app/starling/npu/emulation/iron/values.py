"""What a core function sees: values that exist at run time only, and loops over them.

In IRON a core function runs once, when the design is built, and its loops become MLIR: what is read from a buffer is an
MLIR value then, not a number. So Python cannot branch on it, and neither can a design here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NoReturn

import numpy as np

from starling.npu.emulation.iron.faults import Misuse
from starling.npu.emulation.iron.kinds import is_int

_INT32 = 1 << 32


class RuntimeValue:
    """A number that is known on the core only.

    Attributes:
        number: for the emulation.
        kind: ``i32`` of a buffer, ``index`` of a loop; MLIR does not mix them.
    """

    __slots__ = ("kind", "number")

    def __init__(self, number: int, kind: str) -> None:
        self.number = number
        self.kind = kind

    def _with(self, other: Any) -> int:
        if isinstance(other, RuntimeValue):
            if other.kind != self.kind:
                raise Misuse(f"{self.kind} and {other.kind} in one operation; MLIR has no such operation")
            return other.number
        if not is_int(other):
            raise Misuse(f"a value of a core and {other!r} in one operation; only integers are taken")
        return int(other)

    def _make(self, number: int) -> RuntimeValue:
        wrapped = (number + _INT32 // 2) % _INT32 - _INT32 // 2 if self.kind == "i32" else number
        return RuntimeValue(wrapped, self.kind)

    def __add__(self, other: object) -> RuntimeValue:
        return self._make(self.number + self._with(other))

    def __sub__(self, other: object) -> RuntimeValue:
        return self._make(self.number - self._with(other))

    def __mul__(self, other: object) -> RuntimeValue:
        return self._make(self.number * self._with(other))

    def __floordiv__(self, other: object) -> RuntimeValue:
        return self._make(self.number // self._with(other))

    def __mod__(self, other: object) -> RuntimeValue:
        return self._make(self.number % self._with(other))

    def __radd__(self, other: object) -> RuntimeValue:
        return self._make(self._with(other) + self.number)

    def __rsub__(self, other: object) -> RuntimeValue:
        return self._make(self._with(other) - self.number)

    def __rmul__(self, other: object) -> RuntimeValue:
        return self._make(self._with(other) * self.number)

    def _refuse(self, *_: object) -> NoReturn:
        raise Misuse(
            "Python decides on a value that only the core knows (if, while, a comparison, int(), range()); "
            "IRON turns core functions into MLIR once, so use range_() for loops and C++ for the rest"
        )

    __bool__ = __int__ = __index__ = __float__ = _refuse
    __lt__ = __le__ = __gt__ = __ge__ = __eq__ = __ne__ = _refuse
    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<{self.kind} on the core>"


def range_(start: Any, stop: Any = None, step: Any = None) -> Iterator[RuntimeValue]:
    """A loop on the core."""
    if stop is None:
        start, stop = 0, start
    first, end, by = (_bound(bound) for bound in (start, stop, 1 if step is None else step))
    if by <= 0:
        raise Misuse(f"range_ with a step of {by}; scf.for counts upwards")
    return (RuntimeValue(number, "index") for number in range(first, end, by))


def _bound(value: Any) -> int:
    if isinstance(value, RuntimeValue):
        return value.number
    if not is_int(value):
        raise Misuse(f"range_ over {value!r}; its bounds are integers or values read from a Buffer")
    return int(value)


class Element:
    """An object of a fifo, or a buffer, in a core's memory. Cores hand it to kernels and do nothing else with it.

    Attributes:
        array: for the emulation.
        name: of the fifo or buffer.
        held: whether the core may use it now.
    """

    __slots__ = ("array", "held", "key", "name")

    def __init__(self, array: np.ndarray[Any, Any], name: str, held: bool = False) -> None:
        self.array = array
        self.key = (array.dtype, array.size)
        self.name = name
        self.held = held

    def _refuse(self, *_: object) -> NoReturn:
        raise Misuse(f"a core function reaches into an object of {self.name}; hand it to a kernel")

    __getitem__ = __setitem__ = __iter__ = __len__ = __array__ = _refuse
