"""Row operators: what they read, write and call. The array program is in :mod:`.rows_program`.

A *unit* is what one core works on at a time: a row, or a run of a flat buffer. In each column one fifo carries as many
units as the column has workers through the mem tile, which deals them out, and another collects the results: so the
shim needs one channel each way whatever the number of workers. A parameter (weights, a mask) takes the column's second
shim channel and is broadcast to its cores once for each launch.

Units are dealt to columns in *groups* of one unit for each worker of a column, in contiguous parts: a column may get
one group more than another, or none. How many units come, and other scalars, reach the cores through run-time
parameters, so that one core image serves every number of rows.

Buffer descriptors: one for each stream, column and launch. Rows that lie apart take three dimensions of it (rows have
no limit on a shim, a row is factored); dense ones take one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..objects import BYTES, Argument, Dtype

COLUMNS = {"npu1": 4, "npu2": 8}
WORKERS = 4
"""Core rows."""
LANES = 16
"""Values that a core's loop takes at a time; every unit is a multiple."""

_DIMENSION = 1023
"""Largest size of a shim dimension, in 32-bit words for the innermost."""
_STRIDE_WORDS = 1 << 20


@dataclass(frozen=True)
class Rows:
    """Units in a host buffer.

    Attributes:
        name: of the buffer.
        dtype: of its elements.
        width: elements of a unit.
        stride: elements from one unit to the next; 0: they lie close.
    """

    name: str
    dtype: Dtype
    width: int
    stride: int = 0

    def elements(self, units: int) -> int:
        """Of the smallest buffer that holds so many units."""
        return (units - 1) * (self.stride or self.width) + self.width

    def argument(self, units: int) -> Argument:
        """The buffer."""
        return Argument(self.name, self.dtype, self.elements(units))


@dataclass(frozen=True)
class Operator:
    """A row operator.

    Attributes:
        device: ``npu1`` or ``npu2``.
        units: how many; a multiple of ``workers``.
        symbol: the C++ function. It takes the inputs' units, the parameter, the scratch, the output's unit, if
            ``numbered`` an int32 pointer to the core's progress, and ``scalars`` as int32.
        object: the object file it lies in.
        inputs: at most two.
        output: what is written.
        parameter: broadcast to every core; a single unit.
        scratch: float32 values that a core needs besides.
        scalars: at run time.
        numbered: the function wants to know which unit it has: ``next_unit`` of rows.h tells.
        workers: cores used of a column.
    """

    device: str
    units: int
    symbol: str
    object: str
    inputs: tuple[Rows, ...]
    output: Rows
    parameter: Rows | None = None
    scratch: int = 0
    scalars: tuple[int, ...] = ()
    numbered: bool = False
    workers: int = WORKERS

    def __post_init__(self) -> None:
        """Raise ValueError for what the array cannot do."""
        if self.device not in COLUMNS:
            raise ValueError(f"{self.device!r} is not one of {', '.join(COLUMNS)}.")
        for value in (self.units, *(rows.width for rows in (*self.inputs, self.output))):
            check_count(value)
        if self.units < self.workers or self.units % self.workers:
            raise ValueError(f"{self.units} units are not a multiple of the {self.workers} cores of a column.")
        for rows in (*self.inputs, self.output):
            _check_rows(rows)

    def arguments(self) -> tuple[Argument, ...]:
        """The host buffers, the output last."""
        parameter = (self.parameter.argument(1),) if self.parameter else ()
        return (*(rows.argument(self.units) for rows in self.inputs), *parameter, self.output.argument(self.units))

    def program(self) -> Any:
        """The IRON program."""
        from .rows_program import build  # needs mlir-aie or its emulation; buffers and objects are known without

        return build(self)

    def share(self, column: int) -> tuple[int, int]:
        """First group and number of groups of a column."""
        groups, columns = self.units // self.workers, COLUMNS[self.device]
        each, more = divmod(groups, columns)
        return column * each + min(column, more), each + (column < more)


def check_count(value: object) -> None:
    """Refuse what is no number of things.

    Raises:
        ValueError: it is none, or none are there, or too many for a core to count.
    """
    if type(value) is not int or not 0 < value < 1 << 31:
        raise ValueError(f"{value!r} is no whole number from 1 to {(1 << 31) - 1}.")


def runs(count: int, tile: int) -> int:
    """Of ``tile`` values each.

    Raises:
        ValueError: there is no such number of runs.
    """
    check_count(count)
    check_count(tile)
    if count % tile:
        raise ValueError(f"{count} values are not a multiple of {tile}.")
    return count // tile


def factored(rows: Rows) -> tuple[int, int]:
    """A unit's width as parts * inner, both within a dimension and inner a whole number of 32-bit words."""
    per_word = 4 // BYTES[rows.dtype]
    for inner in range(min(rows.width, _DIMENSION * per_word), 0, -1):
        if rows.width % inner == 0 and inner % per_word == 0 and rows.width // inner <= _DIMENSION:
            return rows.width // inner, inner
    raise ValueError(f"{rows.name}: {rows.width} elements fit no two dimensions of a DMA descriptor.")


def _check_rows(rows: Rows) -> None:
    if rows.width < LANES or rows.width % LANES:
        raise ValueError(f"{rows.name}: {rows.width} elements are not a multiple of {LANES}.")
    stride = rows.stride or rows.width
    check_count(stride)
    per_word = 4 // BYTES[rows.dtype]
    if stride < rows.width or stride % per_word or stride // per_word > _STRIDE_WORDS:
        raise ValueError(f"{rows.name}: rows {stride} elements apart cannot be fetched.")
    factored(rows)
