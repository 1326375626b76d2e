"""What this machine has, as the system says it. Nothing here is measured."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from starling.models.library import models_dir
from starling.pipeline.shown_models import MachineShown
from starling.speech.stt.cpu import physical_cores

_KIB = 1024


def look(root: Path | None = None) -> MachineShown:
    """Read it; ``root`` stands for /, None takes ``STARLING_SYSROOT`` or the real one."""
    root = root or Path(os.environ.get("STARLING_SYSROOT") or "/")
    cpus = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else range(os.cpu_count() or 0)
    memory = memory_of(_text(root / "proc/meminfo"))
    return MachineShown(
        processor=processor_of(_text(root / "proc/cpuinfo")),
        cores=physical_cores(cpus) or None,
        threads=len(cpus) or None,
        memory_bytes=memory.get("MemTotal"),
        available_bytes=memory.get("MemAvailable"),
        folder=str(models_dir()),
        free_bytes=free_bytes(models_dir()),
    )


def memory_of(text: str) -> dict[str, int]:
    """Bytes by name, from the text of ``/proc/meminfo``; what is no such line is left out."""
    found = {}
    for line in text.splitlines():
        name, _, rest = line.partition(":")
        words = rest.split()
        if len(words) == 2 and words[0].isdecimal() and words[1] == "kB":
            found[name] = int(words[0]) * _KIB
    return found


def processor_of(text: str) -> str:
    """The processor's name, from the text of ``/proc/cpuinfo``; empty if it has none."""
    for line in text.splitlines():
        name, _, rest = line.partition(":")
        if name.strip() == "model name":
            return " ".join(rest.split())
    return ""


def free_bytes(folder: Path) -> int | None:
    """Room on the disk of a folder that may not be there yet; None where it cannot be asked."""
    for place in (folder, *folder.parents):
        try:
            return shutil.disk_usage(place).free
        except FileNotFoundError:
            continue
        except OSError:
            return None
    return None


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
