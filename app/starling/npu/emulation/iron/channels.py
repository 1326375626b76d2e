"""DMA channels and the streams between them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from typing import Any, Protocol

import numpy as np

from starling.npu.emulation.iron.recording import Task
from starling.npu.emulation.iron.rings import Agent, Array, Ring
from starling.npu.emulation.iron.walks import Walk


class Source(Protocol):
    """A channel to the stream."""

    def peek(self) -> Array | None:
        """What it can send now, flat."""

    def advance(self, count: int) -> None:
        """So many elements were taken."""


class Sink(Protocol):
    """A channel from the stream."""

    def room(self) -> int:
        """Elements it can take now."""

    def take(self, chunk: Array) -> None:
        """At most that many."""


class RingSource:
    """Sends the objects of rings, in turn."""

    def __init__(self, rings: list[Ring], walk: Walk | None) -> None:
        self._rings = rings
        self._views = [[_view(array, walk) for array in ring.arrays] for ring in rings]
        self._turn = 0
        self._sent = 0
        self._staged: Array | None = None

    def peek(self) -> Array | None:
        """Of the object whose turn it is."""
        if self._staged is None:
            ring = self._rings[self._turn]
            if not ring.full:
                return None
            self._staged = self._views[self._turn][ring.tail].reshape(-1)
        return self._staged[self._sent :] if self._sent else self._staged

    def advance(self, count: int) -> None:
        """Give the object back when all of it was taken."""
        assert self._staged is not None
        self._sent += count
        if self._sent == self._staged.size:
            self._sent, self._staged = 0, None
            ring = self._rings[self._turn]
            self._turn = (self._turn + 1) % len(self._rings)
            ring.emptied()


class RingSink:
    """Fills the objects of rings, in turn."""

    def __init__(self, rings: list[Ring], walk: Walk | None) -> None:
        self._rings = rings
        self._views = [[_view(array, walk) for array in ring.arrays] for ring in rings]
        self._turn = 0
        self._partial: Array | None = None
        self.taken = 0

    def room(self) -> int:
        """Of the object whose turn it is."""
        ring = self._rings[self._turn]
        return self._views[self._turn][0].size - self.taken if ring.full < ring.depth else 0

    def take(self, chunk: Array) -> None:
        """Hand the object on when it is full."""
        ring = self._rings[self._turn]
        view = self._views[self._turn][ring.head]
        if chunk.size < view.size:
            if self._partial is None:
                self._partial = np.empty(view.size, view.dtype)
            self._partial[self.taken : self.taken + chunk.size] = chunk
            self.taken += chunk.size
            if self.taken < view.size:
                return
            chunk = self._partial
        view[...] = chunk.reshape(view.shape)
        self._partial, self.taken = None, 0
        self._turn = (self._turn + 1) % len(self._rings)
        ring.filled()


def _view(array: Array, walk: Walk | None) -> Array:
    return array if walk is None else walk.view(array)


class Transfer:
    """A task of the sequence under way.

    Attributes:
        task: what was asked for.
        left: elements to go.
    """

    def __init__(self, task: Task, memory: Array) -> None:
        self.task = task
        self.left = task.walk.count
        self._rows = self._walk(memory)
        self.row = next(self._rows)

    def _walk(self, memory: Array) -> Iterator[Array]:
        view = self.task.walk.view(memory)
        if view.ndim == 1:
            yield view
        else:
            yield from view

    def moved(self, count: int) -> None:
        """So many elements were."""
        self.left -= count

    def next_row(self) -> None:
        """The next of the outermost dimension."""
        if self.left:
            self.row = next(self._rows)


class HostChannel:
    """What both directions of a shim's channel share: transfers, one after the other."""

    def __init__(self, done: Callable[[Transfer], None]) -> None:
        self.queue: deque[Transfer] = deque()
        self.agent: Agent | None = None
        self.at = 0
        self._done = done
        self._flat: Array | None = None

    def start(self, transfer: Transfer) -> None:
        """After those that were started before."""
        self.queue.append(transfer)
        if self.agent is not None:
            self.agent.wake()

    def _moved(self, count: int) -> None:
        transfer = self.queue[0]
        self.at += count
        transfer.moved(count)
        if self.at == transfer.row.size:
            self.at, self._flat = 0, None
            transfer.next_row()
        if not transfer.left:
            self.queue.popleft()
            self._done(transfer)


class HostSource(HostChannel):
    """Reads host buffers."""

    def peek(self) -> Array | None:
        """Of the outermost dimension's current step."""
        if not self.queue:
            return None
        if self._flat is None:
            self._flat = self.queue[0].row.reshape(-1)
        return self._flat[self.at :] if self.at else self._flat

    def advance(self, count: int) -> None:
        """Count them."""
        self._moved(count)


class HostSink(HostChannel):
    """Writes host buffers."""

    def room(self) -> int:
        """Of the outermost dimension's current step."""
        return self.queue[0].row.size - self.at if self.queue else 0

    def take(self, chunk: Array) -> None:
        """Write them where the walk is."""
        row = self.queue[0].row
        if chunk.size == row.size:
            row[...] = chunk.reshape(row.shape)
        else:
            _put(row, self.at, chunk)
        self._moved(chunk.size)


def _put(row: Array, at: int, chunk: Array) -> None:
    """Write some elements of an array in the order of its dimensions."""
    if row.ndim == 1:
        row[at : at + chunk.size] = chunk
        return
    inner = row[0].size
    while chunk.size:
        place, start = divmod(at, inner)
        count = min(inner - start, chunk.size)
        if count == inner:
            row[place] = chunk[:count].reshape(row.shape[1:])
        else:
            _put(row[place], start, chunk[:count])
        at, chunk = at + count, chunk[count:]


class Route:
    """A stream from one channel to others, which all take the same at the same time."""

    def __init__(self, source: Source, sinks: list[Sink], ready: deque[Any]) -> None:
        self.source = source
        self.sinks = sinks
        self._ready = ready
        self._queued = False

    def wake(self) -> None:
        """Have a look soon."""
        if not self._queued:
            self._queued = True
            self._ready.append(self)

    def step(self) -> None:
        """Move what can be moved."""
        self._queued = False
        source, sinks = self.source, self.sinks
        while (chunk := source.peek()) is not None:
            count = chunk.size
            for sink in sinks:
                count = min(count, sink.room())
            if not count:
                return
            if count < chunk.size:
                chunk = chunk[:count]
            for sink in sinks:
                sink.take(chunk)
            source.advance(count)
