"""What IRON refuses, and what hardware answers with a hang or wrong numbers, is said in a sentence."""

import numpy as np
import pytest

from starling.npu.emulation.iron.dataflow import ObjectFifo
from starling.npu.emulation.iron.device import Tile
from starling.npu.emulation.iron.faults import Deadlock, Misuse
from starling.npu.emulation.iron.program import Worker, WorkerRuntimeBarrier
from starling.npu.emulation.iron.recording import TaskGroup
from starling.npu.emulation.iron.taps import TensorAccessPattern
from starling.npu.emulation.iron.values import RuntimeValue, range_
from tests.helpers.iron import (
    BF16,
    LIBRARY,
    Functions,
    array,
    kernel,
    passing,
    resolved,
    run,
    through,
)

KIND = array(16)


def launched(core, name="copy", library=LIBRARY, **options):
    return run(through(core=core, name=name, **options), *[np.zeros(64, np.int32)] * 2, library=library)


def forgets_release(inp, out, function, count):
    for _ in range_(count):
        function(inp.acquire(1), out.acquire(1))
        out.release(1)


def forgets_output(inp, out, function, count):
    for _ in range_(count):
        function(inp.acquire(1), out.acquire(1))
        inp.release(1)


def releases_twice(inp, out, function, count):
    inp.acquire(1)
    inp.release(1)
    inp.release(1)


def never_acquires(inp, out, function, count):
    out.release(1)


def acquires_too_many(inp, out, function, count):
    inp.acquire(3)


def uses_after_release(inp, out, function, count):
    given, made = inp.acquire(1), out.acquire(1)
    inp.release(1)
    function(given, made)
    out.release(1)


def branches(inp, out, function, count):
    for index in range_(count):
        if index:
            inp.acquire(1)


def counts(inp, out, function, count):
    for index in range_(count):
        for _ in range(index):
            pass


def compares(inp, out, function, count):
    for index in range_(count):
        assert index == 1


def reaches_in(inp, out, function, count):
    inp.acquire(1)[0]


def gives_too_little(inp, out, function, count):
    function(inp.acquire(1))


def gives_a_number(inp, out, function, count):
    function(inp.acquire(1), 3)


def acquires_none(inp, out, function, count):
    inp.acquire(0)


def acquires_what_only_the_core_knows(inp, out, function, count):
    for index in range_(count):
        inp.acquire(index)


@pytest.mark.parametrize(
    ("core", "message"),
    [
        (forgets_release, "left, for the next launch to trip over|spins"),
        (
            releases_twice,
            r"core \(0, 2\) \(releases_twice\) releases 1 objects of inp and holds 0: release without acq",
        ),
        (never_acquires, "release without acquire"),
        (acquires_too_many, "acquires 3 objects of inp, which has 2"),
        (uses_after_release, "an object of inp with 16 elements of int32 that the core does not hold"),
        (branches, "range_"),
        (counts, "Python decides"),
        (compares, "Python decides"),
        (reaches_in, "hand it to a kernel"),
        (gives_too_little, "takes 2 arguments, .* gives 1"),
        (gives_a_number, "gets 3, it takes 16 elements of int32"),
        (acquires_none, r"acquire\(0\)"),
        (acquires_what_only_the_core_knows, "known beforehand"),
    ],
)
def test_core_functions(core, message):
    with pytest.raises(Misuse, match=message):
        launched(core)


def test_a_missing_release_is_a_deadlock_that_says_who_waits():
    with pytest.raises(Deadlock) as raised:
        launched(forgets_output)
    text = str(raised.value)
    assert "the sequence waits for the drain of out with 256 bytes of argument 1, 256 bytes of it to go" in text


def waits_for_what_never_comes(inp, out, function, count):
    out.acquire(1)
    inp.acquire(2)


def test_a_deadlock_names_the_fifo():
    with pytest.raises(
        Deadlock, match=r"core \(0, 2\) \(waits.*\) waits for acquire\(2\) of inp as its consumer: 1 of 2"
    ):
        run(through(16, 16, core=waits_for_what_never_comes), *[np.zeros(16, np.int32)] * 2)


