"""Finds the NPU and what is around it: no AMD package is needed, nothing is changed, no root.

Paths in the report are the machine's own; whoever reads or runs one goes through :class:`starling.npu.sysroot.Sysroot`.
"""

from __future__ import annotations

import sys

from starling.npu.probe.ioctls import Ioctl
from starling.npu.report import Npu
from starling.npu.sysroot import Sysroot


def probe(root: Sysroot | None = None, *, tools: bool = True, ioctl: Ioctl | None = None) -> Npu:
    """Look for the NPU. Never raises; what could not be read is empty, and says why where that matters.

    Args:
        root: where the machine's files are; None for ``STARLING_SYSROOT`` or the real root.
        tools: run xrt-smi, flm and the like too, each for two seconds at most; never in a GUI's thread. Without
            them it takes milliseconds.
        ioctl: stands for the system call.
    """
    root = root or Sysroot.current()
    if sys.platform == "win32" and not root.faked:
        from starling.npu.probe import windows

        return windows.probe(root, tools=tools)
    from starling.npu.probe import linux

    return linux.probe(root, tools=tools, ioctl=ioctl)
