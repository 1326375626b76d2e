"""What core functions get in the place of fifos, kernels, buffers and barriers, and the cores that run them."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Sequence
from typing import Any, NoReturn, Protocol

import greenlet
import numpy as np

from starling.npu.emulation.cores import Registers
from starling.npu.emulation.iron.dataflow import Handle
from starling.npu.emulation.iron.device import Tile
from starling.npu.emulation.iron.faults import Misuse
from starling.npu.emulation.iron.kinds import ObjectType, is_int
from starling.npu.emulation.iron.program import Buffer, Kernel, Worker, WorkerRuntimeBarrier
from starling.npu.emulation.iron.rings import Memory, Ring
from starling.npu.emulation.iron.values import Element, RuntimeValue


class Library(Protocol):
    """The C++ functions of an object file."""

    def call(self, symbol: str, arguments: Sequence[Any], registers: Registers | None = None) -> None:
        """Run one with a core's registers; arrays are changed in place."""


class Core:
    """A core and its program.

    Attributes:
        name: for messages.
        waits: for what, while it does.
        finished: its program ended.
        at_barrier: it waits for one.
        waited: how often, since its function began.
        counts: calls, by symbol.
        registers: that its C++ sets, such as the rounding mode; they last.
    """

    def __init__(self, worker: Worker, place: tuple[int, int], ready: deque[Any]) -> None:
        self.worker = worker
        self.name = f"core {place} ({getattr(worker.core_fn, '__name__', 'its function')})"
        self.arguments: list[Any] = []
        self.ports: list[Port] = []
        self.waits: Callable[[], bool] | None = None
        self.reason: Callable[[], str] = str
        self.finished = False
        self.at_barrier = False
        self.counts: Counter[str] = Counter()
        self.registers = Registers()
        self._ready = ready
        self._queued = False
        self.waited = 0
        self._thread = greenlet.greenlet(self._run)

    def wake(self) -> None:
        """Have a look soon."""
        if not self._queued:
            self._queued = True
            self._ready.append(self)

    def step(self) -> None:
        """Go on, if what it waits for has come."""
        self._queued = False
        if not self.finished and (self.waits is None or self.waits()):
            self._thread.parent = greenlet.getcurrent()
            self._thread.switch()

    def close(self) -> None:
        """Give up what it is in the middle of: the garbage collector does not look into a greenlet that was left."""
        del self._thread

    def block(self, condition: Callable[[], bool], reason: Callable[[], str]) -> None:
        """Give way to the others until a condition holds."""
        if condition():
            self.waited += 1
            return
        self.waits, self.reason = condition, reason
        assert self._thread.parent is not None
        self._thread.parent.switch()
        self.waits = None
        self.waited += 1

    def note(self) -> None:
        """It did something that it had to wait for."""
        self.waited += 1

    def _run(self) -> None:
        while True:
            self.waited = 0
            self.worker.core_fn(*self.arguments)
            if not self.worker.while_true:
                break
            if not self.waited:
                held = ", ".join(f"{port.held} of {port.name}" for port in self.ports if port.held)
                raise Misuse(
                    f"{self.name} spins: it went through its function without waiting for anything "
                    f"(it holds {held or 'nothing'}; is a release missing, or a loop count read too early?)"
                )
        self.finished = True


class Port:
    """An end of a fifo, on a core."""

    def __init__(self, core: Core, handle: Handle, ring: Ring, kind: ObjectType) -> None:
        self.core, self.ring, self.depth = core, ring, handle.depth
        self.name = handle.fifo.name
        self.held = 0
        self._produces = handle.produces
        self._start = 0
        self._elements = [Element(array.view(kind.dtype), self.name) for array in ring.arrays]

    def _available(self) -> int:
        ring = self.ring
        return (ring.depth - ring.full if self._produces else ring.full) - self.held

    def acquire(self, num_elem: int) -> Any:
        """Wait until the core holds so many objects."""
        self._check(num_elem, "acquire")
        if num_elem > self.depth:
            raise Misuse(f"{self.core.name} acquires {num_elem} objects of {self.name}, which has {self.depth}")
        need = num_elem - self.held
        if need > 0:
            if self._available() < need:
                self.core.block(lambda: self._available() >= need, lambda: self._reason(num_elem))
            else:
                self.core.note()
            self._hold(need)
        if num_elem == 1:
            return self._elements[self._start]
        return tuple(self._elements[(self._start + index) % self.depth] for index in range(num_elem))

    def _hold(self, need: int) -> None:
        if not self.held:
            self._start = self.ring.head if self._produces else self.ring.tail
        for index in range(self.held, self.held + need):
            self._elements[(self._start + index) % self.depth].held = True
        self.held += need

    def release(self, num_elem: int) -> None:
        """Give objects back, the oldest first."""
        self._check(num_elem, "release")
        if num_elem > self.held:
            raise Misuse(
                f"{self.core.name} releases {num_elem} objects of {self.name} and holds {self.held}: "
                "release without acquire"
            )
        for _ in range(num_elem):
            self._elements[self._start].held = False
            self._start = (self._start + 1) % self.depth
            self.held -= 1
            if self._produces:
                self.ring.filled()
            else:
                self.ring.emptied()

    def _check(self, num_elem: Any, verb: str) -> None:
        if not is_int(num_elem) or num_elem < 1:
            raise Misuse(
                f"{self.core.name}: {verb}({num_elem!r}) of {self.name}; at least one object, known beforehand"
            )

    def _reason(self, wanted: int) -> str:
        kind, state = ("empty", self.depth - self.ring.full) if self._produces else ("full", self.ring.full)
        return (
            f"acquire({wanted}) of {self.name} as its {'producer' if self._produces else 'consumer'}: "
            f"{state} of {self.depth} objects are {kind}, it holds {self.held}"
        )


