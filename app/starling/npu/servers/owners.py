"""Whose program listens on a port of this machine: what is said goes to no other person's, whatever it claims."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Iterator

from starling.npu.sysroot import Sysroot

FIRST_PERSON = 1000
"""Accounts below are the system's own: a server that runs as a service has one of them (login.defs, UID_MIN)."""
_TABLES = ("/proc/net/tcp", "/proc/net/tcp6")
_LISTENS = "0A"
_STATE, _UID = 3, 7
"""Columns of these tables."""

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def is_anothers(address: str, port: int, root: Sysroot | None = None) -> bool:
    """Whether another person's program listens there; False too where the system does not tell."""
    owner = owner_of(address, port, root or Sysroot.current())
    return owner is not None and owner >= FIRST_PERSON and owner != os.getuid()


def owner_of(address: str, port: int, root: Sysroot) -> int | None:
    """The user id of who listens there; None where that cannot be seen, as on Windows."""
    wanted = _plain(ipaddress.ip_address(address))
    found = [(place, uid) for place, at, uid in _listeners(root) if at == port and place in (wanted, None)]
    exact = [uid for place, uid in found if place == wanted]
    return next(iter(exact or [uid for _, uid in found]), None)


def _listeners(root: Sysroot) -> Iterator[tuple[Address | None, int, int]]:
    """Address (None for every one), port, user id."""
    for table in _TABLES:
        for line in root.text(table).splitlines()[1:]:
            fields = line.split()
            if len(fields) > _UID and fields[_STATE] == _LISTENS and fields[_UID].isdecimal():
                host, _, port = fields[1].partition(":")
                try:
                    yield _address(host), int(port, 16), int(fields[_UID])
                except ValueError:
                    continue


def _address(digits: str) -> Address | None:
    """The kernel prints 32-bit words in the processor's order."""
    words = [bytes.fromhex(digits[start : start + 8])[::-1] for start in range(0, len(digits), 8)]
    found = ipaddress.ip_address(b"".join(words))
    return None if found.is_unspecified else _plain(found)


def _plain(address: Address) -> Address:
    return getattr(address, "ipv4_mapped", None) or address
