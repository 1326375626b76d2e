"""Workers, kernels, buffers, barriers and programs, as a design declares them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NoReturn

import numpy as np

from starling.npu.emulation.iron import recording
from starling.npu.emulation.iron.dataflow import HOST, Handle, ObjectFifo
from starling.npu.emulation.iron.device import AnyComputeTile, Device, Tile
from starling.npu.emulation.iron.faults import Misuse
from starling.npu.emulation.iron.kinds import ObjectType, element_type, is_array_type, is_int, object_type

DEFAULT_STACK = 1024
"""Bytes: ``AIETargetModel::getDefaultCoreStackSize()``."""
LARGEST_LOCK = 63


class Kernel:
    """A C++ function of an object file."""

    def __init__(self, name: str, object_file_name: str, arg_types: Sequence[Any] = ()) -> None:
        self.name = name
        self.object = object_file_name
        self.types: list[ObjectType | np.dtype[Any]] = [
            object_type(kind, f"Kernel {name}") if is_array_type(kind) else element_type(kind, f"Kernel {name}")
            for kind in arg_types
        ]

    def __call__(self, *args: Any) -> NoReturn:
        """For core functions, which get the kernel through fn_args."""
        raise Misuse(f"kernel {self.name} is called outside a core function, or not through its Worker's fn_args")


class Buffer:
    """Memory of one core. With ``use_write_rtp`` the sequence writes it too."""

    def __init__(
        self,
        type: Any = None,
        initial_value: np.ndarray[Any, Any] | None = None,
        name: str | None = None,
        tile: Tile | None = None,
        use_write_rtp: bool = False,
    ) -> None:
        self.name = name or recording.unique("buf_")
        what = f"Buffer {self.name}"
        if type is None and initial_value is None:
            raise Misuse(f"{what}: Must provide either type, initial value, or both.")
        if type is None:
            assert initial_value is not None
            type = np.ndarray[initial_value.shape, np.dtype[initial_value.dtype.type]]  # type: ignore[name-defined]
        self.type = object_type(type, what)
        if initial_value is not None and (initial_value.shape, initial_value.dtype) != (
            self.type.shape,
            self.type.dtype,
        ):
            raise Misuse(f"{what}: the initial value is {initial_value.dtype}{initial_value.shape}, not {self.type}")
        if use_write_rtp and self.type.dtype != np.int32:
            raise Misuse(f"{what}: runtime parameters are int32, not {self.type.dtype.name}")
        self.initial = initial_value
        self.tile = tile
        self.rtp = use_write_rtp
        self.owner: Worker | None = None

    def __getitem__(self, idx: int) -> NoReturn:
        raise Misuse(f"{self.name} is read outside a core function, or not through its Worker's fn_args")

    def __setitem__(self, idx: int, source: int) -> None:
        record = recording.active(f"writing {self.name}")
        if not self.rtp:
            raise Misuse(f"{self.name} is written by the sequence and has no use_write_rtp")
        if not is_int(idx) or not 0 <= idx < self.type.size:
            raise Misuse(f"{self.name}[{idx!r}]: it has {self.type.size} elements")
        if not is_int(source) or not -(1 << 31) <= source < 1 << 31:
            raise Misuse(f"{self.name}[{idx}] = {source!r}: no 32-bit integer")
        record.operations.append(recording.Operation("write", self, int(idx), int(source)))


class WorkerRuntimeBarrier:
    """A lock in each of its workers that the sequence sets."""

    def __init__(self, initial_value: int = 0) -> None:
        self.initial = _lock_value(initial_value)

    def wait_for_value(self, value: int) -> NoReturn:
        """For core functions, which get the barrier through fn_args."""
        raise Misuse("wait_for_value outside a core function, or not through its Worker's fn_args")

    def set(self, value: int) -> None:
        """For the sequence function."""
        record = recording.active("WorkerRuntimeBarrier.set")
        record.operations.append(recording.Operation("set", self, value=_lock_value(value)))


def _lock_value(value: Any) -> int:
    if not is_int(value) or not 0 <= value <= LARGEST_LOCK:
        raise Misuse(f"a barrier of {value!r}; locks hold 0 to {LARGEST_LOCK}")
    return int(value)


class Worker:
    """A program for one core."""

    def __init__(
        self,
        core_fn: Callable[..., Any],
        fn_args: Sequence[Any] | None = None,
        tile: Tile | None = AnyComputeTile,
        while_true: bool = True,
        stack_size: int | None = None,
    ) -> None:
        self.core_fn = core_fn
        self.fn_args = list(fn_args or ())
        self.tile = tile
        self.while_true = while_true
        self.stack = DEFAULT_STACK if stack_size is None else stack_size
        if not is_int(self.stack) or self.stack < 0:
            raise Misuse(f"a Worker with a stack of {stack_size!r} bytes")
        leaves = list(flatten(self.fn_args))
        self.handles = [leaf for leaf in leaves if isinstance(leaf, Handle)]
        self.buffers = [leaf for leaf in leaves if isinstance(leaf, Buffer)]
        self.barriers = [leaf for leaf in leaves if isinstance(leaf, WorkerRuntimeBarrier)]
        self.kernels = [leaf for leaf in leaves if isinstance(leaf, Kernel)]
        self._claim(leaves)

    def _claim(self, leaves: list[Any]) -> None:
        for leaf in leaves:
            if isinstance(leaf, ObjectFifo):
                raise Misuse(f"Cannot give an ObjectFifo ({leaf.name}) to a worker; give its prod() or cons()")
        for handle in self.handles:
            handle.own(self)
        for buffer in self.buffers:
            if buffer.owner not in (None, self):
                raise Misuse(f"Buffer {buffer.name} is shared by two Workers")
            buffer.owner = self
        objects = sorted({kernel.object for kernel in self.kernels})
        if len(objects) > 1:
            raise Misuse(f"a Worker with kernels of {' and '.join(objects)}; one object file for each is the rule here")

    @staticmethod
    def grid(rows: int, cols: int, factory: Callable[[int, int], Worker]) -> list[list[Worker]]:
        """Rows of workers."""
        return [[factory(row, column) for column in range(cols)] for row in range(rows)]


def flatten(values: Sequence[Any]) -> Iterator[Any]:
    """The leaves of nested lists and tuples."""
    for value in values:
        if isinstance(value, list | tuple):
            yield from flatten(value)
        else:
            yield value


class Runtime:
    """The sequence function and what it gets."""

    def __init__(self, sequence_fn: Callable[..., Any], fn_args: Sequence[Any] | None = None) -> None:
        self.sequence = sequence_fn
        self.data: list[recording.RuntimeData] = []
        self.arguments = [self._argument(argument) for argument in fn_args or ()]
        self.handles = [leaf for leaf in flatten(self.arguments) if isinstance(leaf, Handle)]
        for handle in self.handles:
            handle.own(HOST)

    def _argument(self, argument: Any) -> Any:
        if is_array_type(argument):
            index = len(self.data)
            self.data.append(recording.RuntimeData(index, object_type(argument, f"argument {index} of the sequence")))
            return self.data[-1]
        if isinstance(argument, ObjectFifo):
            raise Misuse(f"Cannot give an ObjectFifo ({argument.name}) to a Runtime; give its prod() or cons()")
        if isinstance(argument, type) or is_int(argument):
            raise Misuse(f"{argument!r} as an argument of the sequence: scalars of the host are not emulated")
        return argument


class Program:
    """A device, its workers and the sequence."""

    def __init__(self, device: Device, rt: Runtime, workers: Sequence[Worker] | None = None) -> None:
        if not isinstance(device, Device):
            raise Misuse(f"{device!r} is no device; write NPU1() or NPU2()")
        if not isinstance(rt, Runtime):
            raise Misuse(f"{rt!r} is no Runtime")
        self.device, self.runtime, self.workers = device, rt, list(workers or ())
        if not all(isinstance(worker, Worker) for worker in self.workers):
            raise Misuse("Program(workers=…) takes a flat list of Workers")

    def resolve_program(self) -> Any:
        """Place it, check every budget, and write its sequence down."""
        from starling.npu.emulation.iron.resolving import resolve

        return resolve(self)
