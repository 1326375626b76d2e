"""Every budget and every limit of a descriptor, at its edge."""

import numpy as np
import pytest

from starling.npu.emulation.iron.dataflow import ObjectFifo
from starling.npu.emulation.iron.device import Tile
from starling.npu.emulation.iron.faults import BudgetExceeded, DmaLimit, Misuse, OutOfBounds
from starling.npu.emulation.iron.program import Buffer, Worker, WorkerRuntimeBarrier
from starling.npu.emulation.iron.recording import TaskGroup
from starling.npu.emulation.iron.taps import TensorAccessPattern
from starling.npu.emulation.iron.walks import CORE, MEM, SHIM, Limits, Walk, check
from tests.helpers.iron import array, kernel, passing, resolved, run, through

KIB = 1 << 10


def nothing(*_):
    pass


@pytest.mark.parametrize(
    ("limits", "sizes", "strides", "itemsize", "accepted"),
    [
        # Innermost: counted in words.
        (SHIM, (2, 1023), (2048, 1), 4, True),
        (SHIM, (2, 1024), (2048, 1), 4, False),
        (SHIM, (2, 2046), (4096, 1), 2, True),
        (SHIM, (2, 2048), (4096, 1), 2, False),
        (SHIM, (2, 4092), (8192, 1), 1, True),
        (SHIM, (2, 4096), (8192, 1), 1, False),
        # Second dimension.
        (SHIM, (1023, 4), (8, 1), 4, True),
        (SHIM, (1024, 4), (8, 1), 4, False),
        # The third of a shim is derived from the length, the fourth counts iterations.
        (SHIM, (5000, 2, 4), (32, 8, 1), 4, True),
        (SHIM, (64, 1, 2, 4), (0, 0, 8, 1), 4, True),
        (SHIM, (65, 1, 2, 4), (0, 0, 8, 1), 4, False),
        (SHIM, (3, 2, 4), (0, 8, 1), 4, False),
        (SHIM, (1, 1, 1, 1, 4), (0, 0, 0, 0, 1), 4, False),
        # Steps.
        (SHIM, (2, 4), (1 << 20, 1), 4, True),
        (SHIM, (2, 4), ((1 << 20) + 1, 1), 4, False),
        (SHIM, (2, 4), (1 << 21, 1), 2, True),
        (SHIM, (2, 4), ((1 << 21) + 2, 1), 2, False),
        # Contiguous: no sizes are needed.
        (SHIM, (1 << 22,), (1,), 2, True),
        (SHIM, (4, 1024, 1024), (1 << 20, 1024, 1), 4, True),
        (MEM, (2048, 16), (16, 1), 2, True),
        # Granularity.
        (SHIM, (2, 3), (8, 1), 2, False),
        (SHIM, (2, 4), (7, 1), 2, False),
        (SHIM, (2, 4), (6, 1), 1, False),
        (SHIM, (2, 4), (8, 1), 1, True),
        (SHIM, (4, 2), (2, 2), 2, False),
        (SHIM, (4, 2), (4, 2), 4, True),
        (SHIM, (8,), (2,), 4, False),
        (SHIM, (3, 1, 1, 8), (16, 0, 0, 2), 4, False),
        (MEM, (8,), (2,), 4, True),
        # Mem tile.
        (MEM, (1023, 2), (4, 1), 4, True),
        (MEM, (1024, 2), (4, 1), 4, False),
        (MEM, (2, 1023), (2048, 1), 4, True),
        (MEM, (2, 1024), (2048, 1), 4, False),
        (MEM, (2, 2), (1 << 17, 1), 4, True),
        (MEM, (2, 2), ((1 << 17) + 1, 1), 4, False),
        (MEM, (2, 2, 2, 2), (64, 16, 4, 1), 4, True),
        (MEM, (2, 2, 2, 2, 2), (256, 64, 16, 4, 1), 4, False),
        (MEM, (2, 4), (0, 1), 4, False),
        # Core.
        (CORE, (255, 2), (4, 1), 4, True),
        (CORE, (256, 2), (4, 1), 4, False),
        (CORE, (2, 255), (512, 1), 4, True),
        (CORE, (2, 256), (512, 1), 4, False),
        (CORE, (2, 2), (8192, 1), 4, True),
        (CORE, (2, 2), (8193, 1), 4, False),
        (CORE, (2, 2, 2), (16, 4, 1), 4, True),
        (CORE, (2, 2, 2, 2), (64, 16, 4, 1), 4, False),
    ],
)
def test_descriptors(limits: Limits, sizes, strides, itemsize, accepted):
    walk = Walk(0, sizes, strides)
    if accepted:
        check(walk, itemsize, limits, "it")
        return
    with pytest.raises(DmaLimit, match=limits.kind):
        check(walk, itemsize, limits, "it")


