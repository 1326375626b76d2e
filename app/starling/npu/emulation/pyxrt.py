"""The part of pyxrt that Starling uses, on the emulated machine. Sources: signatures.toml."""

from __future__ import annotations

from starling.npu.emulation.devices import device, enumerate_devices, hw_context, uuid, xclbin, xrt_info_device
from starling.npu.emulation.execution import ert_cmd_state, kernel, run, runlist
from starling.npu.emulation.memory import bo, xclBOSyncDirection

__all__ = [
    "bo",
    "device",
    "enumerate_devices",
    "ert_cmd_state",
    "hw_context",
    "kernel",
    "run",
    "runlist",
    "uuid",
    "xclBOSyncDirection",
    "xclbin",
    "xrt_info_device",
]
