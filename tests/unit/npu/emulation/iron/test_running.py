"""Designs run: transfers, splits, joins, broadcasts, parameters, barriers, and the state from launch to launch."""

import numpy as np
import pytest

from starling.npu.emulation.iron.dataflow import ObjectFifo
from starling.npu.emulation.iron.device import Tile
from starling.npu.emulation.iron.engine import Engine
from starling.npu.emulation.iron.faults import Misuse
from starling.npu.emulation.iron.loading import EmulatedProgram
from starling.npu.emulation.iron.program import Buffer, Worker, WorkerRuntimeBarrier
from starling.npu.emulation.iron.recording import TaskGroup
from starling.npu.emulation.iron.taps import TensorAccessPattern
from starling.npu.emulation.iron.values import range_
from tests.helpers.iron import (
    BF16,
    LIBRARY,
    OBJECT,
    Functions,
    array,
    as_bytes,
    kernel,
    passing,
    resolved,
    run,
    through,
)


@pytest.mark.parametrize("dtype", [np.int8, np.int32, np.float32, BF16])
@pytest.mark.parametrize("depth", [1, 2, 3])
def test_data_passes_a_core_unchanged(dtype, depth):
    given, made = np.arange(64).astype(dtype), np.zeros(64, dtype)
    ran = run(through(16, 64, dtype, depth), given, made)
    assert (made == given).all()
    assert ran.symbols == {"copy": 4}
    assert (ran.bytes_in, ran.bytes_out) == (given.nbytes, made.nbytes)


def test_a_program_runs_again_and_says_the_same():
    program = EmulatedProgram(through(), {OBJECT: LIBRARY})
    for start in (0, 100):
        given, made = np.arange(start, start + 64, dtype=np.int32), np.zeros(64, np.int32)
        ran = program.run([as_bytes(given), as_bytes(made)])
        assert (made == given).all()
        assert ran.symbols == {"copy": 4}


def test_what_a_core_reads_through_another_argument_of_the_host_is_not_seen():
    given = np.arange(64, dtype=np.int32)
    run(through(), given, given.copy())
    assert (given == np.arange(64)).all()


def split_and_join(parts=4, size=8, count=3, device="npu1", release=True):
    whole, part = array(parts * size), array(size)
    inp, out = ObjectFifo(whole, name="inp"), ObjectFifo(whole, name="out")
    offsets = [size * index for index in range(parts)]
    ins = inp.cons().split(offsets, obj_types=[part] * parts, names=[f"in{index}" for index in range(parts)])
    outs = out.prod().join(offsets, obj_types=[part] * parts, names=[f"out{index}" for index in range(parts)])
    scale = kernel("scale", part, part, np.int32)

    def core(inp, out, function, factor):
        given, made = inp.acquire(1), out.acquire(1)
        function(given, made, factor)
        if release:
            inp.release(1)
        out.release(1)

    workers = [Worker(core, [ins[index].cons(), outs[index].prod(), scale, index]) for index in range(parts)]

    def sequence(given, made, fill, drain):
        group = TaskGroup()
        fill.fill(given, group=group)
        drain.drain(made, wait=True, group=group)
        group.finish()

    data = array(count * parts * size)
    return resolved(sequence, [data, data], [inp.prod(), out.cons()], workers, device)


def scale(given, made, factor):
    made[...] = given * factor


@pytest.mark.parametrize("device", ["npu1", "npu2"])
@pytest.mark.parametrize("parts", [1, 2, 4, 6])
def test_objects_are_split_and_joined(parts, device):
    given = np.arange(3 * parts * 8, dtype=np.int32)
    made = np.zeros_like(given)
    run(split_and_join(parts, device=device), given, made, library=Functions(scale=scale))
    expected = given.reshape(3, parts, 8) * np.arange(parts)[:, None]
    assert (made.reshape(3, parts, 8) == expected).all()


def test_every_consumer_gets_everything():
    kind = array(8)
    inp = ObjectFifo(kind, name="inp")
    outs = [ObjectFifo(kind, name=f"out{index}") for index in range(4)]
    workers = [Worker(passing, [inp.cons(), out.prod(), kernel("copy", kind, kind), 2]) for out in outs]

    def sequence(given, *rest):
        made, fill, drains = rest[:4], rest[4], rest[5]
        fill.fill(given)
        for drain, into in zip(drains, made, strict=True):
            drain.drain(into, wait=True)

    design = resolved(sequence, [array(16)] * 5, [inp.prod(), [out.cons() for out in outs]], workers)
    given = np.arange(16, dtype=np.int32)
    made = [np.zeros_like(given) for _ in outs]
    run(design, given, *made)
    assert all((entry == given).all() for entry in made)


