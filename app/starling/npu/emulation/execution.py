"""Emulated kernels, runs and runlists. A run that was started runs when it is waited for, in order with the others."""

from __future__ import annotations

import enum
import os
import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from starling.npu.emulation import instructions
from starling.npu.emulation.devices import UNITS, hw_context
from starling.npu.emulation.machine import EmulationFault, driver_error, machine
from starling.npu.emulation.memory import bo
from starling.npu.emulation.signatures import bound, enumeration, is_integer
from starling.npu.xrt.lowering import Job

OPCODE = 3
"""Argument 0 of a kernel that was made by mlir-aie: run the instructions of argument 1."""
FIRST_DATA = 3
BANKS = {"instructions": 1, "data": 0}
"""Memory banks of an NPU: data lies in the host's memory, instructions in the device heap."""
_FOREVER_S = 1e9

ert_cmd_state = enumeration("ert_cmd_state")
NEW, SUBMITTED = ert_cmd_state["ERT_CMD_STATE_NEW"], ert_cmd_state["ERT_CMD_STATE_SUBMITTED"]
COMPLETED, TIMEOUT = ert_cmd_state["ERT_CMD_STATE_COMPLETED"], ert_cmd_state["ERT_CMD_STATE_TIMEOUT"]
ABORT, ERROR = ert_cmd_state["ERT_CMD_STATE_ABORT"], ert_cmd_state["ERT_CMD_STATE_ERROR"]


class kernel:
    """A kernel of a context's xclbin."""

    @bound("kernel")
    def __init__(self, context: hw_context, name: str) -> None:
        entries = {entry["name"]: entry for entry in context.xclbin.contents["kernels"]}
        if name not in entries:
            raise RuntimeError(f"No such kernel '{name}'")
        self.context = context
        self.name = name
        self.entry: dict[str, Any] = entries[name]
        self.symbol: str = self.entry["symbol"]
        self.arguments: list[str] = self.entry["arguments"]

    @bound("kernel.group_id")
    def group_id(self, index: int) -> int:
        """Bank and slot of a buffer argument; of a scalar no bank."""
        kind = self.arguments[index] if 0 <= index < len(self.arguments) else "scalar"
        return (self.context.slot << 16) | BANKS.get(kind, 0xFFFF)

    @bound("kernel.__call__")
    def __call__(self, *arguments: Any) -> run:
        """Set the arguments and start."""
        made = run(self)
        for index, value in enumerate(arguments):
            if not isinstance(value, bo) and not is_integer(value):
                raise EmulationFault(f"pyxrt skips argument {index} of {self.name} without a word: a {type(value)}")
            made.set_arg(index, value)
        made.start()
        return made


