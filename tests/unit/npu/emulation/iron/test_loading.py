"""A design in a folder is loaded without a trace, compiled, and kept to the table."""

import shutil
import sys
import textwrap
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from starling import locate
from starling.core.errors import StarlingError
from starling.npu.emulation.iron import Deadlock, Misuse, load
from starling.npu.emulation.iron.guard import guarded
from tests.helpers.iron import LIBRARY, as_bytes

DESIGN = """
import numpy as np
from aie.iron import Buffer, Kernel, ObjectFifo, Program, Runtime, TaskGroup, Worker, WorkerRuntimeBarrier
from aie.iron.controlflow import range_
from aie.iron.device import NPU1, NPU2, Tile
from pathlib import Path
from ..objects import Argument, CoreObject

def objects(**parameters):
    return (CoreObject("add.o", Path(__file__).with_name("add.cc"), (("SIZE", "16"),)),)

def arguments(*, device, count):
    return (Argument("x", "i32", 16 * count), Argument("y", "i32", 16 * count))

def core(inp, out, function, barrier, rtp):
    barrier.wait_for_value(1)
    for _ in range_(rtp[0]):
        function(inp.acquire(1), out.acquire(1), rtp[1])
        inp.release(1)
        out.release(1)
    barrier.wait_for_value(2)

def design(*, device, count):
    kind, data = np.ndarray[(16,), np.dtype[np.int32]], np.ndarray[(16 * count,), np.dtype[np.int32]]
    inp, out = ObjectFifo(kind, name="inp"), ObjectFifo(kind, name="out")
    rtp = Buffer(np.ndarray[(2,), np.dtype[np.int32]], name="rtp", use_write_rtp=True)
    barrier = WorkerRuntimeBarrier()
    kernel = Kernel("add", "add.o", [kind, kind, np.int32])
    worker = Worker(core, [inp.cons(), out.prod(), kernel, barrier, rtp], tile=Tile(0, 2))

    def sequence(x, y, fill, drain):
        rtp[0], rtp[1] = count, 5
        barrier.set(1)
        group = TaskGroup()
        fill.fill(x, group=group)
        drain.drain(y, wait=True, group=group)
        group.finish()
        barrier.set(2)

    runtime = Runtime(sequence, [data, data, inp.prod(), out.cons()])
    program = Program({"npu1": NPU1, "npu2": NPU2}[device](), runtime, workers=[worker])
    return program.resolve_program()
"""
CORE = """
#include <aie_api/aie.hpp>
extern "C" void add(const int32_t *x, int32_t *y, int32_t value) {
  for (int i = 0; i < SIZE; ++i) y[i] = x[i] + value;
}
"""


@pytest.fixture
def kernels(tmp_path):
    def write(design: str = DESIGN, core: str = CORE):
        folder = tmp_path / "kernels"
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "add").mkdir(parents=True)
        (folder / "__init__.py").write_text("")
        shutil.copy(locate.shipped("kernels", "objects.py"), folder)
        (folder / "add" / "__init__.py").write_text("")
        (folder / "add" / "design.py").write_text(textwrap.dedent(design))
        (folder / "add" / "add.cc").write_text(core)
        return folder

    return write


def stand_in(source: Any, device: str) -> Any:
    assert (source.object, dict(source.defines), device) == ("add.o", {"SIZE": "16"}, "npu1")
    return LIBRARY


@pytest.mark.skipif(shutil.which("g++") is None, reason="there is no g++")
@pytest.mark.parametrize("device", ["npu1", "npu2"])
def test_a_design_and_its_cpp(kernels, device, monkeypatch, tmp_path):
    monkeypatch.setenv("STARLING_HOME", str(tmp_path / "home"))
    program = load("add", {"device": device, "count": 3}, kernels=kernels())
    x, y = np.arange(48, dtype=np.int32), np.zeros(48, np.int32)
    ran = program.run([as_bytes(x), as_bytes(y)])
    assert (y == x + 5).all()
    assert ran.symbols == {"add": 3}


