"""From a program to a placed design: every fifo has its ends, every tile its budget, every transfer its descriptors.

The 16 KB of program memory of a core cannot be checked here: only Peano knows how large a core's code is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from starling.npu.emulation.iron import recording
from starling.npu.emulation.iron.budgets import Place, Tiles, kind_of
from starling.npu.emulation.iron.dataflow import HOST, Handle, Link, ObjectFifo
from starling.npu.emulation.iron.device import CORE_ROWS, FIRST_CORE_ROW, MEM_ROW, SHIM_ROW, place
from starling.npu.emulation.iron.faults import BudgetExceeded, DmaLimit, Misuse
from starling.npu.emulation.iron.walks import CORE, MEM, Walk, check

if TYPE_CHECKING:
    from starling.npu.emulation.iron.program import Program, Worker

_LIMITS = {"core": CORE, "mem tile": MEM}
_CORES = range(FIRST_CORE_ROW, FIRST_CORE_ROW + CORE_ROWS)


@dataclass
class Design:
    """What runs.

    Attributes:
        device: ``npu1`` or ``npu2``.
        workers: with their places.
        fifos: all of them, in order of discovery.
        data: the host buffers.
        operations: of the sequence.
        places: of workers, links and host ends, by identity.
        tiles: what each tile holds.
    """

    device: str
    workers: list[Worker]
    fifos: list[ObjectFifo]
    data: list[recording.RuntimeData]
    operations: list[recording.Operation]
    tiles: Tiles
    places: dict[int, Place] = field(default_factory=dict)

    def place(self, end: Handle) -> Place:
        """Where an end is."""
        return self.places[id(end if end.owner == HOST else end.owner)]


def resolve(program: Program) -> Design:
    """Place a program and check it.

    Raises:
        Misuse: an end is missing.
        BudgetExceeded: a tile is too small for it.
        DmaLimit: a buffer descriptor cannot express a transfer.
    """
    columns = program.device.columns
    fifos = _fifos(program)
    design = Design(program.device.name, program.workers, fifos, program.runtime.data, [], Tiles(columns))
    _place_workers(design, columns)
    _place_links(design, columns)
    _place_host_ends(design, columns)
    for fifo in fifos:
        _take_budgets(design, fifo)
    design.tiles.check()
    record = recording.record(program.runtime.sequence, program.runtime.arguments)
    design.operations = record.operations
    _check_descriptors(design)
    return design


def _fifos(program: Program) -> list[ObjectFifo]:
    found: list[ObjectFifo] = []
    ends = [handle for worker in program.workers for handle in worker.handles] + program.runtime.handles
    frontier = [handle.fifo for handle in ends]
    while frontier:
        fifo = frontier.pop(0)
        if fifo in found:
            continue
        found.append(fifo)
        for end in _ends(fifo):
            if isinstance(end.owner, Link):
                frontier += [end.owner.whole, *end.owner.parts]
    names = [fifo.name for fifo in found]
    for fifo in found:
        if names.count(fifo.name) > 1:
            raise Misuse(f"two fifos are called {fifo.name}")
        _check_owners(fifo, program)
    return found


def _ends(fifo: ObjectFifo) -> list[Handle]:
    return ([fifo.producer] if fifo.producer else []) + fifo.consumers


def _check_owners(fifo: ObjectFifo, program: Program) -> None:
    if fifo.producer is None or fifo.producer.owner is None:
        raise Misuse(f"nobody produces for {fifo.name}")
    if not fifo.consumers:
        raise Misuse(f"nobody consumes from {fifo.name}")
    for end in _ends(fifo):
        if end.owner is None:
            raise Misuse(f"nobody uses a {end!r} that was made")
        if end.owner != HOST and not isinstance(end.owner, Link) and end.owner not in program.workers:
            raise Misuse(f"{end!r} belongs to a Worker that is not in Program(workers=…)")


def _place_workers(design: Design, columns: int) -> None:
    free = [(column, row) for column in range(columns) for row in _CORES]
    wishes = [(worker, *place(worker.tile, _CORES, columns, "a Worker")) for worker in design.workers]
    for worker, column, row in sorted(wishes, key=lambda wish: (wish[1] is None) + (wish[2] is None)):
        fits = [tile for tile in free if column in (None, tile[0]) and row in (None, tile[1])]
        if not fits:
            raise BudgetExceeded(f"no core is free for a Worker at column {column}, row {row} of {design.device}")
        free.remove(fits[0])
        design.places[id(worker)] = fits[0]
        tile = design.tiles.at(fits[0])
        tile.take_memory("stack", worker.stack)
        for buffer in worker.buffers:
            tile.take_memory(buffer.name, buffer.type.nbytes)
        tile.take_locks("barriers", len(worker.barriers))


def _links(design: Design) -> Iterator[Link]:
    seen = set()
    for fifo in design.fifos:
        for end in _ends(fifo):
            if isinstance(end.owner, Link) and id(end.owner) not in seen:
                seen.add(id(end.owner))
                yield end.owner


def _place_links(design: Design, columns: int) -> None:
    links = [(link, place(link.tile, range(MEM_ROW, MEM_ROW + 1), columns, repr(link))[0]) for link in _links(design)]
    for link, column in sorted(links, key=lambda wish: wish[1] is None):
        count, nbytes = len(link.parts), link.depth * link_elements(link) * link.whole.type.dtype.itemsize
        need = (count, 1) if link.joins else (1, count)
        chosen = column if column is not None else design.tiles.first_fit(MEM_ROW, need, nbytes)
        design.places[id(link)] = (chosen, MEM_ROW)
        design.tiles.at((chosen, MEM_ROW)).take_memory(repr(link), nbytes)
        design.tiles.reserve((chosen, MEM_ROW), need)


def link_elements(link: Link) -> int:
    """Of one object in the mem tile."""
    return sum(segment_elements(link, index) for index in range(len(link.parts)))


def segment_elements(link: Link, index: int) -> int:
    """Of one segment; a forwarded object is the larger of both fifos'."""
    if link.joins or len(link.parts) > 1:
        return link.segment(index)
    sizes = sorted((link.whole.type.size, link.parts[0].type.size))
    if sizes[1] % sizes[0]:
        raise Misuse(f"{link!r}: objects of {sizes[1]} elements are no whole objects of {sizes[0]}")
    return sizes[1]


