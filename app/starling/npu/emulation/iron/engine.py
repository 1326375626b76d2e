"""Runs a placed design: cores, DMA channels and the sequence take turns until nobody can go on."""

from __future__ import annotations

import heapq
import threading
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from starling.npu.emulation.iron.budgets import SHIM_DESCRIPTORS, SHIM_QUEUE
from starling.npu.emulation.iron.channels import (
    HostChannel,
    HostSink,
    HostSource,
    RingSink,
    RingSource,
    Route,
    Transfer,
)
from starling.npu.emulation.iron.cores import (
    Core,
    CoreBarrier,
    CoreBuffer,
    CoreKernel,
    Library,
    Port,
    argument,
)
from starling.npu.emulation.iron.dataflow import HOST, Handle, Link, ObjectFifo
from starling.npu.emulation.iron.faults import BudgetExceeded, Deadlock, Misuse, OutOfBounds
from starling.npu.emulation.iron.kinds import ObjectType
from starling.npu.emulation.iron.program import Worker
from starling.npu.emulation.iron.recording import Operation, Task
from starling.npu.emulation.iron.resolving import Design, is_loop, link_elements, segment_elements, walk_at
from starling.npu.emulation.iron.rings import Array, Memory, Ring


@dataclass(frozen=True)
class Ran:
    """One launch.

    Attributes:
        symbols: C++ functions that cores called, and how often.
        bytes_in: read from host buffers.
        bytes_out: written to host buffers.
    """

    symbols: Counter[str]
    bytes_in: int
    bytes_out: int


