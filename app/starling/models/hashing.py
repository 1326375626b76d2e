"""SHA-256 of files."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO

from starling.models.card import FileRecord

_CHUNK = 1 << 22


def file_record(path: Path, on_read: Callable[[int], None] | None = None) -> FileRecord:
    """Hash a file in a stream; ``on_read`` hears how many bytes were read.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        if on_read is not None:
            return _told(file, on_read)
        digest = hashlib.file_digest(file, "sha256")
        return FileRecord(digest.hexdigest(), file.tell())


def _told(file: IO[bytes], on_read: Callable[[int], None]) -> FileRecord:
    digest, size = hashlib.sha256(), 0
    while data := file.read(_CHUNK):
        digest.update(data)
        size += len(data)
        on_read(size)
    return FileRecord(digest.hexdigest(), size)


def folder_records(folder: Path, names: Iterable[str]) -> dict[str, FileRecord]:
    """Hash some files of a folder, in name order."""
    return {name: file_record(folder / name) for name in sorted(names)}