@pytest.mark.parametrize(("offset", "itemsize", "accepted"), [(1, 4, True), (1, 2, False), (2, 2, True), (3, 1, False)])
def test_offsets_are_whole_words(offset, itemsize, accepted):
    if accepted:
        check(Walk(offset, (4,), (1,)), itemsize, SHIM, "it")
    else:
        with pytest.raises(DmaLimit, match="offset"):
            check(Walk(offset, (4,), (1,)), itemsize, SHIM, "it")


@pytest.mark.parametrize(("stack", "accepted"), [(1024, True), (1025, False), (0, True)])
def test_a_core_has_64_kb_with_its_stack_and_both_its_fifos(stack, accepted):
    # Two fifos of two objects of 16,128 bytes.
    size = (64 * KIB - 1024) // 4 // 4
    if accepted:
        through(size, size, stack=stack)
        return
    with pytest.raises(BudgetExceeded, match="65537 bytes, 65536 at most: stack 1025, inp 32256, out 32256"):
        through(size, size, stack=stack)


def forwarded(nbytes, depth=2):
    inp, out = ObjectFifo(array(nbytes // 4), depth, name="inp"), ObjectFifo(array(64), name="out")
    small = inp.cons().forward(obj_type=array(64), name="small", depth=2)
    worker = Worker(passing, [small.cons(), out.prod(), kernel("copy", array(64), array(64)), 1])

    def sequence(given, made, fill, drain):
        fill.fill(given)
        drain.drain(made, wait=True)

    data = array(nbytes // 4)
    return resolved(sequence, [data, data], [inp.prod(), out.cons()], [worker])


def test_a_mem_tile_has_512_kb():
    forwarded(256 * KIB)
    with pytest.raises(BudgetExceeded, match="no mem tile has"):
        forwarded(256 * KIB + 256)


def pinned_mem(count, nbytes):
    """``count`` fifos through one mem tile."""
    fifos = [ObjectFifo(array(nbytes // 4), 1, name=f"inp{index}") for index in range(count)]
    outs = [ObjectFifo(array(4), name=f"out{index}") for index in range(count)]
    workers, fills = [], []
    for fifo, out in zip(fifos, outs, strict=True):
        small = fifo.cons().forward(obj_type=array(4), name=f"{fifo.name}s", tile=Tile(0, 1))
        workers.append(Worker(nothing, [small.cons(), out.prod()], while_true=False))
        fills.append(fifo.prod())
    drains = [out.cons() for out in outs]
    return resolved(nothing, [], [fills, drains], workers)


@pytest.mark.parametrize(
    ("count", "nbytes", "message"),
    [
        (6, 16, ""),
        (7, 16, "7 DMA channels in, a mem tile has 6"),
        (4, 128 * KIB, ""),
        (4, 128 * KIB + 16, "524352 bytes, 524288 at most"),
    ],
)
def test_one_mem_tile(count, nbytes, message):
    if not message:
        pinned_mem(count, nbytes)
        return
    with pytest.raises(BudgetExceeded, match=message):
        pinned_mem(count, nbytes)


def ends(inputs, outputs, depth=1, barriers=0, tile=None):
    """A worker with so many fifos to the host."""
    ins = [ObjectFifo(array(4), depth, name=f"in{index}") for index in range(inputs)]
    outs = [ObjectFifo(array(4), depth, name=f"out{index}") for index in range(outputs)]
    worker = Worker(
        nothing,
        [
            [fifo.cons() for fifo in ins],
            [fifo.prod() for fifo in outs],
            [WorkerRuntimeBarrier() for _ in range(barriers)],
        ],
        while_true=False,
    )
    host = [fifo.prod(tile=tile) for fifo in ins] + [fifo.cons(tile=tile) for fifo in outs]
    return resolved(nothing, [], host, [worker])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"inputs": 2, "outputs": 2}, ""),
        ({"inputs": 3, "outputs": 1}, "3 DMA channels in, a core has 2: in0.cons"),
        ({"inputs": 1, "outputs": 3}, "3 DMA channels out, a core has 2"),
        ({"inputs": 2, "outputs": 2, "depth": 4}, ""),
        ({"inputs": 2, "outputs": 2, "depth": 5}, "20 buffer descriptors, a core has 16"),
        ({"inputs": 2, "outputs": 2, "barriers": 8}, ""),
        ({"inputs": 2, "outputs": 2, "barriers": 9}, "17 locks, a core has 16"),
        ({"inputs": 2, "outputs": 1, "tile": Tile(1, 0)}, ""),
    ],
)
def test_channels_descriptors_and_locks_of_a_core(arguments, message):
    if not message:
        ends(**arguments)
        return
    with pytest.raises(BudgetExceeded, match=message):
        ends(**arguments)


def many(workers, device="npu1", tile=None):
    fifos = [ObjectFifo(array(4), name=f"f{index}") for index in range(workers)]
    made = [Worker(nothing, [fifo.cons()], while_true=False) for fifo in fifos]
    return resolved(nothing, [], [fifo.prod(tile=tile) for fifo in fifos], made, device)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((8, "npu1"), ""),
        ((9, "npu1"), "no shim has 1 channels in|no shim has 0 channels in, 1 out"),
        ((16, "npu2"), ""),
        ((17, "npu1"), "no core is free"),
        ((33, "npu2"), "no core is free"),
        ((2, "npu1", Tile(3, 0)), ""),
        ((3, "npu1", Tile(3, 0)), "3 DMA channels out, a shim has 2"),
    ],
)
def test_cores_and_shims(arguments, message):
    if not message:
        many(*arguments)
        return
    with pytest.raises(BudgetExceeded, match=message):
        many(*arguments)


