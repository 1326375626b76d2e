"""An emulated NPU for one test, and small programs on it."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from starling.npu.emulation import machine, pyxrt
from starling.npu.emulation.kernels import emulated
from starling.npu.emulation.machine import Machine
from starling.npu.emulation.signatures import table
from starling.npu.xrt.bf16 import from_bf16, to_bf16
from starling.npu.xrt.kernels import KernelSet
from starling.npu.xrt.lowering import Job
from starling.npu.xrt.operations import Add, Gelu, Operation
from starling.npu.xrt.program import Launch, Program
from starling.npu.xrt.session import Buffer, Session

COUNT = 16384
"""Values of the small programs."""


def fresh(fault: str = "", device: str = "npu1") -> Machine:
    """A machine that nothing was done on yet."""
    return machine.replace_machine({"STARLING_NPU_FAULT": fault, "STARLING_NPU_DEVICE": device})


def kernels(
    folder: Path, generation: str = "npu1", unit: Any = "words", operations: Sequence[Operation] = (Gelu(COUNT),)
) -> KernelSet:
    def lower(operation: Operation) -> Job:
        return plain(operation, generation)

    return emulated(generation, map(lower, operations), lower, (64, 64), folder, unit)


def plain(operation: Operation, device: str = "npu1") -> Job:
    """A job of a flat operation, without a planner."""
    assert isinstance(operation, (Gelu, Add))
    op = "gelu" if isinstance(operation, Gelu) else "add"
    return Job(op, operation.symbol, {"device": device, "count": operation.count})


def open_session(folder: Path, module: Any = pyxrt, **options: Any) -> Session:
    made = kernels(folder, **options)
    return Session(module, made, made.generation)


class Small:
    """``launches`` times GELU from one buffer to the next."""

    def __init__(self, session: Session, launches: int = 3) -> None:
        self.values = np.linspace(-3, 3, COUNT, dtype=np.float32)
        self.buffers: list[Buffer] = [session.buffer(2 * COUNT) for _ in range(launches + 1)]
        self.buffers[0].upload(to_bf16(self.values))
        steps = zip(self.buffers, self.buffers[1:], strict=False)
        self.program = Program(session, [Launch(Gelu(COUNT), pair) for pair in steps])

    @property
    def result(self) -> np.ndarray:
        return from_bf16(self.buffers[-1].download(np.uint16, COUNT))


class Strict:
    """A module or object of the emulation that shows nothing outside the table of signatures."""

    def __init__(self, target: Any, path: str = "", used: set[str] | None = None) -> None:
        self._target = target
        self._path = path
        self.used = set() if used is None else used

    def __getattr__(self, name: str) -> Any:
        full = f"{self._path}.{name}" if self._path else name
        known = table()
        if full not in known.signatures and full not in known.enums:
            raise AssertionError(f"pyxrt's {full} is not in the table of signatures")
        self.used.add(full)
        return self._shown(getattr(self._target, name), full)

    def __call__(self, *arguments: Any) -> Any:
        self.used.add(self._path)
        return self._shown(self._target(*(_bare(argument) for argument in arguments)), "")

    def _shown(self, value: Any, full: str) -> Any:
        if isinstance(value, enum.Enum) or (isinstance(value, type) and issubclass(value, enum.Enum)):
            return value
        if isinstance(value, list):
            return [self._shown(entry, "") for entry in value]
        if callable(value) and full:
            return Strict(value, full, self.used)
        if type(value).__module__.startswith("starling.npu.emulation"):
            return Strict(value, type(value).__qualname__, self.used)
        return value


def _bare(value: Any) -> Any:
    return value._target if isinstance(value, Strict) else value
