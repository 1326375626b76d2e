"""Where a Starling that runs is met by others of its user: a private folder for sockets."""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

LONGEST_PATH = 80
"""Characters. A socket's address holds 107 bytes, and Qt makes it below a temporary name first."""
_PRIVATE = 0o700


def mark(data: Path) -> str:
    """A name for the user's data folder: one window for each."""
    return hashlib.sha256(os.fsencode(data.absolute())).hexdigest()[:12]


def candidates(data: Path, env: Mapping[str, str]) -> Iterator[Path]:
    """Folders for the socket, best first. Some can be too deep for an address, some file systems have no sockets."""
    runtime = env.get("XDG_RUNTIME_DIR", "")
    if runtime and Path(runtime).is_absolute() and _is_mine(Path(runtime)):
        yield Path(runtime) / f"starling-{mark(data)}"
    yield data / "run"
    yield Path(tempfile.gettempdir()) / f"starling-{os.getuid()}-{mark(data)}"


def addresses(data: Path, env: Mapping[str, str], name: str) -> Iterator[str]:
    """Where a server called ``name`` can listen, best first; their folders are there and nobody else's."""
    if os.name == "nt":
        yield f"starling-{mark(data)}-{name}"
        return
    for folder in candidates(data, env):
        path = str(folder / f"{name}.sock")
        if len(os.fsencode(path)) <= LONGEST_PATH and private(folder):
            yield path


def private(folder: Path) -> bool:
    """Make the folder ours alone; False when it is another's, or no folder."""
    try:
        folder.mkdir(_PRIVATE, parents=True, exist_ok=True)
        if not _is_mine(folder):
            return False
        folder.chmod(_PRIVATE)
    except OSError:
        return False
    return True


def _is_mine(folder: Path) -> bool:
    """Whether it is a folder of this user and not a link to one."""
    try:
        status = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid()
