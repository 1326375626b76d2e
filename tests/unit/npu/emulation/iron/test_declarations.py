"""What IRON refuses of a design before anything runs."""

import numpy as np
import pytest

from starling.npu.emulation.iron.dataflow import ObjectFifo
from starling.npu.emulation.iron.device import NPU1
from starling.npu.emulation.iron.engine import Engine
from starling.npu.emulation.iron.faults import Misuse, OutOfBounds
from starling.npu.emulation.iron.program import Buffer, Kernel, Program, Runtime, Worker, WorkerRuntimeBarrier
from starling.npu.emulation.iron.recording import TaskGroup
from starling.npu.emulation.iron.taps import TensorAccessPattern
from tests.helpers.iron import LIBRARY, OBJECT, array, as_bytes, passing, resolved, through

KIND = array(16)


def fifo(**options):
    return ObjectFifo(KIND, **options)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: ObjectFifo(np.ndarray, name="a"), "no array type"),
        (lambda: ObjectFifo(array(0)), "positive sizes"),
        (lambda: ObjectFifo(array(4, dtype=np.float64)), "an NPU has"),
        (lambda: ObjectFifo(array(4, dtype=np.int64)), "an NPU has"),
        (lambda: fifo(depth=0), "starts at 1"),
        (lambda: fifo(depth=None).cons(), "starts at 1"),
        (lambda: fifo(dims_to_stream=[(1, 2, 3)]), "no pairs"),
        (lambda: fifo().prod().split([0]), "only a consumer's end is split"),
        (lambda: fifo().prod().forward(), "only a consumer's end is forwarded"),
        (lambda: fifo().cons().join([0]), "only a producer's end is joined"),
        (lambda: fifo().cons().split([0, 8], obj_types=[array(8)]), "1 values for 2 offsets"),
        (lambda: fifo().cons().split([0, 8], obj_types=[array(4)] * 2), "hardware drops or repeats"),
        (lambda: fifo().cons().split([0, 4], obj_types=[array(8)] * 2), "hardware drops or repeats"),
        (lambda: fifo().cons().split([0, 8], obj_types=[array(8), array(4)]), "12 elements, its objects 16"),
        (lambda: fifo().cons().split([0], obj_types=[array(16, dtype=np.float32)]), "float32 elements"),
        (lambda: Worker(passing, [fifo()]), "Cannot give an ObjectFifo"),
        (lambda: Runtime(passing, [fifo()]), "Cannot give an ObjectFifo"),
        (lambda: Runtime(passing, [np.int32]), "not emulated"),
        (lambda: Worker(passing, [Kernel("a", "a.o", []), Kernel("b", "b.o", [])]), "one object file"),
        (lambda: Worker(passing, [], stack_size=-1), "stack"),
        (lambda: Buffer(), "type, initial value, or both"),
        (lambda: Buffer(array(4), initial_value=np.zeros(3, np.int32)), "initial value"),
        (lambda: Buffer(array(4, dtype=np.float32), use_write_rtp=True), "int32"),
        (lambda: Buffer(array(4))[0], "outside a core function"),
        (lambda: Buffer(array(4)).__setitem__(0, 1), "outside the sequence function"),
        (lambda: WorkerRuntimeBarrier(64), "0 to 63"),
        (lambda: WorkerRuntimeBarrier().set(1), "outside the sequence function"),
        (lambda: WorkerRuntimeBarrier().wait_for_value(1), "outside a core function"),
        (lambda: TaskGroup(), "outside the sequence function"),
        (lambda: Kernel("a", "a.o", [KIND])(1), "outside a core function"),
        (lambda: fifo().cons().acquire(1), "outside a core function"),
        (lambda: fifo().prod().release(1), "outside a core function"),
        (lambda: fifo().prod().fill(None), "outside the sequence function"),
        (lambda: fifo().cons().fill(None), "only a producer's end"),
        (lambda: fifo().prod().drain(None), "only a consumer's end"),
        (lambda: Program(NPU1, Runtime(passing, [])), "is no device"),
        (lambda: Program(NPU1(), None), "is no Runtime"),
        (lambda: Program(NPU1(), Runtime(passing, []), [[Worker(passing)]]), "flat list"),
        (lambda: TensorAccessPattern((4, 4), 16, [1], [1]), "Offset 16"),
        (lambda: TensorAccessPattern((4, 4), 0, [1, 2], [1]), "size by stride"),
        (lambda: TensorAccessPattern((4, 4), 0, [0], [1]), "start at 1"),
        (lambda: TensorAccessPattern((4, 4), 0, [1.5], [1]), "integers"),
    ],
)
def test_declarations(build, message):
    with pytest.raises(Misuse, match=message):
        build()


