"""Unpacks a model that came as one .zip or .tar file, and nothing outside of the folder it is given."""

from __future__ import annotations

import shutil
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from starling.core.errors import StarlingError

SUFFIXES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")
MOST_MEMBERS = 1000
_CHUNK = 1 << 20
_COPY_AGAIN = "Copy or download the model again."

Member = tuple[str, int, Callable[[], IO[bytes] | None]]
"""Name, claimed bytes, and what opens it."""


def is_archive(path: Path) -> bool:
    """By its name; what it holds is told when it is unpacked."""
    return path.name.lower().endswith(SUFFIXES)


@contextmanager
def unpacked(path: Path, folder: Path) -> Iterator[Path]:
    """The one folder of a model inside an archive, unpacked into ``folder``, which is deleted afterwards.

    Raises:
        StarlingError: ``model.escapes``, ``model.truncated``, ``model.bad_archive``, ``model.disk_full``.
    """
    shutil.rmtree(folder, ignore_errors=True)
    try:
        folder.mkdir(parents=True)
        if path.name.lower().endswith(".zip"):
            with zipfile.ZipFile(path) as archive:
                _unpack(path, _zip_members(path, archive), folder)
        else:
            with tarfile.open(path) as tape:
                _unpack(path, _tar_members(path, tape), folder)
        yield _inner(path, folder)
    except (zipfile.BadZipFile, tarfile.TarError, EOFError, zlib.error, NotImplementedError, RuntimeError):
        raise StarlingError("model.truncated", f"{path} breaks off or is damaged.", _COPY_AGAIN) from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unpack(path: Path, members: list[Member], folder: Path) -> None:
    if len(members) > MOST_MEMBERS:
        raise StarlingError("model.bad_archive", f"{path} holds too many files.", "Unpack it and import the folder.")
    needed, free = sum(size for _, size, _ in members), shutil.disk_usage(folder).free
    if needed > free:
        raise StarlingError(
            "model.disk_full",
            f"The disk is full: {path.name} needs {needed / 1e6:.0f} MB unpacked, {free / 1e6:.0f} MB are free.",
            "Free some space and try again.",
        )
    for name, size, opened in members:
        target = folder.joinpath(*_inside(path, name).parts)
        target.parent.mkdir(parents=True, exist_ok=True)
        source = opened()
        if source is None or target.exists():
            raise StarlingError("model.bad_archive", f"{path} holds {name} twice or not as a file.", _COPY_AGAIN)
        with source, target.open("xb") as file:
            _copy(path, source, file, size)


def _copy(path: Path, source: IO[bytes], target: IO[bytes], size: int) -> None:
    """No more than was claimed: an archive can hold far more than it says."""
    left = size
    while data := source.read(_CHUNK):
        left -= len(data)
        if left < 0:
            raise StarlingError("model.bad_archive", f"{path} holds more than it says.", _COPY_AGAIN)
        target.write(data)
    if left:
        raise EOFError


def _inside(path: Path, name: str) -> PurePosixPath:
    inner = PurePosixPath(name)
    if inner.is_absolute() or ".." in inner.parts or any(sign in name for sign in "\\:\0") or not inner.parts:
        raise StarlingError(
            "model.escapes",
            f"{path} wants to write {name!r}, which is outside its folder.",
            "Get the model from where you trust it.",
        )
    return inner


def _zip_members(path: Path, archive: zipfile.ZipFile) -> list[Member]:
    members: list[Member] = []
    for info in archive.infolist():
        if info.is_dir():
            _inside(path, info.filename)
            continue
        if (info.external_attr >> 16) & 0o170000 == 0o120000:
            raise _link(path, info.filename)
        members.append((info.filename, info.file_size, lambda info=info: archive.open(info)))  # type: ignore[misc]
    return members


def _tar_members(path: Path, tape: tarfile.TarFile) -> list[Member]:
    members: list[Member] = []
    for info in tape:
        if info.isdir():
            continue
        if not info.isreg():
            raise _link(path, info.name)
        members.append((info.name, info.size, lambda info=info: tape.extractfile(info)))  # type: ignore[misc]
        if len(members) > MOST_MEMBERS:
            break
    return members


def _link(path: Path, name: str) -> StarlingError:
    return StarlingError(
        "model.escapes", f"{path} holds {name!r}, which is a link or a device and no file.", _COPY_AGAIN
    )


def _inner(path: Path, folder: Path) -> Path:
    """The folder with files in it; several would be several models."""
    holders = sorted({file.parent for file in folder.rglob("*") if file.is_file()})
    holders = [holder for holder in holders if not holder.name.startswith("__MACOSX")]
    if len(holders) != 1:
        raise StarlingError(
            "model.bad_archive",
            f"{path} holds {'no files' if not holders else 'files in several folders'}.",
            "Unpack it and import the folder of the model.",
        )
    return holders[0]