def _place_host_ends(design: Design, columns: int) -> None:
    ends = [end for fifo in design.fifos for end in _ends(fifo) if end.owner == HOST]
    wishes = [(end, place(end.tile, range(SHIM_ROW, SHIM_ROW + 1), columns, repr(end))[0]) for end in ends]
    for end, column in sorted(wishes, key=lambda wish: wish[1] is None):
        need = (0, 1) if end.produces else (1, 0)
        chosen = column if column is not None else design.tiles.first_fit(SHIM_ROW, need, 0)
        design.places[id(end)] = (chosen, SHIM_ROW)
        design.tiles.reserve((chosen, SHIM_ROW), need)


def _take_budgets(design: Design, fifo: ObjectFifo) -> None:
    producer = fifo.producer
    assert producer is not None
    looped = is_loop(fifo)
    for end in _ends(fifo):
        at = design.place(end)
        tile = design.tiles.at(at)
        if not looped:
            tile.take_channel(repr(end), outgoing=end.produces)
        if end.owner == HOST:
            if (fifo.to_stream if end.produces else end.from_stream) is not None:
                raise Misuse(f"{end!r} is the host's: its access pattern is the tap, not dims of the fifo")
            continue
        _check_walk(fifo, end, kind_of(at))
        if isinstance(end.owner, Link):
            tile.take_descriptors(repr(end), _link_descriptors(fifo, end))
        elif not looped or end.produces:
            tile.take_memory(fifo.name, end.depth * fifo.type.nbytes)
            tile.take_locks(repr(end), 2)
            tile.take_descriptors(repr(end), 0 if looped else end.depth)


def is_loop(fifo: ObjectFifo) -> bool:
    """Whether it never leaves its core."""
    assert fifo.producer is not None
    return len(fifo.consumers) == 1 and fifo.consumers[0].owner is fifo.producer.owner


def _link_descriptors(fifo: ObjectFifo, end: Handle) -> int:
    link: Link = end.owner
    return link.depth * (len(link.parts) if fifo is link.whole else 1)


def transfer_elements(fifo: ObjectFifo, end: Handle) -> list[int]:
    """Elements of each transfer at an end, in turn."""
    if not isinstance(end.owner, Link):
        return [fifo.type.size]
    link = end.owner
    if fifo is link.whole:
        return [segment_elements(link, index) for index in range(len(link.parts))]
    return [segment_elements(link, link.parts.index(fifo))]


def walk_at(fifo: ObjectFifo, end: Handle) -> Walk | None:
    """How the DMA at an end walks each transfer."""
    return fifo.to_stream if end.produces else end.from_stream


def _check_walk(fifo: ObjectFifo, end: Handle, kind: str) -> None:
    walk = walk_at(fifo, end)
    if walk is None:
        return
    check(walk, fifo.type.dtype.itemsize, _LIMITS[kind], f"{end!r}")
    for elements in transfer_elements(fifo, end):
        if walk.count != elements or walk.last >= elements:
            raise DmaLimit(
                f"{end!r}: its dims walk {walk.count} elements up to number {walk.last} of objects of {elements}"
            )
    if is_loop(fifo):
        raise Misuse(f"{end!r}: dims of a fifo that never leaves its core do nothing")


def _check_descriptors(design: Design) -> None:
    active: dict[int, int] = {}
    for operation in design.operations:
        if operation.verb not in ("start", "await", "free"):
            continue
        task: Any = operation.subject
        column = design.place(task.end)[0]
        active[column] = active.get(column, 0) + (1 if operation.verb == "start" else -1)
        design.tiles.check_descriptors(column, active[column], task)
