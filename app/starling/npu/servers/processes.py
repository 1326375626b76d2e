"""Whether a server's own process has the NPU open: a check of what it says of itself, where the system allows it."""

from __future__ import annotations

import os
from collections.abc import Iterator

from starling.npu.sysroot import Sysroot

_NODES = "/dev/accel/"
_MOST = 64


def has_npu_open(pid: int, root: Sysroot | None = None) -> bool | None:
    """Whether the process, or one that it started, has an accelerator's node open; None when that cannot be seen.

    XRT holds the node open as long as it uses the device. Another user's process shows nothing.
    """
    root = root or Sysroot.current()
    seen = [_opened(root, one) for one in (pid, *_children(root, pid))]
    if True in seen:
        return True
    return None if None in seen else False


def _opened(root: Sysroot, pid: int) -> bool | None:
    folder = root.path(f"/proc/{pid}/fd")
    try:
        names = os.listdir(folder)
    except OSError:
        return None
    return any(_target(f"{folder}/{name}").startswith(_NODES) for name in names)


def _target(path: str) -> str:
    try:
        return os.readlink(path)
    except OSError:
        return ""  # closed meanwhile


def _children(root: Sysroot, pid: int) -> Iterator[int]:
    for task in sorted(root.path(f"/proc/{pid}/task").glob("*"))[:_MOST]:
        for word in root.text(f"/proc/{pid}/task/{task.name}/children").split()[:_MOST]:
            if word.isascii() and word.isdigit():
                yield int(word)
