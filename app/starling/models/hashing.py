"""SHA-256 of files."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from starling.models.card import FileRecord


def file_record(path: Path) -> FileRecord:
    """Hash a file in a stream.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
        return FileRecord(digest.hexdigest(), file.tell())


def folder_records(folder: Path, names: Iterable[str]) -> dict[str, FileRecord]:
    """Hash some files of a folder, in name order."""
    return {name: file_record(folder / name) for name in sorted(names)}
