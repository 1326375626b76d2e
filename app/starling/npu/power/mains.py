"""Whether this machine runs on mains, as the kernel or Windows says now. Who wants to hear of changes: ``upower``."""

from __future__ import annotations

import sys

from starling.npu.probe import files
from starling.npu.sysroot import Sysroot

SUPPLIES = "/sys/class/power_supply"
WINDOWS_BATTERY, WINDOWS_MAINS = 0, 1


def on_mains(root: Sysroot | None = None) -> bool | None:
    """True on mains, also for a machine without a battery; None when nothing tells. Never raises."""
    root = root or Sysroot.current()
    if sys.platform == "win32" and not root.faked:
        return _windows()
    names = files.names(root, SUPPLIES)
    kinds = {name: root.text(f"{SUPPLIES}/{name}/type") for name in names}
    lines = [name for name, kind in kinds.items() if kind in ("Mains", "USB", "Wireless")]
    # A mouse has a battery too.
    batteries = [name for name, kind in kinds.items()
                 if kind == "Battery" and root.text(f"{SUPPLIES}/{name}/scope") != "Device"]  # fmt: skip
    if any(root.text(f"{SUPPLIES}/{name}/online") == "1" for name in lines):
        return True
    if not batteries:
        return True if files.exists(root, SUPPLIES) else None
    if any(root.text(f"{SUPPLIES}/{name}/status") == "Discharging" for name in batteries):
        return False
    return False if lines else None


def _windows() -> bool | None:
    import ctypes

    class Status(ctypes.Structure):
        _fields_ = (
            ("line", ctypes.c_ubyte), ("flag", ctypes.c_ubyte), ("percent", ctypes.c_ubyte), ("saver", ctypes.c_ubyte),
            ("life_s", ctypes.c_uint32), ("full_s", ctypes.c_uint32),
        )  # fmt: skip

    status, library = Status(), getattr(ctypes, "windll", None)
    if library is None or not library.kernel32.GetSystemPowerStatus(ctypes.byref(status)):
        return None
    return {WINDOWS_BATTERY: False, WINDOWS_MAINS: True}.get(status.line)
