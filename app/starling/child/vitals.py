"""Signs of life of another process."""

from __future__ import annotations

import os
from pathlib import Path

_PROC = Path("/proc")
_UTIME, _STIME = 11, 12
"""Places in ``/proc/<pid>/stat`` after the command name, which may itself hold spaces and brackets (proc(5))."""


def cpu_seconds(pid: int) -> float | None:
    """Processor time the process has used, in steps of a clock tick; None where that cannot be read."""
    try:
        text = _PROC.joinpath(str(pid), "stat").read_text(errors="replace")
    except OSError:
        return None
    fields = text.rpartition(")")[2].split()
    return (int(fields[_UTIME]) + int(fields[_STIME])) / os.sysconf("SC_CLK_TCK")


def memory_bytes(pid: int) -> int | None:
    """Resident memory of the process; None where that cannot be read."""
    try:
        pages = _PROC.joinpath(str(pid), "statm").read_text().split()[1]
    except (OSError, IndexError):
        return None
    return int(pages) * os.sysconf("SC_PAGE_SIZE")
