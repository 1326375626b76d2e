"""Unpacks a model that came as one .zip or .tar file, and nothing outside of the folder it is given."""

from __future__ import annotations

import bz2
import gzip
import lzma
import shutil
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Any, cast

from starling.core.errors import StarlingError
from starling.models.disk import disk_errors

SUFFIXES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")
MOST_MEMBERS = 1000
LARGEST_HEADER = 4 << 20
"""Bytes that a tar may have in one header, or after its end; a header is held in memory."""
_CHUNK = 1 << 20
_COPY_AGAIN = "Copy or download the model again."
_PACKED: tuple[tuple[bytes, Callable[[Path], Any]], ...] = (
    (b"\x1f\x8b", gzip.open),
    (b"BZh", bz2.open),
    (b"\xfd7zXZ\0", lzma.open),
)
_DAMAGED = (zipfile.BadZipFile, tarfile.TarError, EOFError, zlib.error, lzma.LZMAError, NotImplementedError)

Member = tuple[str, int, Callable[[], IO[bytes] | None]]
"""Name, claimed bytes, and what opens it."""


def is_archive(path: Path) -> bool:
    """By its name; what it holds is told when it is unpacked."""
    return path.name.lower().endswith(SUFFIXES)


@contextmanager
def unpacked(path: Path, folder: Path) -> Iterator[Path]:
    """The one folder of a model inside an archive, unpacked into ``folder``, which is deleted afterwards.

    Raises:
        StarlingError: ``model.escapes``, ``model.truncated``, ``model.bad_archive``, ``model.unreadable``,
            ``model.disk_full``, ``model.write_failed``.
    """
    shutil.rmtree(folder, ignore_errors=True)
    try:
        with disk_errors(folder):
            folder.mkdir(parents=True)
        with _told(path):
            if path.name.lower().endswith(".zip"):
                _unpack_zip(path, folder)
            else:
                _unpack_tar(path, folder)
        yield _inner(path, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """What the libraries raise about an archive, in words."""
    try:
        yield
    except OSError as error:
        if error.errno is not None:  # without a number it is a decompressor's own complaint
            raise StarlingError(
                "model.unreadable", f"{path} cannot be read: {error.strerror}.", "Check the name and the disk."
            ) from None
        raise _damaged(path) from None
    except RuntimeError:  # zipfile's way to ask for a password
        raise StarlingError(
            "model.bad_archive", f"{path} is locked with a password.", "Unpack it and import the folder."
        ) from None
    except (*_DAMAGED, ValueError):
        raise _damaged(path) from None


def _damaged(path: Path) -> StarlingError:
    return StarlingError("model.truncated", f"{path} breaks off or is damaged.", _COPY_AGAIN)


def _unpack_zip(path: Path, folder: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        _unpack(path, _zip_members(path, archive, folder), folder)


def _unpack_tar(path: Path, folder: Path) -> None:
    with ExitStack() as stack:
        with path.open("rb") as file:
            start = file.read(6)
        opened = next((opens for mark, opens in _PACKED if start.startswith(mark)), None)
        stream = stack.enter_context(opened(path) if opened else path.open("rb"))
        bounded = cast(IO[bytes], _Bounded(stream))
        tape = stack.enter_context(tarfile.open(fileobj=bounded, mode="r:"))
        _unpack(path, _tar_members(path, tape, folder), folder)
        rest = 0
        while data := stream.read(_CHUNK):  # the check of what was read stands at the very end
            rest += len(data)
            if rest > LARGEST_HEADER:
                raise StarlingError("model.bad_archive", f"{path} goes on after its end.", _COPY_AGAIN)


class _Bounded:
    """A stream of which no more is read at once than a header may have."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self.seek, self.tell = stream.seek, stream.tell

    def read(self, size: int) -> bytes:
        if size > LARGEST_HEADER:
            raise tarfile.ReadError("the header is too large")
        return cast(bytes, self._stream.read(size))


def _unpack(path: Path, members: list[Member], folder: Path) -> None:
    for name, size, opened in members:
        target = folder.joinpath(*_inside(path, name).parts)
        source = opened() if _makes_room(target) else None
        if source is None:
            raise StarlingError("model.bad_archive", f"{path} holds {name} twice or not as a file.", _COPY_AGAIN)
        with source:
            _copy(path, source, target, size)


def _makes_room(target: Path) -> bool:
    """Whether a file can be written there: nothing is, and what is above it are folders."""
    with disk_errors(target):
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
        except (FileExistsError, NotADirectoryError):
            return False
        return not target.exists()


def _copy(path: Path, source: IO[bytes], target: Path, size: int) -> None:
    """No more than was claimed: an archive can hold far more than it says."""
    left = size
    with ExitStack() as stack:
        with disk_errors(target):
            file = stack.enter_context(target.open("xb"))
        while data := source.read(_CHUNK):
            left -= len(data)
            if left < 0:
                raise StarlingError("model.bad_archive", f"{path} holds more than it says.", _COPY_AGAIN)
            with disk_errors(target):
                file.write(data)
        with disk_errors(target):
            file.flush()
    if left:
        raise EOFError


class _Room:
    """Counts what an archive claims to hold."""

    def __init__(self, path: Path, folder: Path) -> None:
        self._path, self._free = path, shutil.disk_usage(folder).free
        self._members = self._needed = 0

    def take(self, size: int) -> None:
        """One more member. Raises StarlingError."""
        self._members += 1
        self._needed += size
        if self._members > MOST_MEMBERS:
            raise StarlingError(
                "model.bad_archive", f"{self._path} holds too many files.", "Unpack it and import the folder."
            )
        if self._needed > self._free:
            raise StarlingError(
                "model.disk_full",
                f"The disk is full: {self._path.name} needs {self._needed / 1e6:.0f} MB unpacked or more, "
                f"{self._free / 1e6:.0f} MB are free.",
                "Free some space and try again.",
            )


def _inside(path: Path, name: str) -> PurePosixPath:
    inner = PurePosixPath(name)
    if inner.is_absolute() or ".." in inner.parts or any(sign in name for sign in "\\:\0") or not inner.parts:
        raise StarlingError(
            "model.escapes",
            f"{path} wants to write {name!r}, which is outside its folder.",
            "Get the model from where you trust it.",
        )
    return inner


def _zip_members(path: Path, archive: zipfile.ZipFile, folder: Path) -> list[Member]:
    members: list[Member] = []
    room = _Room(path, folder)
    for info in archive.infolist():
        room.take(info.file_size)
        if info.is_dir():
            _inside(path, info.filename)
            continue
        if (info.external_attr >> 16) & 0o170000 == 0o120000:
            raise _link(path, info.filename)
        members.append((info.filename, info.file_size, lambda info=info: archive.open(info)))  # type: ignore[misc]
    return members


def _tar_members(path: Path, tape: tarfile.TarFile, folder: Path) -> list[Member]:
    members: list[Member] = []
    room = _Room(path, folder)
    for info in tape:  # sizes are added up on the way: to find the next header, what is before it is unpacked
        room.take(info.size)
        if info.isdir():
            continue
        if not info.isreg():
            raise _link(path, info.name)
        members.append((info.name, info.size, lambda info=info: tape.extractfile(info)))  # type: ignore[misc]
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