class CoreBuffer:
    """A buffer, on its core."""

    def __init__(self, buffer: Buffer, memory: Memory) -> None:
        self.name = buffer.name
        self.array = memory.bytes.view(buffer.type.dtype)
        if buffer.initial is not None:
            self.array[...] = buffer.initial.reshape(-1)
        self.element = Element(self.array, buffer.name, held=True)

    def _index(self, idx: Any) -> int:
        if self.array.dtype != np.int32:
            raise Misuse(f"{self.name} holds {self.array.dtype}; a core function reads and writes int32 only")
        number = idx.number if isinstance(idx, RuntimeValue) else idx
        if not is_int(number) or not 0 <= number < self.array.size:
            raise Misuse(f"{self.name}[{idx!r}]: it has {self.array.size} elements")
        return int(number)

    def __getitem__(self, idx: Any) -> RuntimeValue:
        return RuntimeValue(int(self.array[self._index(idx)]), "i32")

    def __setitem__(self, idx: Any, source: Any) -> None:
        value = source.number if isinstance(source, RuntimeValue) and source.kind == "i32" else source
        if not is_int(value):
            raise Misuse(f"{self.name}[{idx!r}] = {source!r}: no int32")
        self.array[self._index(idx)] = value


class CoreBarrier:
    """A barrier's lock, on a core.

    Sources disagree on whether waiting takes the value (UG1583: ``acquire_equal`` "doesn't modify the value"; a public
    design that ran on hardware was hung by a second wait). What comes out differently in both is refused.
    """

    def __init__(self, core: Core, barrier: WorkerRuntimeBarrier) -> None:
        self.core = core
        self.lock = barrier.initial
        self._taken = False

    def wait_for_value(self, value: int) -> None:
        """Wait for the value.

        Raises:
            Misuse: it has it still, from a wait before.
        """
        if not is_int(value):
            raise Misuse(f"wait_for_value({value!r}); the value is known when the design is built")
        if self.lock == value and self._taken:
            raise Misuse(
                f"{self.core.name} waits for a barrier of {value} that it waited for already and that was not set "
                "since: hardware goes on at once or never; wait for another value last, set at the end of the sequence"
            )
        self.core.at_barrier = True
        self.core.block(lambda: self.lock == value, lambda: f"a barrier of {value}, which is {self.lock}")
        self.core.at_barrier = False
        self._taken = True

    def set(self, value: int) -> None:
        """By the sequence.

        Raises:
            Misuse: what was set before was not taken.
        """
        if self.lock and value and not self._taken:
            raise Misuse(
                f"the sequence sets a barrier of {self.core.name} to {value}; it is {self.lock} and was not waited for"
            )
        self.lock, self._taken = value, False
        self.core.wake()


class CoreKernel:
    """A kernel, on a core."""

    def __init__(self, core: Core, kernel: Kernel, library: Library) -> None:
        self.name = kernel.name
        self._core = core
        self._call = library.call
        self._types = [(kind.dtype, kind.size) if isinstance(kind, ObjectType) else kind for kind in kernel.types]

    def __call__(self, *args: Any) -> None:
        """Check the arguments and run the C++."""
        types = self._types
        if len(args) != len(types):
            raise Misuse(f"kernel {self.name} takes {len(types)} arguments, {self._core.name} gives {len(args)}")
        values = []
        for value, kind in zip(args, types, strict=True):
            if type(value) is CoreBuffer:
                value = value.element
            if type(value) is Element:
                if value.key != kind or not value.held:
                    self._refuse(value, kind)
                values.append(value.array)
            else:
                values.append(self._scalar(value, kind))
        self._core.counts[self.name] += 1
        self._call(self.name, values, self._core.registers)

    def _scalar(self, value: Any, kind: Any) -> Any:
        if isinstance(kind, np.dtype):
            if isinstance(value, RuntimeValue) and value.kind == "i32" and kind == np.int32:
                return value.number
            if is_int(value) and kind.kind in "iu" and np.iinfo(kind).min <= value <= np.iinfo(kind).max:
                return int(value)
            if isinstance(value, float | np.floating) and kind == np.float32:
                return float(value)
        self._refuse(value, kind)

    def _refuse(self, value: Any, kind: Any) -> NoReturn:
        wanted = f"{kind[1]} elements of {kind[0].name}" if isinstance(kind, tuple) else f"a {kind.name}"
        if isinstance(value, Element):
            dtype, size = value.key
            given = f"an object of {value.name} with {size} elements of {dtype.name}"
            if value.key == kind:
                given, wanted = f"{given} that the core does not hold", "one that was acquired and not released"
        else:
            given = repr(value)
        raise Misuse(f"{self._core.name}: kernel {self.name} gets {given}, it takes {wanted}")


def argument(value: Any, made: dict[int, Any]) -> Any:
    """What a core function gets for an entry of fn_args."""
    if isinstance(value, list | tuple):
        return [argument(entry, made) for entry in value]
    if id(value) in made:
        return made[id(value)]
    if isinstance(value, Handle | Buffer | Kernel | WorkerRuntimeBarrier | Tile | Worker):
        raise Misuse(f"{value!r} has no meaning on a core")
    return value
