"""What a process holds of an accelerator's memory, where its driver tells.

The keys are those of the kernel's "DRM client usage stats" (Documentation/gpu/drm-usage-stats.rst): in the fdinfo of
each open device file ``drm-total-<region>`` or the older ``drm-memory-<region>``, with a number and ``KiB`` or ``MiB``.
"""

from __future__ import annotations

import re

from starling.npu.probe import files
from starling.npu.probe.holders import parse_fdinfo
from starling.npu.sysroot import Sysroot

FILES_MOST = 1024
_UNITS = {"": 1, "KiB": 1 << 10, "MiB": 1 << 20}
_SIZE = re.compile(r"([0-9]{1,18})(?: (KiB|MiB))?")
_TOTAL, _OLDER = "drm-total-", "drm-memory-"


def buffer_bytes(text: str) -> int | None:
    """Bytes of buffers that one fdinfo tells; None when it tells none."""
    told = parse_fdinfo(text)
    for prefix in (_TOTAL, _OLDER):
        sizes = [_SIZE.fullmatch(value) for key, value in told.items() if key.startswith(prefix)]
        known = [int(size[1]) * _UNITS[size[2] or ""] for size in sizes if size]
        if known:
            return sum(known)
    return None


def held(pid: int, root: Sysroot | None = None, driver: str = "amdxdna") -> int | None:
    """Bytes of buffers that a process holds by its device files of this driver; None where nothing tells.

    A client that is open several times is counted once, as the kernel's document asks for (``drm-client-id``).
    """
    root = root or Sysroot.current()
    clients: dict[str, int] = {}
    for name in files.names(root, f"/proc/{pid}/fdinfo")[:FILES_MOST]:
        text = root.text(f"/proc/{pid}/fdinfo/{name}")
        told = parse_fdinfo(text)
        size = buffer_bytes(text) if told.get("drm-driver", "").startswith(driver) else None
        if size is not None:
            clients[told.get("drm-client-id", f"file {name}")] = size
    return sum(clients.values()) if clients else None