class run:
    """One execution of a kernel, which can be started again."""

    @bound("run")
    def __init__(self, of: kernel) -> None:
        self.kernel = of
        self.given: dict[int, Any] = {}
        self.lists = 0
        self.current = NEW
        self.pending = False

    @bound("run.set_arg")
    def set_arg(self, index: int, value: Any) -> None:
        """A buffer or a 32-bit integer."""
        kinds = self.kernel.arguments
        if not 0 <= index < len(kinds):
            raise EmulationFault(f"{self.kernel.name} has {len(kinds)} arguments; hardware crashes at number {index}")
        if isinstance(value, bo) == (kinds[index] == "scalar"):
            raise EmulationFault(f"argument {index} of {self.kernel.name} is a {kinds[index]}; hardware takes anything")
        if isinstance(value, bo) and value.bank != BANKS[kinds[index]]:
            machine().messages.append(
                f"Kernel {self.kernel.name} has no compute units with connectivity required for global argument at "
                f"index {index}. Allocating local copy of argument buffer in connected bank."
            )
            value = value.clone()
        self.given[index] = value

    @bound("run.start")
    def start(self) -> None:
        """Submit; it is not waited for."""
        if self.lists:
            raise RuntimeError("Run object belongs to a runlist and cannot be explicitly started")
        if self.pending:
            raise RuntimeError("bad command state, can't launch")
        machine().ioctl("DRM_IOCTL_AMDXDNA_EXEC_CMD")
        self.submit()

    def submit(self) -> None:
        """Into the context's queue. For the emulation only."""
        missing = [index for index in range(len(self.kernel.arguments)) if index not in self.given]
        if missing:
            raise EmulationFault(f"argument {missing[0]} of {self.kernel.name} was never set; hardware reads anywhere")
        self.pending, self.current = True, SUBMITTED
        self.kernel.context.queue.append(self)

    @bound("run.wait")
    def wait(self, timeout_ms: int = 0) -> enum.Enum:
        """Until it is done, or so long; then the state is TIMEOUT and the run goes on."""
        if self.lists:
            raise EmulationFault("a run of a runlist cannot be waited for: nothing of it was submitted")
        return self.current if work_off(self.kernel.context, self, timeout_ms / 1000 or _FOREVER_S) else TIMEOUT

    @bound("run.state")
    def state(self) -> enum.Enum:
        """As the command's packet says."""
        return self.current

    def execute(self) -> None:
        """Do the work and set the state. For the emulation only."""
        system = machine()
        if system.fault.strikes("abort"):
            os.abort()
        if self.kernel.context.dead or system.fault.strikes("firmware"):
            self.kernel.context.dead = True
            self.current = ABORT
            return
        job = self._decode()
        if job is None:
            self.current = ERROR
            return
        memory = [self.given[index].device_memory for index in range(FIRST_DATA, len(self.kernel.arguments))]
        if not self.kernel.context.fits:
            memory[-1][:] = 0
        else:
            self._compute(job, memory)
        if system.fault.strikes("nan"):
            result = memory[-1].view(np.uint16 if self.kernel.entry["result"] == "bf16" else np.float32)
            result[:] = 0x7FC0 if result.dtype == np.uint16 else np.nan
        system.launches[self.kernel.symbol] += 1
        self.current = COMPLETED

    def _compute(self, job: Job, memory: list[NDArray[np.uint8]]) -> None:
        """The design's program, on the core image that was loaded."""
        core = self.kernel.entry["core"]
        if {name: job.parameters.get(name) for name in core} != core:
            raise EmulationFault(f"these instructions are not for the cores of {self.kernel.name}; hardware hangs")
        machine().calls += self.kernel.context.array.run(job, memory).symbols

    def _decode(self) -> Job | None:
        """The instructions as they lie on the device; None where firmware reports an error."""
        unit = UNITS[self.kernel.context.xclbin.contents["unit"]]
        stream, length = self.given[1].device_memory, int(self.given[2])
        if int(self.given[0]) != OPCODE or length % unit or length // unit * 4 > len(stream):
            return None
        try:
            job = instructions.decode(stream[: length // unit * 4].view(np.uint32))
        except ValueError:
            return None
        return job if job.op == self.kernel.entry["op"] else None


def work_off(context: hw_context, last: run | None, seconds: float) -> bool:
    """Run what is queued, up to ``last``; False when the time is over before. A hang lasts until then."""
    until = time.monotonic() + seconds
    while context.queue and (last is None or last.pending):
        if time.monotonic() >= until:
            return False
        if machine().gone:
            raise driver_error("DRM_IOCTL_AMDXDNA_WAIT_CMD", 19, "No such device")
        if _hangs(context):
            time.sleep(max(0.0, until - time.monotonic()))
            return False
        first: run = context.queue.pop(0)
        first.execute()
        first.pending = False
    return True


def _hangs(context: hw_context) -> bool:
    if context.hung or machine().fault.strikes("hang"):
        context.hung = True
    return context.hung


class runlist:
    """Runs that are submitted together."""

    @bound("runlist")
    def __init__(self, context: hw_context) -> None:
        self._context = context
        self._runs: list[run] = []
        self._running = False

    def __del__(self) -> None:
        for member in getattr(self, "_runs", ()):
            member.lists -= 1

    @bound("runlist.add")
    def add(self, member: run) -> None:
        """At the end."""
        if self._running:
            raise RuntimeError("runlist must be idle before adding run objects, current state: running")
        if member.kernel.context is not self._context:
            raise EmulationFault("a run of another context in a runlist; hardware reads that context's memory")
        member.lists += 1
        self._runs.append(member)

    @bound("runlist.execute")
    def execute(self) -> None:
        """Submit all of them."""
        if self._running:
            raise RuntimeError("runlist must be idle before submitting for execution, current state: running")
        if not self._runs:
            return
        machine().ioctl("DRM_IOCTL_AMDXDNA_EXEC_CMD")
        self._running = True
        for member in self._runs:
            member.submit()

    @bound("runlist.wait")
    def wait(self) -> None:
        """Until all are done, however long that is."""
        if not self._running:
            return
        if any(member.pending for member in self._runs):
            work_off(self._context, self._runs[-1], _FOREVER_S)
        self._running = False
        for index, member in enumerate(self._runs):
            if member.current is not COMPLETED:
                for later in self._runs[index + 1 :]:
                    later.current = ABORT
                name = member.current.name.removeprefix("ERT_CMD_STATE_").lower()
                raise RuntimeError(f"runlist failed execution ({name})")
