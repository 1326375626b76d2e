"""Whether a program is root's alone: nobody else could have put it there or can change it."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from starling.npu.sysroot import Sysroot

ROOT_UID = 0


def root_uid(root: Sysroot) -> int:
    """Who is root; in a faked machine the owner of its folder."""
    return os.stat(root.root).st_uid if root.faked else ROOT_UID


def why_not(root: Sysroot, path: str) -> str:
    """Why this program must not be run with root's rights; empty when it may.

    The file, what links lead to, and every folder above them belong to root and are written by root only.
    """
    place = root.path(path)
    try:
        owner = root_uid(root)
        if not os.access(place, os.X_OK) or not place.is_file():
            return f"{path} is not there or cannot be run"
        for part in _parts(place, root):
            found = part.lstat()
            if found.st_uid != owner:
                return f"{part} does not belong to root"
            if not stat.S_ISLNK(found.st_mode) and found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
                return f"{part} can be written by others than root"
    except OSError as error:
        return f"{path}: {error.strerror or error}"
    return ""


def _parts(place: Path, root: Sysroot) -> Iterator[Path]:
    """The file and its folders, as named and as they are behind links, up to the machine's root."""
    for path in dict.fromkeys((place, Path(os.path.realpath(place)))):
        top = Path(os.path.realpath(root.root)) if path != place else root.root
        yield path
        for folder in path.parents:
            if root.faked and not folder.is_relative_to(top):
                break
            yield folder
