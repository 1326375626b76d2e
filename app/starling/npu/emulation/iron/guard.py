"""Keeps a design to the names of the table: the emulation's own attributes are none of IRON's."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from starling.npu.emulation.iron import cores, dataflow, device, program, recording, taps
from starling.npu.emulation.iron.faults import Misuse
from starling.npu.emulation.iron.table import table

CLASSES: dict[type, str] = {
    dataflow.ObjectFifo: "ObjectFifo",
    dataflow.Handle: "ObjectFifoHandle",
    program.Buffer: "Buffer",
    program.Kernel: "Kernel",
    program.Program: "Program",
    program.Runtime: "Runtime",
    program.Worker: "Worker",
    program.WorkerRuntimeBarrier: "WorkerRuntimeBarrier",
    recording.RuntimeData: "RuntimeData",
    recording.Task: "Task",
    recording.TaskGroup: "TaskGroup",
    taps.TensorAccessPattern: "TensorAccessPattern",
    device.Device: "Device",
    device.Tile: "Tile",
    cores.Port: "ObjectFifoHandle",
    cores.CoreBarrier: "WorkerRuntimeBarrier",
    cores.CoreBuffer: "Buffer",
    cores.CoreKernel: "Kernel",
}
"""What designs get hold of -> what it is called in IRON."""
_DESIGNS = "kernels."


@contextmanager
def guarded() -> Iterator[None]:
    """While this lasts, code below ``kernels`` reaches only what the table lists."""
    for kind, name in CLASSES.items():
        _guard(kind, name)
    try:
        yield
    finally:
        for kind in CLASSES:
            if "__getattribute__" in vars(kind):
                del kind.__getattribute__


def _guard(kind: type, name: str) -> None:
    listed = {entry.rpartition(".")[2] for entry in table() if entry.rpartition(".")[0].endswith(f".{name}")}
    plain = object.__getattribute__

    def look_up(self: Any, attribute: str) -> Any:
        caller = str(sys._getframe(1).f_globals.get("__name__", ""))
        if caller.startswith(_DESIGNS) and attribute not in listed and not attribute.startswith("__"):
            raise Misuse(f"{caller} uses {name}.{attribute}, which is not in the table of IRON's signatures")
        return plain(self, attribute)

    kind.__getattribute__ = look_up  # type: ignore[method-assign,assignment]