def test_a_core_that_holds_its_only_output_is_a_deadlock():
    def core(inp, out, function, count):
        inp.acquire(1)
        inp.release(1)
        out.acquire(2)

    with pytest.raises(Deadlock, match="the sequence waits for the drain of out"):
        run(through(16, 64, core=core), *[np.zeros(64, np.int32)] * 2)


def test_too_much_data_is_left_over():
    kind = array(4)
    inp, out = ObjectFifo(kind, name="inp"), ObjectFifo(kind, name="out")
    worker = Worker(passing, [inp.cons(), out.prod(), kernel("copy", kind, kind), 2], while_true=False)

    def sequence(given, made, fill, drain):
        fill.fill(given)
        drain.drain(made, TensorAccessPattern((64,), 0, [8], [1]), wait=True)

    design = resolved(sequence, [array(64), array(64)], [inp.prod(), out.cons()], [worker])
    with pytest.raises(Misuse, match="this is left, for the next launch to trip over: the fill of inp"):
        run(design, *[np.zeros(64, np.int32)] * 2)


def test_a_kernel_that_writes_beyond_its_object_is_found():
    def beyond(given, made):
        np.lib.stride_tricks.as_strided(made, (20,), (4,))[...] = 7

    with pytest.raises(Misuse, match="wrote beyond an object of out"):
        launched(passing, library=Functions(copy=beyond))


def test_a_transfer_that_nobody_waits_for():
    inp, out = ObjectFifo(KIND, name="inp"), ObjectFifo(KIND, name="out")
    worker = Worker(passing, [inp.cons(), out.prod(), kernel("copy", KIND, KIND), 1])

    def sequence(given, made, fill, drain):
        fill.fill(given)
        drain.drain(made)

    with pytest.raises(Misuse, match="nobody waits for the drain of out"):
        resolved(sequence, [array(64)] * 2, [inp.prod(), out.cons()], [worker])


def test_a_descriptor_is_not_taken_from_a_transfer_that_runs():
    kind = array(4)
    inp, out = ObjectFifo(kind, name="inp"), ObjectFifo(kind, name="out")
    worker = Worker(passing, [inp.cons(), out.prod(), kernel("copy", kind, kind), 1])

    def sequence(given, made, fill, drain):
        drain.drain(made, wait=True)
        for row in range(16):
            group = TaskGroup()
            fill.fill(given, TensorAccessPattern((16, 4), 4 * row, [4], [1]), group=group)
            group.finish()

    design = resolved(sequence, [array(64)] * 2, [inp.prod(tile=Tile(0, 0)), out.cons(tile=Tile(0, 0))], [worker])
    with pytest.raises(Misuse, match=r"takes descriptor 1 of tile .* still needs"):
        run(design, *[np.zeros(64, np.int32)] * 2)


def test_a_barrier_is_set_again_before_it_was_waited_for():
    barrier = WorkerRuntimeBarrier()

    def core(barrier, inp):
        inp.acquire(1)
        barrier.wait_for_value(1)
        inp.release(1)

    inp = ObjectFifo(KIND, name="inp")

    def sequence(given, fill):
        barrier.set(1)
        barrier.set(1)
        fill.fill(given, wait=True)

    design = resolved(sequence, [KIND], [inp.prod()], [Worker(core, [barrier, inp.cons()])])
    with pytest.raises(Misuse, match="was not waited for"):
        run(design, np.zeros(16, np.int32))


def test_a_barrier_is_waited_for_twice():
    barrier, inp = WorkerRuntimeBarrier(), ObjectFifo(KIND, name="inp")

    def core(barrier, inp):
        barrier.wait_for_value(1)
        inp.acquire(1)
        inp.release(1)
        barrier.wait_for_value(1)

    def sequence(given, fill):
        barrier.set(1)
        fill.fill(given, wait=True)

    design = resolved(sequence, [KIND], [inp.prod()], [Worker(core, [barrier, inp.cons()])])
    with pytest.raises(Misuse, match="waits for a barrier of 1 that it waited for already"):
        run(design, np.zeros(16, np.int32))