@pytest.mark.parametrize("tile", [Tile(4, 2), Tile(0, 6), Tile(0, 1), (0, 2)])
def test_tiles_that_are_no_cores(tile):
    with pytest.raises(Misuse):
        resolved(nothing, [], [], [Worker(nothing, [], tile=tile)])


def tasks(count, group_of):
    """``count`` transfers to one core, ``group_of`` in each TaskGroup, and one back."""
    kind = array(4)
    inp, out = ObjectFifo(kind, name="inp"), ObjectFifo(kind, name="out")
    worker = Worker(passing, [inp.cons(), out.prod(), kernel("copy", kind, kind), count])

    def sequence(given, made, fill, drain):
        for start in range(0, count, group_of):
            group = TaskGroup()
            rows = range(start, min(count, start + group_of))
            for row in rows:
                fill.fill(given, TensorAccessPattern((count, 4), 4 * row, [4], [1]), group=group)
            tap = TensorAccessPattern((count, 4), 4 * start, [4 * len(rows)], [1])
            drain.drain(made, tap, wait=True, group=group)
            group.finish()

    data = array(4 * count)
    return resolved(sequence, [data, data], [inp.prod(tile=Tile(0, 0)), out.cons(tile=Tile(0, 0))], [worker])


def test_a_shim_holds_16_transfers():
    tasks(15, 15)
    tasks(150, 15)
    with pytest.raises(BudgetExceeded, match=r"Too many simultaneously active buffer descriptors on tile \(0, 0\)"):
        tasks(16, 16)


