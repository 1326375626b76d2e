"""Cores of a context: in one thread whoever waits, and gone with it."""

import gc
import threading
import weakref

import numpy as np
import pytest

from starling.npu.emulation import array
from starling.npu.emulation.array import Array, program
from starling.npu.emulation.machine import EmulationFault
from starling.npu.xrt.operations import Gelu
from tests.helpers.emulated_npu import plain


def gelu(count: int) -> tuple[object, list[np.ndarray]]:
    return plain(Gelu(count)), [np.zeros(2 * count, np.uint8), np.full(2 * count, 0xFF, np.uint8)]


def test_threads_come_and_go_and_the_cores_stay() -> None:
    cores = Array()
    job, memory = gelu(4096)
    done = []

    def once() -> None:
        cores.run(job, memory)
        done.append(next(iter(cores._loaded.values()))._engine)

    once()
    for _ in range(4):
        thread = threading.Thread(target=once)
        thread.start()
        thread.join()
    assert len(done) == 5
    assert len(set(map(id, done))) == 1
    assert not memory[1].any()
    cores.close()


def test_programs_are_unloaded_after_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(array, "PROGRAMS_LOADED", 2)
    cores = Array()
    engines = []
    for count in (4096, 8192, 12288):
        cores.run(*gelu(count))
        engines.append(weakref.ref(list(cores._loaded.values())[-1]._engine))
    assert len(cores._loaded) == 2
    gc.collect()
    assert [engine() is None for engine in engines] == [True, False, False]
    cores.close()
    cores._thread.shutdown()
    gc.collect()
    assert not any(engine() for engine in engines)
    cores.close()


def test_two_contexts_do_not_share_cores() -> None:
    job, memory = gelu(4096)
    one, other = Array(), Array()
    one.run(job, memory)
    other.run(job, memory)
    assert program(job)._engine is None
    engines = {id(next(iter(cores._loaded.values()))._engine) for cores in (one, other)}
    assert len(engines) == 2
    one.close()
    other.close()


def test_a_fault_reaches_who_waits() -> None:
    cores = Array()
    job, memory = gelu(4096)
    with pytest.raises(EmulationFault, match="host buffer"):
        cores.run(job, [memory[0], memory[1][:8]])
    cores.run(job, memory)
    cores.close()
