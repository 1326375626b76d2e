"""Which process an utterance belongs to, and whether it still runs."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_STATE, _START_TIME = 0, 19
"""Places in ``/proc/<pid>/stat`` after the command name, which may itself hold spaces and brackets (proc(5))."""


@dataclass(frozen=True)
class Owner:
    """A process: its id, and a mark that a later process with the same id does not have (empty if unknown)."""

    pid: int
    mark: str

    @classmethod
    def of(cls, pid: int) -> Owner:
        """The process that has this id now."""
        return cls(pid, _mark(pid))

    @property
    def alive(self) -> bool:
        """Whether it still runs; True when that cannot be told."""
        if _PROC.joinpath("self", "stat").exists():
            return bool(fields := _stat(self.pid)) and fields[_STATE] not in "ZX" and _mark(self.pid) == self.mark
        return pid_runs(self.pid)


def pid_runs(pid: int) -> bool:
    """Whether any process has this id."""
    if _PROC.joinpath("self", "stat").exists():
        return bool(fields := _stat(pid)) and fields[_STATE] not in "ZX"
    if os.name == "nt":
        return _windows_runs(pid)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _mark(pid: int) -> str:
    """Start time in ticks since boot, and the boot's id, since ticks begin again with the machine."""
    fields = _stat(pid)
    if not fields:
        return ""
    try:
        boot = _PROC.joinpath("sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        boot = ""
    return f"{fields[_START_TIME]}@{boot}"


def _stat(pid: int) -> list[str]:
    try:
        text = _PROC.joinpath(str(pid), "stat").read_text(errors="replace")
    except OSError:
        return []
    return text.rpartition(")")[2].split()


def _windows_runs(pid: int) -> bool:
    """``os.kill`` would end the process there. A handle to an ended process opens too while others hold one."""
    import ctypes

    synchronize, still_running = 0x00100000, 0x102
    kernel = getattr(ctypes, "WinDLL")("kernel32")  # noqa: B009  (the name exists on Windows only)
    kernel.OpenProcess.restype = ctypes.c_void_p
    handle = kernel.OpenProcess(synchronize, False, pid)
    if not handle:
        return False
    try:
        return bool(kernel.WaitForSingleObject(ctypes.c_void_p(handle), 0) == still_running)
    finally:
        kernel.CloseHandle(ctypes.c_void_p(handle))