@pytest.mark.skipif(shutil.which("g++") is None, reason="there is no g++")
def test_another_core_gives_another_result(kernels, monkeypatch, tmp_path):
    monkeypatch.setenv("STARLING_HOME", str(tmp_path / "home"))
    x, y = np.arange(16, dtype=np.int32), np.zeros(16, np.int32)
    folder = kernels(core=CORE.replace("x[i] + value", "x[i] - value"))
    load("add", {"device": "npu1", "count": 1}, kernels=folder).run([as_bytes(x), as_bytes(y)])
    assert (y == x - 5).all()


def test_nothing_of_it_stays(kernels, monkeypatch):
    for name in ("aie", "aie.iron", "kernels", "kernels.add"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    before = {name: module for name, module in sys.modules.items() if name.partition(".")[0] in ("aie", "kernels")}
    path = list(sys.path)
    load("add", {"device": "npu1", "count": 3}, stand_in, kernels())
    with pytest.raises(TypeError):
        load("add", {"nonsense": 1}, stand_in, kernels())
    after = {name: module for name, module in sys.modules.items() if name.partition(".")[0] in ("aie", "kernels")}
    assert after == before
    assert sys.path == path


@pytest.mark.parametrize("op", ["nothing", "../add", "", "objects"])
def test_an_operator_that_is_not_there(kernels, op):
    with pytest.raises(StarlingError, match="There is no NPU kernel") as raised:
        load(op, {}, stand_in, kernels())
    assert raised.value.code == "npu.no_kernel"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("return program.resolve_program()", "return program", "not Program"),
        ('"i32", 16 * count), Argument("y"', '"i32", 15 * count), Argument("y"', "arguments"),
        ("rtp[0], rtp[1] = count, 5", "rtp[0] = inp.depth", "uses ObjectFifo.depth, which is not in the table"),
        ("program = Program(", "worker.stack_size = worker.stack\n    program = Program(", r"uses Worker\.stack, "),
        ("fill.fill(x, group=group)", "fill.own(x)", "uses ObjectFifoHandle.own"),
    ],
)
def test_designs_that_are_refused(kernels, old, new, message):
    assert old in DESIGN
    with pytest.raises(Misuse, match=message):
        load("add", {"device": "npu1", "count": 3}, stand_in, kernels(DESIGN.replace(old, new)))


def test_a_name_that_iron_has_and_the_table_has_not(kernels):
    with pytest.raises(ImportError):
        load("add", {"device": "npu1", "count": 3}, stand_in, kernels("from aie.iron import ExternalFunction" + DESIGN))
    folder = kernels(DESIGN.replace("tile=Tile(0, 2)", "placement=Tile(0, 2)"))
    with pytest.raises(TypeError, match="placement"):
        load("add", {"device": "npu1", "count": 3}, stand_in, folder)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("        inp.release(1)\n", "", Misuse),
        ("        out.release(1)\n", "", Deadlock),
        ("        barrier.set(1)\n", "", Deadlock),
        ("        barrier.set(2)\n", "", Misuse),
        ("    barrier.wait_for_value(2)\n", "", Misuse),
        ("rtp[0], rtp[1] = count, 5", "rtp[0], rtp[1] = count - 1, 5", Deadlock),
        ("rtp[0], rtp[1] = count, 5", "rtp[0], rtp[1] = count + 1, 5", Misuse),
    ],
)
@pytest.mark.skipif(shutil.which("g++") is None, reason="there is no g++")
def test_mistakes_do_not_pass(kernels, old, new, fault, monkeypatch, tmp_path):
    monkeypatch.setenv("STARLING_HOME", str(tmp_path / "home"))
    assert old in DESIGN
    program = load("add", {"device": "npu1", "count": 3}, kernels=kernels(DESIGN.replace(old, new)))
    memory = [np.zeros(192, np.uint8), np.zeros(192, np.uint8)]
    with pytest.raises(fault):
        program.run(memory)


def test_the_guard_is_gone_afterwards():
    from starling.npu.emulation.iron.dataflow import ObjectFifo
    from starling.npu.emulation.iron.device import NPU1, Device

    with guarded():
        pass
    assert "__getattribute__" not in vars(ObjectFifo)
    assert "__getattribute__" not in vars(Device)
    assert NPU1().columns == 4
