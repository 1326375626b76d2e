"""A name for this machine, so that proofs that came with a copied home folder are not believed."""

from __future__ import annotations

import hashlib
import platform

from starling.npu.sysroot import Sysroot

_SALT = b"starling proof 1 "
"""machine-id(5) asks that its value is never shown; what is derived from it with a key of the program's own may be."""
_CPU_LINES = ("model name", "cpu family", "model", "stepping")


def machine_name(root: Sysroot | None = None) -> str:
    """Sixteen hexadecimal digits from the machine's own number and its processor."""
    root = root or Sysroot.current()
    number = root.text("/etc/machine-id") or root.text("/var/lib/dbus/machine-id") or platform.node()
    facts = "\n".join((number, _processor(root.text("/proc/cpuinfo")) or platform.processor()))
    return hashlib.sha256(_SALT + facts.encode("utf-8", "replace")).hexdigest()[:16]


def _processor(cpuinfo: str) -> str:
    """The first processor's own lines: the rest of the file changes with clocks and cores."""
    first = cpuinfo.partition("\n\n")[0]
    lines = (line.partition(":") for line in first.splitlines())
    return " ".join(value.strip() for name, _, value in lines if name.strip() in _CPU_LINES)