def test_a_barrier_that_is_never_set():
    inp, out = ObjectFifo(KIND, name="inp"), ObjectFifo(KIND, name="out")

    def core(inp, out, function, barrier):
        barrier.wait_for_value(2)
        passing(inp, out, function, 1)

    worker = Worker(core, [inp.cons(), out.prod(), kernel("copy", KIND, KIND), WorkerRuntimeBarrier()])

    def sequence(given, made, fill, drain):
        fill.fill(given)
        drain.drain(made, wait=True)

    with pytest.raises(Deadlock, match="waits for a barrier of 2, which is 0"):
        run(resolved(sequence, [KIND, KIND], [inp.prod(), out.cons()], [worker]), *[np.zeros(16, np.int32)] * 2)


@pytest.mark.parametrize(
    ("value", "kind", "accepted"),
    [
        (3, np.int32, True),
        (1 << 31, np.int32, False),
        (-(1 << 31), np.int32, True),
        (1.5, np.float32, True),
        (1.5, np.int32, False),
        (3, np.float32, False),
        ("3", np.int32, False),
        (None, np.int32, False),
        (True, np.int32, False),
        (200, np.int8, False),
    ],
)
def test_numbers_for_kernels(value, kind, accepted):
    def core(inp, out, function, value):
        given, made = inp.acquire(1), out.acquire(1)
        function(given, made, value)
        inp.release(1)
        out.release(1)

    inp, out = ObjectFifo(KIND, name="inp"), ObjectFifo(KIND, name="out")
    worker = Worker(core, [inp.cons(), out.prod(), kernel("copy", KIND, KIND, kind), value])

    def sequence(given, made, fill, drain):
        fill.fill(given)
        drain.drain(made, wait=True)

    design = resolved(sequence, [KIND, KIND], [inp.prod(), out.cons()], [worker])
    library = Functions(copy=lambda given, made, number: None)
    if accepted:
        run(design, *[np.zeros(16, np.int32)] * 2, library=library)
        return
    with pytest.raises(Misuse, match="kernel copy gets"):
        run(design, *[np.zeros(16, np.int32)] * 2, library=library)


@pytest.mark.parametrize("given", [array(16, dtype=np.float32), array(8), array(32), array(16, dtype=BF16)])
def test_objects_of_another_type_for_kernels(given):
    inp, out = ObjectFifo(KIND, name="inp"), ObjectFifo(KIND, name="out")
    worker = Worker(passing, [inp.cons(), out.prod(), kernel("copy", given, KIND), 1])

    def sequence(given, made, fill, drain):
        fill.fill(given)
        drain.drain(made, wait=True)

    design = resolved(sequence, [KIND, KIND], [inp.prod(), out.cons()], [worker])
    with pytest.raises(Misuse, match="kernel copy gets an object of inp with 16 elements of int32, it takes"):
        run(design, *[np.zeros(16, np.int32)] * 2)


@pytest.mark.parametrize(
    ("operation", "message"),
    [
        (lambda value: value + 1, ""),
        (lambda value: 2 * value - 1, ""),
        (lambda value: value // 2 % 3, ""),
        (lambda value: value + RuntimeValue(1, "index"), "MLIR has no such operation"),
        (lambda value: value + 1.5, "only integers"),
        (lambda value: int(value), "Python decides"),
        (lambda value: bool(value), "Python decides"),
        (lambda value: value < 3, "Python decides"),
        (lambda value: [1, 2][value], "Python decides"),
        (lambda value: list(range(value)), "Python decides"),
        (lambda value: list(range_(1.5)), "range_ over 1.5"),
        (lambda value: list(range_(0, 4, 0)), "counts upwards"),
        (lambda value: {value: 1}, None),
    ],
)
def test_values_of_a_core(operation, message):
    value = RuntimeValue(5, "i32")
    if message is None:
        with pytest.raises(TypeError):
            operation(value)
    elif message:
        with pytest.raises(Misuse, match=message):
            operation(value)
    else:
        assert isinstance(operation(value), RuntimeValue)


def test_values_of_a_core_wrap():
    assert (RuntimeValue((1 << 31) - 1, "i32") + 1).number == -(1 << 31)
    assert [value.number for value in range_(RuntimeValue(3, "i32"))] == [0, 1, 2]
    assert [value.number for value in range_(2, 9, 3)] == [2, 5, 8]