class Engine:
    """A design in the memory of the array, from one launch to the next.

    Attributes:
        thread: which it lives in; greenlets do not move. No number: those of ended threads are given out again.
    """

    def __init__(self, design: Design, libraries: Mapping[str, Library]) -> None:
        self.design = design
        self.thread = threading.current_thread()
        self._ready: deque[Any] = deque()
        self._memories: list[Memory] = []
        self._rings: list[Ring] = []
        self._segments: dict[int, list[Ring]] = {}
        self._ports: dict[int, Ring] = {}
        self._channels: dict[str, HostChannel] = {}
        self._sinks: list[RingSink] = []
        self._barriers: dict[int, list[CoreBarrier]] = {}
        self._buffers: dict[int, CoreBuffer] = {}
        for fifo in design.fifos:
            self._connect(fifo)
        self._cores = [self._core(worker, libraries) for worker in design.workers]
        self._sequence: Sequence_ | None = None
        # Before the sequence does anything: what cores read without waiting for it is what lay there before.
        for core in self._cores:
            core.wake()

    def run(self, memory: Sequence[Array]) -> Ran:
        """One launch. ``memory``: the bytes of each host buffer.

        Raises:
            EmulationFault: hardware would hang or compute something else.
        """
        views = [_typed(entry.type, given) for entry, given in zip(self.design.data, memory, strict=True)]
        before = sum((core.counts for core in self._cores), Counter())
        self._sequence = Sequence_(self, views)
        self._sequence.wake()
        self._turn()
        if not self._sequence.finished:
            raise Deadlock("nobody can go on: " + "; ".join(self._standing()))
        self._check_end()
        started = [operation.subject for operation in self.design.operations if operation.verb == "start"]
        symbols = sum((core.counts for core in self._cores), Counter())
        symbols.subtract(before)
        return Ran(
            Counter({name: count for name, count in symbols.items() if count}),
            sum(task.nbytes for task in started if task.end.produces),
            sum(task.nbytes for task in started if not task.end.produces),
        )

    def close(self) -> None:
        """Let go of its memory; it does not run again."""
        for core in self._cores:
            core.close()

    def _turn(self) -> None:
        ready = self._ready
        while ready:
            ready.popleft().step()

    def channel(self, task: Task) -> HostChannel:
        """The shim's channel of a transfer."""
        return self._channels[task.end.fifo.name]

    def apply(self, operation: Operation) -> None:
        """A write or a barrier of the sequence."""
        if operation.verb == "write":
            self._buffers[id(operation.subject)].array[operation.index] = operation.value
        else:
            for barrier in self._barriers.get(id(operation.subject), ()):
                barrier.set(operation.value)

    def wake_sequence(self) -> None:
        """Something it may wait for is done."""
        if self._sequence is not None:
            self._sequence.wake()

    @property
    def ready(self) -> deque[Any]:
        """Who has a look next."""
        return self._ready

    # Building.

    def _ring(self, name: str, kind: ObjectType, elements: int, depth: int) -> Ring:
        unsigned = np.dtype(f"u{kind.dtype.itemsize}")
        memories = [Memory(elements * kind.dtype.itemsize, name) for _ in range(depth)]
        self._memories += memories
        self._rings.append(Ring(name, [memory.bytes.view(unsigned) for memory in memories]))
        return self._rings[-1]

    def _link_rings(self, link: Link) -> list[Ring]:
        if id(link) not in self._segments:
            kind = link.whole.type
            whole = self._ring(link.whole.name, kind, link_elements(link), link.depth)
            self._rings.remove(whole)
            rings = []
            for index, offset in enumerate(link.offsets):
                size = segment_elements(link, index)
                name = f"{link.parts[index].name} in the mem tile"
                rings.append(Ring(name, [array[offset : offset + size] for array in whole.arrays]))
            self._rings += rings
            self._segments[id(link)] = rings
        return self._segments[id(link)]

    def _end_rings(self, fifo: ObjectFifo, end: Handle) -> list[Ring]:
        if isinstance(end.owner, Link):
            rings = self._link_rings(end.owner)
            if fifo is end.owner.whole:
                # In the order in which the parts were given, as the chain of descriptors is made.
                return rings
            return [rings[end.owner.parts.index(fifo)]]
        ring = self._ring(fifo.name, fifo.type, fifo.type.size, end.depth)
        self._ports[id(end)] = ring
        return [ring]

    def _connect(self, fifo: ObjectFifo) -> None:
        producer = fifo.producer
        assert producer is not None
        if is_loop(fifo):
            self._ports[id(fifo.consumers[0])] = self._end_rings(fifo, producer)[0]
            return
        route = Route(self._source(fifo, producer), [self._sink(fifo, end) for end in fifo.consumers], self._ready)
        for channel in (route.source, *route.sinks):
            if isinstance(channel, HostChannel):
                channel.agent = route
        for end in (producer, *fifo.consumers):
            for ring in self._rings_of(fifo, end):
                if end.produces:
                    ring.emptier = route
                else:
                    ring.filler = route

    def _rings_of(self, fifo: ObjectFifo, end: Handle) -> list[Ring]:
        if end.owner == HOST:
            return []
        return self._end_rings(fifo, end) if isinstance(end.owner, Link) else [self._ports[id(end)]]

    def _source(self, fifo: ObjectFifo, end: Handle) -> Any:
        if end.owner == HOST:
            self._channels[fifo.name] = source = HostSource(self._done)
            return source
        return RingSource(self._end_rings(fifo, end), walk_at(fifo, end))

    def _sink(self, fifo: ObjectFifo, end: Handle) -> Any:
        if end.owner == HOST:
            self._channels[fifo.name] = sink = HostSink(self._done)
            return sink
        self._sinks.append(RingSink(self._end_rings(fifo, end), walk_at(fifo, end)))
        return self._sinks[-1]

    def _done(self, transfer: Transfer) -> None:
        self.wake_sequence()

    def _core(self, worker: Worker, libraries: Mapping[str, Library]) -> Core:
        core = Core(worker, self.design.places[id(worker)], self._ready)
        made: dict[int, Any] = {}
        for handle in worker.handles:
            ring = self._ports[id(handle)]
            if handle.produces:
                ring.filler = core
            else:
                ring.emptier = core
            made[id(handle)] = Port(core, handle, ring, handle.fifo.type)
            core.ports.append(made[id(handle)])
        for buffer in worker.buffers:
            if id(buffer) not in self._buffers:
                self._memories.append(Memory(buffer.type.nbytes, buffer.name))
                self._buffers[id(buffer)] = CoreBuffer(buffer, self._memories[-1])
            made[id(buffer)] = self._buffers[id(buffer)]
        for barrier in worker.barriers:
            if id(barrier) not in made:
                made[id(barrier)] = CoreBarrier(core, barrier)
                self._barriers.setdefault(id(barrier), []).append(made[id(barrier)])
        for kernel in worker.kernels:
            if kernel.object not in libraries:
                raise Misuse(f"kernel {kernel.name} is of {kernel.object}; the design's objects() has no such file")
            made[id(kernel)] = CoreKernel(core, kernel, libraries[kernel.object])
        core.arguments = [argument(value, made) for value in worker.fn_args]
        return core

    # At the end.

    def _standing(self) -> list[str]:
        lines = [self._sequence.reason()] if self._sequence is not None and not self._sequence.finished else []
        lines += [f"{core.name} waits for {core.reason()}" for core in self._cores if core.waits is not None]
        lines += [f"{core.name} has ended" for core in self._cores if core.finished]
        lines += [
            f"{ring.name} has {ring.full} of {ring.depth} objects full"
            for ring in self._rings
            if ring.full and ring.name
        ]
        return lines

    def _check_end(self) -> None:
        for memory in self._memories:
            memory.check()
        for core in self._cores:
            if core.worker.barriers and not core.finished and (core.waited or not core.at_barrier):
                raise Misuse(
                    f"the sequence is over and {core.name} is not at its first barrier: it waits for {core.reason()}; "
                    "the next launch would meet it halfway"
                )
        pending = [transfer.task for channel in self._channels.values() for transfer in channel.queue]
        held = {id(port.ring): port.held for core in self._cores for port in core.ports}
        left = [ring.name for ring in self._rings if ring.full > held.get(id(ring), 0)]
        partial = any(sink.taken for sink in self._sinks)
        if pending or left or partial:
            parts = [*map(repr, pending), *(f"objects of {name}" for name in left)] or ["a part of an object"]
            raise Misuse(
                f"the sequence is over and this is left, for the next launch to trip over: {', '.join(parts)} "
                f"({'; '.join(self._standing())})"
            )