def test_a_forwarded_object_may_be_cut_into_smaller_ones():
    inp, out = ObjectFifo(array(32), name="inp"), ObjectFifo(array(8), name="out")
    small = inp.cons().forward(obj_type=array(8), name="small")
    worker = Worker(passing, [small.cons(), out.prod(), kernel("double", array(8), array(8)), 4])

    def sequence(given, made, fill, drain):
        fill.fill(given)
        drain.drain(made, wait=True)

    given, made = np.arange(64, dtype=np.int32), np.zeros(64, np.int32)
    run(resolved(sequence, [array(64)] * 2, [inp.prod(), out.cons()], [worker]), given, made)
    assert (made == 2 * given).all()


def test_a_flat_kernel_takes_an_object_of_two_dimensions():
    kind, flat = array(4, 4), array(16)
    inp, out = ObjectFifo(kind, name="inp"), ObjectFifo(kind, name="out")
    worker = Worker(passing, [inp.cons(), out.prod(), kernel("copy", flat, flat), 1])

    def sequence(given, made, fill, drain):
        fill.fill(given)
        drain.drain(made, wait=True)

    given, made = np.arange(16, dtype=np.int32), np.zeros(16, np.int32)
    run(resolved(sequence, [array(16)] * 2, [inp.prod(), out.cons()], [worker]), given, made)
    assert (made == given).all()


def counted(barrier=True, value=3):
    """A loop count that reaches the core at run time."""
    kind = array(8)
    inp, out = ObjectFifo(kind, name="inp"), ObjectFifo(kind, name="out")
    parameter = Buffer(array(2), name="parameter", use_write_rtp=True, initial_value=np.zeros(2, np.int32))
    lock = WorkerRuntimeBarrier()

    def core(inp, out, function, parameter, lock):
        if barrier:
            lock.wait_for_value(1)
        for _ in range_(parameter[0] - 1):
            given, made = inp.acquire(1), out.acquire(1)
            function(given, made, parameter[1])
            inp.release(1)
            out.release(1)
        if barrier:
            lock.wait_for_value(2)

    scale = kernel("scale", kind, kind, np.int32)
    worker = Worker(core, [inp.cons(), out.prod(), scale, parameter, lock])

    def sequence(given, made, fill, drain):
        parameter[0] = value + 1
        parameter[1] = 7
        lock.set(1)
        group = TaskGroup()
        fill.fill(given, group=group)
        drain.drain(made, wait=True, group=group)
        group.finish()
        lock.set(2)

    return resolved(sequence, [array(8 * value)] * 2, [inp.prod(), out.cons()], [worker])


def test_parameters_reach_the_core_behind_a_barrier():
    engine = Engine(counted(), {OBJECT: Functions(scale=scale)})
    for _ in range(3):
        given, made = np.arange(24, dtype=np.int32), np.zeros(24, np.int32)
        engine.run([as_bytes(given), as_bytes(made)])
        assert (made == 7 * given).all()


def test_a_parameter_that_is_read_without_a_barrier_is_read_too_early():
    with pytest.raises(Misuse, match="spins"):
        run(counted(barrier=False), *[np.zeros(24, np.int32)] * 2, library=Functions(scale=scale))


def test_a_fifo_may_go_back_to_its_own_core():
    kind = array(8)
    inp, own, out = (ObjectFifo(kind, name=name) for name in ("inp", "own", "out"))

    def core(inp, own_prod, own_cons, out, function):
        given, kept = inp.acquire(1), own_prod.acquire(1)
        function(given, kept)
        inp.release(1)
        own_prod.release(1)
        kept, made = own_cons.acquire(1), out.acquire(1)
        function(kept, made)
        own_cons.release(1)
        out.release(1)

    ends = [inp.cons(), own.prod(), own.cons(), out.prod()]
    worker = Worker(core, [*ends, kernel("double", kind, kind)])

    def sequence(given, made, fill, drain):
        fill.fill(given)
        drain.drain(made, wait=True)

    given, made = np.arange(16, dtype=np.int32), np.zeros(16, np.int32)
    run(resolved(sequence, [array(16)] * 2, [inp.prod(), out.cons()], [worker]), given, made)
    assert (made == 4 * given).all()