def sequence_of(body, workers=(), ends=()):
    return resolved(body, [array(16)], list(ends), list(workers))


def ungrouped(data, end):
    TaskGroup()


def finished_twice(data, end):
    group = TaskGroup()
    group.finish()
    group.finish()


def late(data, end):
    group = TaskGroup()
    group.finish()
    end.fill(data, group=group)


def no_data(data, end):
    end.fill(np.zeros(4))


def no_tap(data, end):
    end.fill(data, [(1, 2)])


def other_end(data, end):
    ObjectFifo(KIND, name="x").prod().fill(data)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (ungrouped, "unfinished task group"),
        (finished_twice, "finished twice"),
        (late, "TaskGroup that is finished"),
        (no_data, "no argument of the sequence function"),
        (no_tap, "no TensorAccessPattern"),
        (other_end, "not in the Runtime's fn_args"),
    ],
)
def test_sequences(body, message):
    inp = ObjectFifo(KIND, name="inp")
    worker = Worker(lambda end: None, [inp.cons()])
    with pytest.raises(Misuse, match=message):
        sequence_of(body, [worker], [inp.prod()])


@pytest.mark.parametrize(
    ("index", "value", "message"),
    [(2, 1, "2 elements"), (0, 1 << 31, "32-bit"), (0, 1.5, "32-bit"), ("0", 1, "elements")],
)
def test_parameters(index, value, message):
    parameter = Buffer(array(2), use_write_rtp=True)

    def sequence(data):
        parameter[index] = value

    with pytest.raises(Misuse, match=message):
        sequence_of(sequence)


def test_ends_that_are_missing_or_used_twice():
    lone = ObjectFifo(KIND, name="lone")
    with pytest.raises(Misuse, match="nobody produces for lone"):
        sequence_of(lambda data: None, [Worker(passing, [lone.cons()])])
    with pytest.raises(Misuse, match="nobody consumes from other"):
        sequence_of(lambda data: None, [Worker(passing, [ObjectFifo(KIND, name="other").prod()])])
    twice = ObjectFifo(KIND, name="twice")
    end = twice.cons()
    Worker(passing, [end])
    with pytest.raises(Misuse, match="used twice"):
        Worker(passing, [end])
    spare = ObjectFifo(KIND, name="spare")
    spare.cons()
    with pytest.raises(Misuse, match="nobody uses"):
        sequence_of(lambda data, end: None, [Worker(passing, [spare.cons()])], [spare.prod()])
    shared = Buffer(array(4), name="shared")
    Worker(passing, [shared])
    with pytest.raises(Misuse, match="shared by two"):
        Worker(passing, [shared])


def test_two_fifos_of_one_name():
    ends = [ObjectFifo(KIND, name="same") for _ in range(2)]
    workers = [Worker(passing, [fifo.cons()]) for fifo in ends]
    with pytest.raises(Misuse, match="two fifos are called same"):
        sequence_of(lambda data, *ends: None, workers, [fifo.prod() for fifo in ends])


def test_host_buffers_that_are_too_small():
    engine = Engine(through(), {OBJECT: LIBRARY})
    with pytest.raises(OutOfBounds, match="60 bytes for an argument of 256"):
        engine.run([as_bytes(np.zeros(15, np.int32)), as_bytes(np.zeros(64, np.int32))])


def test_an_object_file_that_the_design_does_not_declare():
    with pytest.raises(Misuse, match=r"kernel copy is of test\.o"):
        Engine(through(), {"other.o": LIBRARY})
