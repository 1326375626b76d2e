"""Emulated device, xclbin and hardware context."""

from __future__ import annotations

import enum
import json
import uuid as uuids
import weakref
from pathlib import Path
from typing import Any

from starling.npu.emulation.array import Array
from starling.npu.emulation.machine import BDF, NAMES, Machine, machine
from starling.npu.emulation.signatures import bound, enumeration

FORMAT = "starling emulated xclbin 1"
"""What an xclbin of the emulation says it is; a real one is binary."""
UNITS = {"words": 1, "bytes": 4}
"""What the instruction length counts, by the metadata of the xclbin, in factors of 32-bit words."""


xrt_info_device = enumeration("xrt_info_device")


class uuid:
    """Identifies an xclbin."""

    def __init__(self, text: str) -> None:
        self._text = text

    @bound("uuid.to_string")
    def to_string(self) -> str:
        """As text."""
        return self._text


class xclbin:
    """An xclbin file of the emulation: JSON that names kernels, their arguments and what they compute."""

    class xclbinkernel:
        """A kernel's entry."""

        def __init__(self, entry: dict[str, Any]) -> None:
            self.entry = entry

        @bound("xclbin.xclbinkernel.get_name")
        def get_name(self) -> str:
            """As the hardware kernel is opened by."""
            return str(self.entry["name"])

        @bound("xclbin.xclbinkernel.get_num_args")
        def get_num_args(self) -> int:
            """Opcode, instructions and their length included."""
            return len(self.entry["arguments"])

    @bound("xclbin")
    def __init__(self, path: str) -> None:
        try:
            data = json.loads(Path(path).read_bytes())
            known = data["format"] == FORMAT and data["unit"] in UNITS and uuids.UUID(data["uuid"])
        except OSError:
            raise RuntimeError(f"Failed to open file '{path}' for reading") from None
        except (ValueError, KeyError, TypeError, RecursionError):
            known = None
        if not known:
            raise RuntimeError("Invalid xclbin")
        self.contents: dict[str, Any] = data

    @bound("xclbin.get_kernels")
    def get_kernels(self) -> list[xclbin.xclbinkernel]:
        """Every kernel."""
        return [xclbin.xclbinkernel(entry) for entry in self.contents["kernels"]]

    @bound("xclbin.get_uuid")
    def get_uuid(self) -> uuid:
        """Of the file."""
        return uuid(self.contents["uuid"])


class device:
    """The emulated NPU."""

    @bound("device")
    def __init__(self, index: int) -> None:
        if index >= enumerate_devices():
            raise RuntimeError(f"No such device with index '{index}'")
        self._registered: dict[str, xclbin] = {}

    @bound("device.register_xclbin")
    def register_xclbin(self, loaded: xclbin) -> uuid:
        """Make an xclbin known; a context is another step."""
        machine().ioctl("DRM_IOCTL_AMDXDNA_GET_INFO")
        found = loaded.get_uuid()
        self._registered[found.to_string()] = loaded
        return found

    @bound("device.get_info")
    def get_info(self, key: enum.Enum) -> str:
        """One property."""
        machine().ioctl("DRM_IOCTL_AMDXDNA_GET_INFO")
        return {"bdf": BDF, "name": NAMES[machine().generation]}[key.name]

    def registered(self, wanted: uuid) -> xclbin:
        """The xclbin of a uuid. For the emulation only."""
        try:
            return self._registered[wanted.to_string()]
        except KeyError:
            raise RuntimeError(f"No xclbin with uuid '{wanted.to_string()}' registered") from None


class hw_context:
    """A hardware context: one of few. It lives as long as anything made from it, as XRT's does."""

    @bound("hw_context")
    def __init__(self, owner: device, loaded: uuid) -> None:
        system = machine()
        system.ioctl("DRM_IOCTL_AMDXDNA_CREATE_HWCTX")
        self.xclbin = owner.registered(loaded)
        self.device = owner
        self.slot = system.take_context()
        self.queue: list[Any] = []
        self.hung = False
        self.dead = False
        self.array = Array()
        weakref.finalize(self, _freed, system, self.array).atexit = False

    @property
    def fits(self) -> bool:
        """Whether the kernels were built for this device; a mismatch computes zeros and says nothing."""
        return bool(self.xclbin.contents["generation"] == machine().generation)


def _freed(system: Machine, array: Array) -> None:
    array.close()
    system.free_context()


@bound("enumerate_devices")
def enumerate_devices() -> int:
    """How many there are."""
    return 0 if machine().gone else 1