def test_several_objects_are_held_at_once():
    kind = array(4)
    inp, out = ObjectFifo(kind, 3, name="inp"), ObjectFifo(kind, 2, name="out")

    def core(inp, out, function):
        both = inp.acquire(2)
        made = out.acquire(1)
        function(both[0], both[1], made)
        inp.release(1)
        out.release(1)

    def add(first, second, made):
        made[...] = first + second

    worker = Worker(core, [inp.cons(), out.prod(), kernel("add", kind, kind, kind)])

    def sequence(given, made, fill, drain):
        fill.fill(given)
        drain.drain(made, wait=True)

    given, made = np.arange(20, dtype=np.int32), np.zeros(16, np.int32)
    design = resolved(sequence, [array(20), array(16)], [inp.prod(), out.cons()], [worker])
    run(design, given, made, library=Functions(add=add))
    rows = given.reshape(5, 4)
    assert (made.reshape(4, 4) == rows[:-1] + rows[1:]).all()


def test_memory_that_nobody_wrote_holds_a_pattern():
    given, made = np.zeros(64, np.int32), np.zeros(64, np.int32)
    run(through(), given, made, library=Functions(copy=lambda given, made: None))
    assert (made.view(np.uint8) == 0xAA).all()


def test_a_program_goes_on_in_another_thread():
    import threading

    program = EmulatedProgram(through(), {OBJECT: LIBRARY})
    results = []

    def once():
        given, made = np.arange(64, dtype=np.int32), np.zeros(64, np.int32)
        program.run([as_bytes(given), as_bytes(made)])
        results.append((made == given).all())

    once()
    for _ in range(3):  # threads that end before the next begins have the same number
        thread = threading.Thread(target=once)
        thread.start()
        thread.join()
    once()
    assert results == [True] * 5


def test_a_program_that_nobody_has_any_more_leaves_no_memory():
    import gc
    import weakref

    program = EmulatedProgram(through(), {OBJECT: LIBRARY})
    program.run([np.zeros(256, np.uint8), np.zeros(256, np.uint8)])
    left = weakref.ref(program._engine)
    del program
    gc.collect()
    assert left() is None


def test_a_program_is_loaded_anew_after_a_fault():
    failing = [True]

    def sometimes(given, made):
        if failing:
            raise Misuse("once")
        made[...] = given

    program = EmulatedProgram(through(), {OBJECT: Functions(copy=sometimes)})
    given, made = np.arange(64, dtype=np.int32), np.zeros(64, np.int32)
    with pytest.raises(Misuse, match="once"):
        program.run([as_bytes(given), as_bytes(made)])
    failing.clear()
    program.run([as_bytes(given), as_bytes(made)])
    assert (made == given).all()


def test_rows_of_a_matrix_are_sent_again_for_each_column_of_tiles():
    kind = array(8)
    inp, out = ObjectFifo(kind, name="inp"), ObjectFifo(kind, name="out")
    worker = Worker(passing, [inp.cons(), out.prod(), kernel("copy", kind, kind), 1])

    def sequence(given, made, fill, drain):
        fill.fill(given, TensorAccessPattern((4, 8), 8, [3, 1, 2, 8], [0, 0, 16, 1]))
        drain.drain(made, wait=True)

    given, made = np.arange(32, dtype=np.int32), np.zeros(48, np.int32)
    run(resolved(sequence, [array(32), array(48)], [inp.prod(), out.cons()], [worker]), given, made)
    assert (made.reshape(3, 2, 8) == given.reshape(4, 8)[[1, 3]]).all()


def test_where_a_worker_sits_is_as_asked():
    design = through()
    assert next(iter(design.places.values())) == (0, 2)
    assert design.tiles.at((0, 2)).memory == {"stack": 1024, "inp": 128, "out": 128}


def test_a_launch_is_deterministic():
    order = []

    def noting(given, made, factor):
        order.append(factor)
        made[...] = given

    seen = set()
    for _ in range(3):
        order.clear()
        given = np.arange(3 * 4 * 8, dtype=np.int32)
        run(split_and_join(), given, given.copy(), library=Functions(scale=noting))
        seen.add(tuple(order))
    assert len(seen) == 1


def test_tiles_may_be_left_to_the_emulation():
    design = split_and_join(6)
    places = {place for place in design.places.values() if place[1] >= 2}
    assert places == {(0, 2), (0, 3), (0, 4), (0, 5), (1, 2), (1, 3)}
    assert Tile(1, 2).col == 1


@pytest.mark.alone
def test_20_000_calls_take_less_than_6_seconds():
    import time

    given, made = np.zeros(20_000 * 16, np.int32), np.zeros(20_000 * 16, np.int32)
    design = through(16, given.size)
    started = time.perf_counter()
    assert run(design, given, made).symbols == {"copy": 20_000}
    assert time.perf_counter() - started < 6
