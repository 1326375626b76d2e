"""The IRON program of a row operator."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from aie.helpers.taplib import TensorAccessPattern
from aie.iron import Buffer, Kernel, ObjectFifo, Program, Runtime, TaskGroup, Worker, WorkerRuntimeBarrier
from aie.iron.controlflow import range_
from aie.iron.device import NPU1, NPU2, Tile
from ml_dtypes import bfloat16

from ..objects import Dtype
from .rows import COLUMNS, Operator, Rows, factored

STACK_BYTES = 2048

_DEVICES = {"npu1": NPU1, "npu2": NPU2}
_NUMPY: dict[str, Any] = {"bf16": bfloat16, "f32": np.float32, "i32": np.int32}
_BEGIN, _END = 1, 2
"""Values of the cores' barrier. Waiting may leave it as it is: without _END no core would wait for a launch."""
_FIRST_SCALAR = 3
"""Before it: how many units, the next one's number (a numbered function counts on), the distance to the one after."""


def build(operator: Operator) -> Any:
    """The IRON program."""
    columns = [_Column(operator, column) for column in range(COLUMNS[operator.device])]
    types = [_array(entry.elements, entry.dtype) for entry in operator.arguments()]
    barrier, kernel = WorkerRuntimeBarrier(), _kernel(operator)
    workers = [worker for column in columns for worker in column.workers(kernel, barrier)]

    def sequence(*given: Any) -> None:
        for column in columns:
            column.write_scalars()
        barrier.set(_BEGIN)
        group = TaskGroup()
        for column, streams in zip(columns, given[len(types) :], strict=True):
            column.transfer(given[: len(types)], streams, group)
        group.finish()
        barrier.set(_END)

    runtime = Runtime(sequence, [*types, *(column.handles() for column in columns)])
    return Program(_DEVICES[operator.device](), runtime, workers=workers).resolve_program()


def tap(rows: Rows, elements: int, first: int, count: int) -> TensorAccessPattern:
    """The access pattern of ``count`` units from the one numbered ``first`` on."""
    stride = rows.stride or rows.width
    offset = first * stride
    if stride == rows.width:
        return TensorAccessPattern((1, elements), offset, [1, 1, 1, count * rows.width], [0, 0, 0, 1])
    parts, inner = factored(rows)
    return TensorAccessPattern((1, elements), offset, [1, count, parts, inner], [0, stride, inner, 1])


def _array(elements: int, dtype: Dtype) -> Any:
    array: Any = np.ndarray
    element: Any = np.dtype
    return array[(elements,), element[_NUMPY[dtype]]]


def _object_type(rows: Rows, units: int = 1) -> Any:
    return _array(units * rows.width, rows.dtype)


def _scalars_type(operator: Operator) -> Any:
    return _array(_FIRST_SCALAR + len(operator.scalars), "i32")


