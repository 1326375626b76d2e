"""How many threads a recogniser should use."""

from __future__ import annotations

import os
from pathlib import Path

MOST_THREADS = 4
"""More cores wait for memory, and the rest of the desktop wants some."""
_SYSFS_CPUS = Path("/sys/devices/system/cpu")


def default_threads() -> int:
    """Physical cores this process may use, four at most."""
    allowed = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else range(os.cpu_count() or 1)
    cores = physical_cores(allowed)
    if not cores:
        # Without topology (Windows, macOS, some containers) assume two threads a core.
        cores = len(allowed) // 2
    return max(1, min(MOST_THREADS, cores))


def physical_cores(cpus: range | list[int]) -> int:
    """Distinct (package, core) pairs of ``cpus``; 0 if the system does not say."""
    sysroot = Path(os.environ.get("STARLING_SYSROOT", "/"))
    cores = set()
    for cpu in cpus:
        topology = sysroot / _SYSFS_CPUS.relative_to("/") / f"cpu{cpu}" / "topology"
        try:
            cores.add(tuple((topology / name).read_text().strip() for name in ("physical_package_id", "core_id")))
        except OSError:
            return 0
    return len(cores)