def _typed(kind: ObjectType, given: Array) -> Array:
    if given.dtype != np.uint8 or given.ndim != 1 or given.size < kind.nbytes:
        raise OutOfBounds(f"a host buffer of {given.nbytes} bytes for an argument of {kind.nbytes}")
    return given[: kind.nbytes].view(f"u{kind.dtype.itemsize}")


class Sequence_:
    """The controller that runs the sequence's operations, in order."""

    def __init__(self, engine: Engine, memory: list[Array]) -> None:
        self._engine = engine
        self._memory = memory
        self._operations = engine.design.operations
        self._next = 0
        self._queued = False
        self._transfers: dict[int, Transfer] = {}
        self._free: dict[int, list[int]] = {}
        self._used: dict[tuple[int, int], Transfer] = {}
        self._descriptors: dict[int, tuple[int, int]] = {}

    @property
    def finished(self) -> bool:
        """Whether all of it is done."""
        return self._next == len(self._operations)

    def wake(self) -> None:
        """Have a look soon."""
        if not self._queued:
            self._queued = True
            self._engine.ready.append(self)

    def step(self) -> None:
        """As far as it goes."""
        self._queued = False
        while self._next < len(self._operations):
            operation = self._operations[self._next]
            if operation.verb == "await" and self._transfers[id(operation.subject)].left:
                return
            self._next += 1
            if operation.verb == "start":
                self._start(operation.subject)
            elif operation.verb in ("await", "free"):
                column, number = self._descriptors.pop(id(operation.subject))
                heapq.heappush(self._free[column], number)
            else:
                self._engine.apply(operation)

    def _start(self, task: Task) -> None:
        column = self._engine.design.place(task.end)[0]
        free = self._free.setdefault(column, list(range(SHIM_DESCRIPTORS)))
        number = heapq.heappop(free)
        before = self._used.get((column, number))
        if before is not None and before.left:
            raise Misuse(
                f"{task!r} takes descriptor {number} of tile ({column}, 0), which {before.task!r} still needs: its "
                "TaskGroup was finished without waiting for it"
            )
        channel = self._engine.channel(task)
        if len(channel.queue) >= SHIM_QUEUE:
            raise BudgetExceeded(
                f"{task!r} comes while {SHIM_QUEUE} transfers of that fifo are under way; the shim's task queue holds "
                "no more, and hardware drops it without a word: wait for earlier ones first"
            )
        transfer = Transfer(task, self._memory[task.data.index])
        self._used[column, number] = self._transfers[id(task)] = transfer
        self._descriptors[id(task)] = (column, number)
        channel.start(transfer)

    def reason(self) -> str:
        """What it waits for."""
        task: Task = self._operations[self._next].subject
        left = self._transfers[id(task)].left * task.data.type.dtype.itemsize
        return f"the sequence waits for {task!r}, {left} bytes of it to go"
