"""Who uses the NPU now: from the driver, from xrt-smi, and from the processes that have its node open."""

from __future__ import annotations

import contextlib
import os
from collections import Counter
from collections.abc import Iterable, Iterator

from starling.core.foreign import one_line
from starling.npu.probe import files
from starling.npu.report import Holder
from starling.npu.sysroot import Sysroot

DRIVER_NAME = "amdxdna"
PROCESSES_MOST = 4096
NAME_CHARACTERS = 64


def combine(
    root: Sysroot, told: Iterable[tuple[str, Iterable[int]]], open_in: Iterable[tuple[int, str]]
) -> tuple[Holder, ...]:
    """One entry for each process.

    Args:
        root: where ``/proc`` is.
        told: (evidence, one process id for each context); the first that names a process counts its contexts.
        open_in: (process id, evidence) of processes with the node open.
    """
    found: dict[int, tuple[int, list[str]]] = {}
    for evidence, pids in told:
        for pid, contexts in Counter(pids).items():
            count, seen = found.get(pid, (0, []))
            found[pid] = (count or contexts, [*seen, evidence])
    for pid, evidence in open_in:
        count, seen = found.get(pid, (0, []))
        found[pid] = (count, [*seen, evidence])
    own = os.getpid()
    return tuple(
        Holder(pid, process_name(root, pid), contexts, "; ".join(seen))
        for pid, (contexts, seen) in sorted(found.items())
        if pid != own or root.faked
    )


def process_name(root: Sysroot, pid: int) -> str:
    """As ``/proc`` has it; empty for a process that is gone or in another namespace."""
    return one_line(root.text(f"/proc/{pid}/comm"), NAME_CHARACTERS)  # a process may call itself anything


def with_node_open(root: Sysroot, node: str) -> Iterator[tuple[int, str]]:
    """Processes of this user that have the node open; those of others are not readable."""
    numbers = [name for name in files.names(root, "/proc") if name.isascii() and name.isdigit()]
    for name in numbers[:PROCESSES_MOST]:
        for descriptor in files.names(root, f"/proc/{name}/fd"):
            if _target(root, f"/proc/{name}/fd/{descriptor}") != node:
                continue
            path = f"/proc/{name}/fdinfo/{descriptor}"
            if parse_fdinfo(root.text(path)).get("drm-driver", DRIVER_NAME).startswith(DRIVER_NAME):
                yield int(name), path
                break


def _target(root: Sysroot, path: str) -> str:
    with contextlib.suppress(OSError, ValueError):
        return os.readlink(root.path(path))
    return ""


def parse_fdinfo(text: str) -> dict[str, str]:
    """``drm-driver: amdxdna_accel_driver`` and its like."""
    pairs = (line.partition(":") for line in text.splitlines())
    return {key.strip(): value.strip() for key, colon, value in pairs if colon}
