"""Emulated buffer objects: the host's memory and the device's are two, and only a sync carries one to the other."""

from __future__ import annotations

import enum
import weakref
from typing import Any

import numpy as np
from numpy.typing import NDArray

from starling.npu.emulation.devices import hw_context
from starling.npu.emulation.machine import Machine, machine
from starling.npu.emulation.signatures import bound, enumeration

Bytes = NDArray[np.uint8]

NEVER_WRITTEN = 0xFF
"""Fresh device memory: NaN as bfloat16 and as float32, so that a forgotten sync is seen in the result."""
FREED = 0xDD
"""Host memory after its buffer is gone; on hardware a view of it would crash."""


xclBOSyncDirection = enumeration("xclBOSyncDirection")
TO_DEVICE = xclBOSyncDirection["XCL_BO_SYNC_BO_TO_DEVICE"]


class bo:
    """A buffer object of one context."""

    flags = enumeration("bo.flags")

    @bound("bo")
    def __init__(self, context: hw_context, size: int, flags: enum.Enum, group: int) -> None:
        system = machine()
        system.ioctl("DRM_IOCTL_AMDXDNA_CREATE_BO")
        if flags.name not in {"cacheable", "host_only"}:
            raise RuntimeError("Bad BO type. (err=22): Invalid argument")
        if size == 0:
            raise RuntimeError("mmap_range(len=0) failed (err=-22): Invalid argument")
        self._context = context
        in_heap = flags.name == "cacheable"
        self._address = system.take_memory(int(size), in_heap)
        self._group = int(group)
        self._host: Bytes = np.zeros(int(size), np.uint8)
        self._device: Bytes = np.full(int(size), NEVER_WRITTEN, np.uint8)
        weakref.finalize(self, _freed, system, self._host, int(size) if in_heap else 0).atexit = False

    @property
    def device_memory(self) -> Bytes:
        """What kernels see. For the emulation only."""
        return self._device

    @property
    def bank(self) -> int:
        """The memory bank it was allocated in. For the emulation only."""
        return self._group & 0xFFFF

    def clone(self) -> bo:
        """What XRT gives a kernel that is not connected to this buffer's bank. For the emulation only."""
        twin = bo(self._context, len(self._host), bo.flags["host_only"], self._group)
        twin._device[:] = self._device
        return twin

    @bound("bo.write")
    def write(self, data: Any, seek: int) -> None:
        """Copy into host memory."""
        raw = np.frombuffer(memoryview(data).cast("B"), np.uint8)
        if seek + len(raw) > len(self._host):
            raise RuntimeError("attempting to write past buffer size: Invalid argument")
        self._host[seek : seek + len(raw)] = raw

    @bound("bo.read")
    def read(self, size: int, skip: int) -> NDArray[np.int8]:
        """Copy out of host memory."""
        if skip + size > len(self._host):
            raise RuntimeError("attempting to read past buffer size: Invalid argument")
        return self._host[skip : skip + size].view(np.int8).copy()

    @bound("bo.sync")
    def sync(self, direction: enum.Enum, size: int | None = None, offset: int = 0) -> None:
        """Carry host memory to the device or back."""
        machine().ioctl("DRM_IOCTL_AMDXDNA_SYNC_BO")
        size = len(self._host) if size is None else size
        if offset + size > len(self._host):
            raise RuntimeError(f"Invalid BO offset and size for sync'ing: {offset}, {size} (err=22): Invalid argument")
        part = slice(offset, offset + size)
        if direction is TO_DEVICE:
            self._device[part] = self._host[part]
        else:
            self._host[part] = self._device[part]

    @bound("bo.map")
    def map(self) -> memoryview:
        """The host memory itself; it does not keep the buffer."""
        return self._host.data

    @bound("bo.size")
    def size(self) -> int:
        """Bytes."""
        return len(self._host)

    @bound("bo.address")
    def address(self) -> int:
        """On the device."""
        return self._address


def _freed(system: Machine, host: Bytes, in_heap: int) -> None:
    host[:] = FREED
    system.free_heap(in_heap)
