"""Who this process is and which groups the user's account has by now: a new group counts from the next login on."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass

from starling.npu.sysroot import Sysroot

CAP_IPC_LOCK = 1 << 14


@dataclass(frozen=True)
class Identity:
    """The process.

    Attributes:
        user: the account's name; empty when it is not known.
        groups: ids that this process has.
        account_groups: ids that the account's next login will have.
        capabilities: the effective ones, as bits.
    """

    uid: int
    user: str
    groups: frozenset[int]
    account_groups: frozenset[int]
    capabilities: int = 0


def read(root: Sysroot) -> Identity | None:
    """From ``/proc/self/status``, ``/etc/passwd`` and ``/etc/group``; None where there is no such thing."""
    status = dict(_fields(root.text("/proc/self/status")))
    uid, gid = _first_number(status.get("Uid", "")), _first_number(status.get("Gid", ""))
    if uid is None or gid is None:
        return None
    user = name_of(root, "/etc/passwd", uid) or _system_user(root, uid)
    account = {number for name, number, members in _groups(root) if user and user in members}
    groups = {int(word) for word in status.get("Groups", "").split() if _digits(word)}
    return Identity(
        uid=uid,
        user=user,
        groups=frozenset(groups | {gid}),
        account_groups=frozenset(account | _system_groups(root, user, gid)),
        capabilities=_hexadecimal(status.get("CapEff", "")),
    )


def name_of(root: Sysroot, table: str, number: int) -> str:
    """The name of a user or group by its number."""
    for line in root.text(table).splitlines():
        fields = line.split(":")
        if len(fields) > 2 and fields[2] == str(number):
            return fields[0]
    return ""


def _groups(root: Sysroot) -> Iterator[tuple[str, int, list[str]]]:
    for line in root.text("/etc/group").splitlines():
        fields = line.split(":")
        if len(fields) > 3 and _digits(fields[2]):
            yield fields[0], int(fields[2]), [member.strip() for member in fields[3].split(",")]


def _system_user(root: Sysroot, uid: int) -> str:
    """Accounts that are in no file: from a directory service."""
    if root.faked or os.name != "posix":
        return ""
    import pwd

    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return ""


def _system_groups(root: Sysroot, user: str, gid: int) -> set[int]:
    if root.faked or not user or os.name != "posix":
        return set()
    with contextlib.suppress(OSError):
        return set(os.getgrouplist(user, gid))
    return set()


def _fields(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        key, _, value = line.partition(":")
        yield key.strip(), value.strip()


def _digits(word: str) -> bool:
    return word.isascii() and word.isdigit() and len(word) < 12


def _first_number(text: str) -> int | None:
    word = next(iter(text.split()), "")
    return int(word) if _digits(word) else None


def _hexadecimal(text: str) -> int:
    try:
        return int(text, 16)
    except ValueError:
        return 0
