"""Small IRON designs with Python in the place of the cores' C++."""

from collections.abc import Callable, Sequence
from typing import Any

import ml_dtypes
import numpy as np

from starling.npu.emulation.iron.dataflow import ObjectFifo
from starling.npu.emulation.iron.device import NPU1, NPU2, Tile
from starling.npu.emulation.iron.engine import Engine, Ran
from starling.npu.emulation.iron.program import Kernel, Program, Runtime, Worker
from starling.npu.emulation.iron.resolving import Design
from starling.npu.emulation.iron.values import range_

OBJECT = "test.o"
BF16 = np.dtype(ml_dtypes.bfloat16)
DEVICES = {"npu1": NPU1, "npu2": NPU2}


class Functions:
    """An object file of Python functions."""

    def __init__(self, **functions: Callable[..., None]) -> None:
        self.functions = functions

    def call(self, symbol: str, arguments: Sequence[Any], registers: Any = None) -> None:
        self.functions[symbol](*arguments)


def copy(given, made):
    made[...] = given


def double(given, made):
    made[...] = given * 2


LIBRARY = Functions(copy=copy, double=double)


def array(*shape: int, dtype: Any = np.int32) -> Any:
    return np.ndarray[shape, np.dtype[dtype]]


def resolved(sequence, data, ends, workers, device="npu1") -> Design:
    return Program(DEVICES[device](), Runtime(sequence, [*data, *ends]), workers=workers).resolve_program()


def run(design: Design, *buffers: np.ndarray, library: Any = LIBRARY) -> Ran:
    return Engine(design, {OBJECT: library}).run([as_bytes(buffer) for buffer in buffers])


def as_bytes(buffer: np.ndarray) -> np.ndarray:
    return buffer.reshape(-1).view(np.uint8)


def kernel(name: str, *types: Any) -> Kernel:
    return Kernel(name, OBJECT, list(types))


def passing(inp, out, function, count):
    for _ in range_(count):
        given, made = inp.acquire(1), out.acquire(1)
        function(given, made)
        inp.release(1)
        out.release(1)


def through(size=16, total=64, dtype=np.int32, depth=2, core=passing, stack=None, calls=None, name="copy"):
    """Host to one core and back: ``total`` elements in objects of ``size``."""
    kind = array(size, dtype=dtype)
    inp, out = ObjectFifo(kind, depth, name="inp"), ObjectFifo(kind, depth, name="out")
    count = total // size if calls is None else calls
    worker = Worker(core, [inp.cons(), out.prod(), kernel(name, kind, kind), count], tile=Tile(0, 2), stack_size=stack)

    def sequence(given, made, fill, drain):
        fill.fill(given)
        drain.drain(made, wait=True)

    data = array(total, dtype=dtype)
    return resolved(sequence, [data, data], [inp.prod(), out.cons()], [worker])