class _Column:
    """Fifos, buffers and workers of one column."""

    def __init__(self, operator: Operator, column: int) -> None:
        self.operator = operator
        self.column = column
        shim = Tile(column, 0)
        self._inputs = [self._fifo(rows, f"{rows.name}{column}") for rows in operator.inputs]
        self._output = self._fifo(operator.output, f"{operator.output.name}{column}")
        self._dealt = [self._split(fifo, rows) for fifo, rows in zip(self._inputs, operator.inputs, strict=True)]
        self._joined = self._join()
        self._fills = [fifo.prod(tile=shim) for fifo in self._inputs]
        self._drain = self._output.cons(tile=shim)
        self._broadcast = None
        if operator.parameter is not None:
            whole = ObjectFifo(_object_type(operator.parameter), depth=1, name=f"{operator.parameter.name}{column}")
            self._broadcast = whole.cons(tile=Tile(column, 1)).forward(
                tile=Tile(column, 1), depth=1, name=f"{operator.parameter.name}{column}_all"
            )
            self._fills.append(whole.prod(tile=shim))
        self._scalars = [self._scalar_buffer(worker) for worker in range(operator.workers)]

    def _fifo(self, rows: Rows, name: str) -> ObjectFifo:
        return ObjectFifo(_object_type(rows, self.operator.workers), name=name)

    def _offsets(self, rows: Rows) -> list[int]:
        return [worker * rows.width for worker in range(self.operator.workers)]

    def _split(self, fifo: ObjectFifo, rows: Rows) -> list[ObjectFifo]:
        workers = self.operator.workers
        names = [f"{rows.name}{self.column}_{worker}" for worker in range(workers)]
        types = [_object_type(rows)] * workers
        parts = fifo.cons().split(self._offsets(rows), tile=Tile(self.column, 1), obj_types=types, names=names)
        return list(parts)

    def _join(self) -> list[ObjectFifo]:
        rows, workers = self.operator.output, self.operator.workers
        names = [f"{rows.name}{self.column}_{worker}" for worker in range(workers)]
        types = [_object_type(rows)] * workers
        parts = self._output.prod().join(self._offsets(rows), tile=Tile(self.column, 1), obj_types=types, names=names)
        return list(parts)

    def _scalar_buffer(self, worker: int) -> Buffer:
        count = _FIRST_SCALAR + len(self.operator.scalars)
        return Buffer(
            _scalars_type(self.operator),
            initial_value=np.zeros(count, np.int32),
            name=f"scalars{self.column}_{worker}",
            use_write_rtp=True,
        )

    def handles(self) -> list[Any]:
        """What the sequence fills, and what it drains last."""
        return [*self._fills, self._drain]

    def workers(self, kernel: Kernel, barrier: WorkerRuntimeBarrier) -> list[Worker]:
        """The column's cores."""
        return [self._worker(worker, kernel, barrier) for worker in range(self.operator.workers)]

    def _worker(self, worker: int, kernel: Kernel, barrier: WorkerRuntimeBarrier) -> Worker:
        operator = self.operator
        inputs = [dealt[worker].cons() for dealt in self._dealt]
        parameters = [] if self._broadcast is None else [self._broadcast.cons()]
        scratch = []
        if operator.scratch:
            name = f"scratch{self.column}_{worker}"
            scratch.append(Buffer(_array(operator.scratch, "f32"), name=name))
        return Worker(
            _core(operator),
            [inputs, parameters, self._joined[worker].prod(), scratch, self._scalars[worker], kernel, barrier],
            tile=Tile(self.column, 2 + worker),
            stack_size=STACK_BYTES,
        )

    def write_scalars(self) -> None:
        """In the sequence: before the cores start."""
        first, groups = self.operator.share(self.column)
        workers = self.operator.workers
        for worker, buffer in enumerate(self._scalars):
            for index, value in enumerate((groups, first * workers + worker, workers, *self.operator.scalars)):
                buffer[index] = value

    def transfer(self, data: Sequence[Any], streams: Sequence[Any], group: TaskGroup) -> None:
        """In the sequence: this column's part of every buffer."""
        operator = self.operator
        first, groups = operator.share(self.column)
        arguments, workers = operator.arguments(), operator.workers
        if operator.parameter is not None:  # its cores take it in any case; without results it is what is waited for
            index = len(operator.inputs)
            whole = tap(operator.parameter, arguments[index].elements, 0, 1)
            streams[index].fill(data[index], tap=whole, wait=not groups, group=group)
        if not groups:
            return
        units = first * workers, groups * workers
        for index, rows in enumerate(operator.inputs):
            streams[index].fill(data[index], tap=tap(rows, arguments[index].elements, *units), group=group)
        streams[-1].drain(data[-1], tap=tap(operator.output, arguments[-1].elements, *units), wait=True, group=group)


def _kernel(operator: Operator) -> Kernel:
    scratch = [_array(operator.scratch, "f32")] if operator.scratch else []
    parameter = [_object_type(operator.parameter)] if operator.parameter else []
    progress = [_scalars_type(operator)] if operator.numbered else []
    scalars = [np.int32] * len(operator.scalars)
    inputs = [_object_type(rows) for rows in operator.inputs]
    types = [*inputs, *parameter, *scratch, _object_type(operator.output), *progress, *scalars]
    return Kernel(operator.symbol, operator.object, types)


def _core(operator: Operator) -> Any:
    """One launch's work of a core; it is begun again for the next launch."""
    count, numbered = len(operator.scalars), operator.numbered

    def core(inputs: Any, parameters: Any, output: Any, scratch: Any, given: Any, kernel: Any, barrier: Any) -> None:
        barrier.wait_for_value(_BEGIN)
        held = [parameter.acquire(1) for parameter in parameters]
        progress = [given] if numbered else []
        for _ in range_(given[0]):
            units = [fifo.acquire(1) for fifo in inputs]
            result = output.acquire(1)
            scalars = [given[_FIRST_SCALAR + index] for index in range(count)]
            kernel(*units, *held, *scratch, result, *progress, *scalars)
            for fifo in inputs:
                fifo.release(1)
            output.release(1)
        for parameter in parameters:
            parameter.release(1)
        barrier.wait_for_value(_END)

    return core