@pytest.mark.parametrize(("count", "accepted"), [(4, True), (5, False)])
def test_a_channel_takes_four_transfers_before_one_is_done(count, accepted):
    memory = [np.arange(4 * count, dtype=np.int32), np.zeros(4 * count, np.int32)]
    if accepted:
        run(tasks(count, count), *memory)
        assert (memory[0] == memory[1]).all()
        return
    with pytest.raises(BudgetExceeded, match="comes while 4 transfers of that fifo are under way"):
        run(tasks(count, count), *memory)


def test_transfers_that_are_waited_for_make_room():
    memory = [np.arange(160, dtype=np.int32), np.zeros(160, np.int32)]
    run(tasks(40, 4), *memory)
    assert (memory[0] == memory[1]).all()


@pytest.mark.parametrize(
    ("tap", "fault", "message"),
    [
        (TensorAccessPattern((64,), 48, [16], [1]), None, ""),
        (TensorAccessPattern((80,), 49, [16], [1]), OutOfBounds, "reaches element 64, the buffer has 64"),
        (TensorAccessPattern((80,), 64, [16], [1]), OutOfBounds, "reaches element 79, the buffer has 64"),
        (TensorAccessPattern((64,), 0, [5, 16], [16, 1]), OutOfBounds, "79"),
        (TensorAccessPattern((64,), 0, [24], [1]), DmaLimit, "no whole objects of 16"),
        (TensorAccessPattern((64,), 0, [2, 2, 2, 2, 4], [32, 16, 8, 4, 1]), DmaLimit, "5 dimensions"),
    ],
)
def test_transfers_of_host_buffers(tap, fault, message):
    kind = array(16)
    inp, out = ObjectFifo(kind, name="inp"), ObjectFifo(kind, name="out")
    worker = Worker(passing, [inp.cons(), out.prod(), kernel("copy", kind, kind), 1])

    def sequence(given, made, fill, drain):
        fill.fill(given, tap)
        drain.drain(made, wait=True)

    arguments = (sequence, [array(64), array(64)], [inp.prod(), out.cons()], [worker])
    if fault is None:
        resolved(*arguments)
        return
    with pytest.raises(fault, match=message):
        resolved(*arguments)


@pytest.mark.parametrize(
    ("dims", "fault"),
    [
        ([(4, 4), (4, 1)], None),
        ([(2, 4), (4, 1)], DmaLimit),
        ([(4, 8), (4, 1)], DmaLimit),
        ([(4, 1), (4, 4)], None),
        ([4, 4], Misuse),
        ([(2, 8), (2, 4), (2, 2), (2, 1)], None),
        ([(1, 16), (2, 8), (2, 4), (2, 2), (2, 1)], DmaLimit),
    ],
)
def test_dims_of_a_mem_tile(dims, fault):
    def build():
        inp, out = ObjectFifo(array(16), name="inp"), ObjectFifo(array(16), name="out")
        small = inp.cons().forward(name="small", dims_to_stream=dims)
        worker = Worker(passing, [small.cons(), out.prod(), kernel("copy", array(16), array(16)), 1])
        return resolved(nothing, [], [inp.prod(), out.cons()], [worker])

    if fault is None:
        build()
        return
    with pytest.raises(fault):
        build()


def test_a_buffer_counts():
    big = Buffer(np.ndarray[(63 * KIB,), np.dtype[np.int8]], name="big")
    resolved(nothing, [], [], [Worker(nothing, [big])])
    more = Buffer(np.ndarray[(63 * KIB + 4,), np.dtype[np.int8]], name="more")
    with pytest.raises(BudgetExceeded, match="more 64516"):
        resolved(nothing, [], [], [Worker(nothing, [more])])
