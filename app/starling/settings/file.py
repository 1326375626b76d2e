"""The settings file itself: read, set aside, and written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from starling.core.errors import StarlingError

LOCK_TIMEOUT_S = 5.0
"""Another process holds the lock for a few milliseconds; longer means that it hangs."""


class DamagedError(Exception):
    """The file is no TOML."""


def read_text(path: Path) -> str:
    """The file's text; empty if there is none.

    Raises:
        DamagedError: it is not UTF-8.
        OSError: it is there and cannot be read.
    """
    try:
        return path.read_bytes().decode("utf-8-sig")  # some editors write a byte order mark
    except FileNotFoundError:
        return ""
    except UnicodeDecodeError as error:
        raise DamagedError(str(error)) from error


def parse(text: str) -> dict[str, Any]:
    """The document as plain values. Raises DamagedError."""
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise DamagedError(str(error)) from error


def set_aside(path: Path) -> Path:
    """Rename a damaged file to the first free ``settings.damaged-<n>.toml`` beside it and return that.

    Raises:
        OSError: the folder cannot be written.
    """
    number = 1
    while (target := path.with_name(f"{path.stem}.damaged-{number}{path.suffix}")).exists():
        number += 1
    path.rename(target)
    return target


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Keep every other process from changing the file; what goes wrong inside is told as ``settings.unwritable``.

    Raises:
        StarlingError: ``settings.unwritable`` or ``settings.busy``.
    """
    import filelock  # slow to import, and only a change needs it

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(path.with_suffix(".lock"), timeout=LOCK_TIMEOUT_S):
            yield
    except filelock.Timeout as error:
        raise StarlingError(
            "settings.busy",
            f"Another program has held the settings for {LOCK_TIMEOUT_S:g} s.",
            "Close other windows of Starling and try again.",
        ) from error
    except OSError as error:
        raise StarlingError(
            "settings.unwritable",
            f"The settings cannot be saved to {path}: {error.strerror or error}.",
            "They hold until Starling ends; make the folder writable or free some space, and set them again.",
        ) from error


def replace(path: Path, text: str) -> None:
    """Write beside the file, reach the disk, then rename over it. Raises OSError; the file is then as it was."""
    path = path.resolve()  # a link to a file kept elsewhere stays a link
    with _temporary(path) as temporary:
        with temporary.open("w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        if path.exists():
            shutil.copymode(path, temporary)
        temporary.replace(path)


@contextlib.contextmanager
def _temporary(path: Path) -> Iterator[Path]:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}-", suffix=".tmp")
    os.close(handle)
    try:
        yield Path(name)
    finally:
        with contextlib.suppress(OSError):
            os.unlink(name)
