"""The emulated machine: which device it has, what is in use, and what is made to go wrong."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping

from starling.npu.emulation import DEVICE, FAULT

CONTEXT_LIMITS = {"npu1": 6, "npu2": 16}
"""Hardware contexts, as in the driver: ``hwctx_limit`` in npu1_regs.c and npu4_regs.c of amd/xdna-driver 856409ca."""
NAMES = {"npu1": "RyzenAI-npu1", "npu2": "RyzenAI-npu4"}
BDF = "0000:00:00.1"
HEAP_BYTES = 64 << 20
"""The device heap that instruction buffers come from."""
FAULTS = ("hang", "abort", "out_of_memory", "firmware", "context_limit", "device_gone", "nan")


class EmulationFault(Exception):
    """What hardware would answer with a crash, a hang or wrong numbers, without a word about it."""


class Fault:
    """What is made to go wrong, and after how many that did not.

    Raises:
        ValueError: the text names no fault.
    """

    def __init__(self, text: str) -> None:
        self.kind, colon, after = text.partition(":after=")
        spelt = self.kind in FAULTS and (after.isdecimal() or not colon)
        if text and not spelt:
            raise ValueError(f"{FAULT}={text} is not one of {'|'.join(FAULTS)}[:after=N]")
        self._left = int(after or 0)

    def strikes(self, *kinds: str) -> bool:
        """Whether it happens now, at a chance for ``kinds``; every chance it lets pass is counted."""
        if self.kind not in kinds:
            return False
        self._left -= 1
        return self._left < 0


class Machine:
    """State of the one emulated device of this process.

    Attributes:
        generation: ``npu1`` or ``npu2``.
        contexts: hardware contexts alive.
        heap: bytes of the device heap in use.
        gone: the device fell off the bus.
        launches: completed, by kernel symbol.
        calls: of the cores' C++ functions, by symbol.
        messages: what XRT would have logged.
    """

    def __init__(self, env: Mapping[str, str]) -> None:
        self.generation = env.get(DEVICE, "") or "npu1"
        if self.generation not in CONTEXT_LIMITS:
            raise ValueError(f"{DEVICE}={self.generation} is not one of {'|'.join(CONTEXT_LIMITS)}")
        self.fault = Fault(env.get(FAULT, ""))
        self.contexts = 0
        self.slots = 0
        self.heap = 0
        self.addresses = 1 << 32
        self.gone = False
        self.launches: Counter[str] = Counter()
        self.calls: Counter[str] = Counter()
        self.messages: list[str] = []

    def ioctl(self, name: str) -> None:
        """Every call into the driver passes here.

        Raises:
            RuntimeError: the device is gone.
        """
        if self.fault.strikes("device_gone"):
            self.gone = True
        if self.gone:
            raise driver_error(name, 19, "No such device")

    def take_context(self) -> int:
        """A hardware context's slot.

        Raises:
            RuntimeError: as many are in use as there are.
        """
        if self.contexts >= CONTEXT_LIMITS[self.generation] or self.fault.strikes("context_limit"):
            raise driver_error("DRM_IOCTL_AMDXDNA_CREATE_HWCTX", 22, "Invalid argument")
        self.contexts += 1
        self.slots += 1
        return self.slots

    def free_context(self) -> None:
        """One less."""
        self.contexts -= 1

    def take_memory(self, size: int, in_heap: bool) -> int:
        """The device address of new memory.

        Raises:
            RuntimeError: there is none.
        """
        if self.fault.strikes("out_of_memory"):
            raise driver_error("DRM_IOCTL_AMDXDNA_CREATE_BO", 12, "Cannot allocate memory")
        if in_heap and self.heap + size > HEAP_BYTES:
            raise RuntimeError(f"Heap at max size {HEAP_BYTES}, can't expand further (err=28): No space left on device")
        self.heap += size if in_heap else 0
        address = self.addresses
        self.addresses += -(-size // 4096) * 4096
        return address

    def free_heap(self, size: int) -> None:
        """So many bytes are free again."""
        self.heap -= size


def driver_error(ioctl: str, errno: int, text: str) -> RuntimeError:
    """In the words of the driver's shim (src/shim/shim_debug.h of amd/xdna-driver 856409ca)."""
    return RuntimeError(f"{ioctl} IOCTL failed (err=-{errno}): {text}")


_machine: list[Machine] = []


def machine() -> Machine:
    """The machine of this process, made by the environment at its first use."""
    if not _machine:
        _machine.append(Machine(os.environ))
    return _machine[0]


def replace_machine(env: Mapping[str, str]) -> Machine:
    """Another machine, for tests; objects of the old one must not be used any more."""
    _machine[:] = [Machine(env)]
    return _machine[0]
