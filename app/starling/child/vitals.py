"""Signs of life of another process."""

from __future__ import annotations

import os
from pathlib import Path

_PROC = Path("/proc")
_STATE, _UTIME, _STIME, _START_TIME = 0, 11, 12, 19
"""Places in ``/proc/<pid>/stat`` after the command name, which may itself hold spaces and brackets (proc(5))."""


def cpu_ticks(pid: int) -> int | None:
    """Processor time the process has used, in clock ticks; None where that cannot be read."""
    fields = _stat(pid)
    return int(fields[_UTIME]) + int(fields[_STIME]) if fields else None


def start_mark(pid: int) -> str:
    """What tells a process from a later one with the same id; empty where that cannot be read.

    Start time in ticks since boot, and the boot's id, since ticks start again with the machine.
    """
    fields = _stat(pid)
    return f"{fields[_START_TIME]}@{_boot_id()}" if fields else ""


def exists(pid: int) -> bool:
    """Whether a process with this id runs; a zombie does not. True when that cannot be told."""
    if _PROC.joinpath("self", "stat").exists():
        fields = _stat(pid)
        return bool(fields) and fields[_STATE] not in "ZX"
    if os.name == "nt":
        return True  # os.kill(pid, 0) would end the process there
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _stat(pid: int) -> list[str]:
    try:
        text = _PROC.joinpath(str(pid), "stat").read_text(errors="replace")
    except OSError:
        return []
    return text.rpartition(")")[2].split()


def _boot_id() -> str:
    try:
        return _PROC.joinpath("sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""
