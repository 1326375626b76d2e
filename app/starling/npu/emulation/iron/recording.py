"""The sequence of host operations, written down while a design's sequence function runs once, as IRON does."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from starling.npu.emulation.iron.faults import DmaLimit, Misuse, OutOfBounds
from starling.npu.emulation.iron.kinds import ObjectType
from starling.npu.emulation.iron.taps import TensorAccessPattern
from starling.npu.emulation.iron.walks import SHIM, Walk, check, linear

if TYPE_CHECKING:
    from starling.npu.emulation.iron.dataflow import Handle

_names = itertools.count()
_active: list[Recorder] = []


def unique(prefix: str) -> str:
    """A name that nobody has."""
    return f"{prefix}{next(_names)}"


def active(verb: str) -> Recorder:
    """The recorder of the sequence function that runs now.

    Raises:
        Misuse: none does.
    """
    if not _active:
        raise Misuse(f"{verb} outside the sequence function of a Runtime")
    return _active[-1]


@dataclass(frozen=True)
class RuntimeData:
    """A host buffer, as an argument of the sequence function."""

    index: int
    type: ObjectType


class Task:
    """One transfer between a host buffer and a fifo.

    Attributes:
        end: of the fifo.
        data: the host buffer.
        walk: over it.
        waits: somebody waits for it.
    """

    def __init__(self, end: Handle, data: RuntimeData, walk: Walk, waits: bool) -> None:
        self.end, self.data, self.walk, self.waits = end, data, walk, waits

    @property
    def nbytes(self) -> int:
        """Bytes moved."""
        return self.walk.count * self.data.type.dtype.itemsize

    def __repr__(self) -> str:
        verb = "fill" if self.end.produces else "drain"
        return f"the {verb} of {self.end.fifo.name} with {self.nbytes} bytes of argument {self.data.index}"


@dataclass(frozen=True)
class Operation:
    """One of ``start``, ``await``, ``free``, ``write``, ``set``, and with what."""

    verb: str
    subject: Any
    index: int = 0
    value: int = 0


class TaskGroup:
    """Transfers that are finished together."""

    def __init__(self) -> None:
        self.tasks: list[Task] = []
        self.finished = False
        self._recorder = active("TaskGroup()")
        self._recorder.groups.append(self)

    def finish(self) -> None:
        """Wait for those that are waited for, then free the descriptors of all."""
        if self.finished:
            raise Misuse("a TaskGroup is finished twice")
        self.finished = True
        record = self._recorder.operations
        record += [Operation("await", task) for task in self.tasks if task.waits]
        record += [Operation("free", task) for task in self.tasks if not task.waits]


class Recorder:
    """Takes down one run of a sequence function."""

    def __init__(self) -> None:
        self.operations: list[Operation] = []
        self.groups: list[TaskGroup] = []
        self._default: TaskGroup | None = None

    def transfer(self, end: Handle, data: Any, tap: Any, wait: bool, group: TaskGroup | None) -> Task:
        """Start one."""
        if not isinstance(data, RuntimeData):
            raise Misuse(f"{end!r}: {data!r} is no argument of the sequence function")
        if end.owner != "host":
            raise Misuse(f"{end!r} is not in the Runtime's fn_args")
        if tap is not None and not isinstance(tap, TensorAccessPattern):
            raise Misuse(f"{end!r}: {tap!r} is no TensorAccessPattern")
        task = Task(end, data, linear(data.type.size) if tap is None else tap.walk(), wait)
        _check_transfer(task)
        if group is not None and group.finished:
            raise Misuse(f"{task!r} joins a TaskGroup that is finished")
        if group is None:
            if self._default is None:
                self._default = TaskGroup()
            group = self._default
        group.tasks.append(task)
        self.operations.append(Operation("start", task))
        return task

    def finalize(self) -> None:
        """Finish the default group.

        Raises:
            Misuse: another was not, or a result is not waited for.
        """
        if self._default is not None:
            self._default.finish()
        if not all(group.finished for group in self.groups):
            raise Misuse("Runtime sequence ended with unfinished task group(s); call finish() for each TaskGroup")
        last = {task.end.fifo.name: task for task in self.started() if not task.end.produces}
        for task in last.values():
            if not task.waits:
                raise Misuse(f"nobody waits for {task!r}; the host would read before it is done (wait=True)")

    def started(self) -> list[Task]:
        """Every transfer, in order."""
        return [operation.subject for operation in self.operations if operation.verb == "start"]


def _check_transfer(task: Task) -> None:
    fifo, data = task.end.fifo, task.data.type
    if fifo.type.dtype != data.dtype:
        raise Misuse(f"{task!r}: the buffer has {data.dtype.name} elements, the fifo {fifo.type.dtype.name}")
    check(task.walk, data.dtype.itemsize, SHIM, repr(task))
    if task.walk.last >= data.size:
        raise OutOfBounds(f"{task!r} reaches element {task.walk.last}, the buffer has {data.size}")
    if task.walk.count % fifo.type.size:
        raise DmaLimit(f"{task!r} has {task.walk.count} elements, no whole objects of {fifo.type.size}")


@contextmanager
def recorded(record: Recorder) -> Iterator[Recorder]:
    """While the sequence function runs."""
    _active.append(record)
    try:
        yield record
    finally:
        _active.remove(record)


def record(sequence: Callable[..., Any], arguments: list[Any]) -> Recorder:
    """Run a sequence function once."""
    with recorded(Recorder()) as recorder:
        sequence(*arguments)
        recorder.finalize()
    return recorder
