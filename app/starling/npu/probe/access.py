"""Whether this process may use the node and lock the memory that XRT needs."""

from __future__ import annotations

import os
import re
import stat

from starling.npu.probe import files, fixes, identity
from starling.npu.probe.distro import Distro
from starling.npu.probe.identity import Identity
from starling.npu.probe.notes import Notes
from starling.npu.sysroot import Sysroot

LIMITS = "/proc/self/limits"
LIMIT_FILES = ("/etc/security/limits.conf", "/etc/security/limits.d")
UNIT_FOLDERS = ("/etc/systemd/system/user@.service.d", "/etc/systemd/user@.service.d",
                "/usr/lib/systemd/system/user@.service.d")  # fmt: skip
DEFAULT_FOLDERS = ("/etc/systemd/system.conf.d", "/usr/lib/systemd/system.conf.d")
INFINITE = -1


def check_node(root: Sysroot, node: str, distro: Distro, notes: Notes) -> None:
    """Owner, group and mode of the node, and whether they let this process in."""
    try:
        found = root.path(node).stat()
    except OSError as error:
        notes.fault(
            "npu.node_missing",
            f"The driver's device file {node} is not there ({error.strerror}).",
            fixes.container(node, distro) if distro.container else "Run: sudo udevadm trigger --subsystem-match=accel",
        )
        return
    owner = identity.name_of(root, "/etc/passwd", found.st_uid) or str(found.st_uid)
    group = identity.name_of(root, "/etc/group", found.st_gid) or str(found.st_gid)
    notes.found("node", f"{owner}:{group} {stat.S_IMODE(found.st_mode):04o}", f"stat {node}")
    process = identity.read(root)
    if process is None:
        return
    notes.found("user", process.user or process.uid, "/proc/self/status")
    if not _may_use(root, node, found, process):
        _refused(node, found, group, process, distro, notes)


def _may_use(root: Sysroot, node: str, found: os.stat_result, process: Identity) -> bool:
    if not root.faked:
        return os.access(root.path(node), os.R_OK | os.W_OK)  # knows of access lists too
    if process.uid == 0:
        return True
    if found.st_uid == process.uid:
        wanted = stat.S_IRUSR | stat.S_IWUSR
    elif found.st_gid in process.groups:
        wanted = stat.S_IRGRP | stat.S_IWGRP
    else:
        wanted = stat.S_IROTH | stat.S_IWOTH
    return found.st_mode & wanted == wanted


def _refused(node: str, found: os.stat_result, group: str, process: Identity, distro: Distro, notes: Notes) -> None:
    by_group = stat.S_IRGRP | stat.S_IWGRP
    if distro.container:
        reason, fix = f"The container's user may not use {node}.", fixes.container(node, distro)
    elif found.st_mode & by_group != by_group or found.st_gid == 0:
        reason, fix = f"Only root may use {node}.", fixes.udev_rule()
    elif found.st_gid in process.groups:
        reason, fix = f"{node} cannot be opened although this process is in the group {group}.", fixes.udev_rule()
    elif found.st_gid in process.account_groups:
        reason = f"{process.user} is in the group {group}, but this session began before that."
        fix = "Log out and in again; if that does not help, restart the computer."
    else:
        reason = f"{process.user or 'This user'} is not in the group {group}, which may use {node}."
        fix = fixes.join_group(group, process.user)
    notes.fault("npu.permission", reason, fix)


def check_memlock(root: Sysroot, distro: Distro, notes: Notes) -> None:
    """Whether 64 MiB can be locked; below that every call of XRT fails and looks as if there were no NPU."""
    soft, hard, evidence = _limit(root)
    if soft is None:
        return
    notes.found("memlock", f"soft {_shown(soft)}, hard {_shown(hard)}", evidence)
    process = identity.read(root)
    if process is not None and process.capabilities & identity.CAP_IPC_LOCK:
        notes.found("memlock", "not limited: this process has CAP_IPC_LOCK", "/proc/self/status CapEff")
        return
    if soft == INFINITE or soft >= fixes.MEMLOCK_BYTES:
        return
    limits_set, unit_set = _limits_set(root, notes), _unit_set(root, notes)
    notes.fault(
        "npu.memlock",
        f"Only {_shown(soft)} of memory can be locked, and the NPU's runtime needs {_shown(fixes.MEMLOCK_BYTES)}.",
        fixes.memlock(distro, limits_set=limits_set, unit_set=unit_set),
    )


def _limit(root: Sysroot) -> tuple[int | None, int | None, str]:
    found = parse_limits(root.text(LIMITS))
    if found is not None:
        return *found, LIMITS
    if root.faked or os.name != "posix":
        return None, None, ""
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_MEMLOCK)
    infinite = resource.RLIM_INFINITY
    return (
        INFINITE if soft == infinite else soft,
        INFINITE if hard == infinite else hard,
        "getrlimit(RLIMIT_MEMLOCK)",
    )


def parse_limits(text: str) -> tuple[int, int | None] | None:
    """Soft and hard limit of locked memory in bytes from ``/proc/self/limits``; -1 for unlimited."""
    for line in text.splitlines():
        if not line.startswith("Max locked memory"):
            continue
        numbers = [INFINITE if word == "unlimited" else int(word)
                   for word in line[len("Max locked memory"):].split()
                   if word == "unlimited" or (word.isascii() and word.isdigit() and len(word) < 21)]  # fmt: skip
        if numbers:
            return numbers[0], numbers[1] if len(numbers) > 1 else None
    return None


def _shown(limit: int | None) -> str:
    if limit is None:
        return "unknown"
    if limit == INFINITE:
        return "unlimited"
    return f"{limit / (1 << 20):.0f} MiB" if limit >= 1 << 20 else f"{limit / 1024:.0f} KiB"


def _limits_set(root: Sysroot, notes: Notes) -> bool:
    paths = [LIMIT_FILES[0], *files.glob(root, LIMIT_FILES[1], r".*\.conf")]
    return _line_is_in(root, paths, r"\S+\s+(-|soft|hard)\s+memlock\s+(unlimited|infinity|-1|\d{6,})\s*", notes)


def _unit_set(root: Sysroot, notes: Notes) -> bool:
    units = [path for folder in UNIT_FOLDERS for path in files.glob(root, folder, r".*\.conf")]
    defaults = [path for folder in DEFAULT_FOLDERS for path in files.glob(root, folder, r".*\.conf")]
    return _line_is_in(root, units, r"LimitMEMLOCK\s*=\s*(infinity|\d+G)\s*", notes) or _line_is_in(
        root, ["/etc/systemd/system.conf", *defaults], r"DefaultLimitMEMLOCK\s*=\s*(infinity|\d+G)\s*", notes
    )


def _line_is_in(root: Sysroot, paths: list[str], pattern: str, notes: Notes) -> bool:
    matcher = re.compile(pattern)
    for path in paths:
        for line in root.text(path).splitlines():
            if matcher.fullmatch(line.strip()):
                notes.found("memlock", line.strip(), path)
                return True
    return False
