"""Looking at folders and programs below a sysroot. Paths that come back are the machine's own, without the sysroot."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from starling.npu.sysroot import Sysroot

PROGRAM_FOLDERS = ("/usr/local/bin", "/usr/bin", "/bin")


def names(root: Sysroot, folder: str) -> list[str]:
    """The names in a folder, numbers in their order; empty when it cannot be listed."""
    try:
        return sorted(os.listdir(root.path(folder)), key=_natural)
    except (OSError, ValueError):
        return []


def _natural(name: str) -> list[tuple[int, int, str]]:
    parts = re.findall(r"[0-9]{1,18}|[^0-9]+|[0-9]+", name)
    return [(0, int(part), "") if part.isascii() and part.isdigit() else (1, 0, part) for part in parts]


def glob(root: Sysroot, folder: str, pattern: str) -> list[str]:
    """Paths of what is in a folder and has such a name."""
    matcher = re.compile(pattern)
    return [f"{folder}/{name}" for name in names(root, folder) if matcher.fullmatch(name)]


def exists(root: Sysroot, path: str) -> bool:
    """Whether something is there."""
    try:
        return root.path(path).exists()
    except (OSError, ValueError):
        return False


def link_name(root: Sysroot, path: str) -> str:
    """The name of what a link leads to; empty when it is no link."""
    try:
        place = root.path(path)
        return place.resolve().name if place.is_symlink() else ""
    except (OSError, ValueError, RuntimeError):  # RuntimeError: links in a circle
        return ""


def home() -> str:
    """The user's own folder, as the machine calls it."""
    return PurePosixPath(Path.home()).as_posix() if os.name == "posix" else str(Path.home())


def programs(root: Sysroot, wanted: Iterable[str], folders: Iterable[str] = ()) -> Iterator[str]:
    """Where executables of these names are: in the given folders, on the PATH, in the usual places."""
    wanted = tuple(wanted)
    path = [folder for folder in os.environ.get("PATH", "").split(os.pathsep) if os.path.isabs(folder)]
    for folder in dict.fromkeys((*folders, *path, *PROGRAM_FOLDERS)):
        for name in wanted:
            place = f"{folder.rstrip('/')}/{name}"
            if executable(root, place):
                yield place


def executable(root: Sysroot, path: str) -> bool:
    """Whether it is a file that we may run."""
    try:
        real = root.path(path)
        return real.is_file() and os.access(real, os.X_OK)
    except (OSError, ValueError):
        return False


def user_folder(root: Sysroot, variable: str) -> str:
    """An absolute path from the environment if it exists below the sysroot; empty otherwise."""
    value = os.environ.get(variable, "").rstrip("/")
    return value if value and os.path.isabs(value) and exists(root, value) else ""
