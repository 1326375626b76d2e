"""Turns the errors of SQLite and the file system into ones a person can act on."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from starling.core.errors import StarlingError

_FULL = {errno.ENOSPC, errno.EDQUOT} if hasattr(errno, "EDQUOT") else {errno.ENOSPC}
_SQLITE_PRIMARY = 0xFF
"""Extended result codes carry the primary one in their low byte."""


@contextmanager
def told(folder: Path) -> Iterator[None]:
    """Raise StarlingError for what SQLite and the file system raise inside.

    Raises:
        StarlingError: ``history.disk_full``, ``history.busy``, ``history.unwritable`` or ``history.damaged``.
    """
    try:
        yield
    except sqlite3.Error as error:
        raise _database_error(error, folder) from error
    except TimeoutError as error:
        raise _busy() from error
    except OSError as error:
        if error.errno in _FULL:
            raise _disk_full(folder) from error
        raise _unwritable(folder, error.strerror or "unknown reason") from error


def damaged(error: sqlite3.Error) -> bool:
    """Whether the error says that the file's content is broken."""
    return _code(error) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def full(error: sqlite3.Error) -> bool:
    """Whether the error says that the disk is full."""
    return _code(error) == sqlite3.SQLITE_FULL


def _code(error: sqlite3.Error) -> int:
    return int(getattr(error, "sqlite_errorcode", 0)) & _SQLITE_PRIMARY


def _database_error(error: sqlite3.Error, folder: Path) -> StarlingError:
    code = _code(error)
    if full(error):
        return _disk_full(folder)
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return _busy()
    if damaged(error):
        return StarlingError(
            "history.damaged", f"The history in {folder} is damaged.", "Start Starling again: it begins a fresh one."
        )
    return _unwritable(folder, str(error))


def _busy() -> StarlingError:
    return StarlingError(
        "history.busy", "Another program holds the history for too long.", "Close it, or wait and try again."
    )


def _disk_full(folder: Path) -> StarlingError:
    return StarlingError(
        "history.disk_full", f"The disk that holds {folder} is full.", "Free some space; texts go on without history."
    )


def _unwritable(folder: Path, reason: str) -> StarlingError:
    return StarlingError(
        "history.unwritable",
        f"The history in {folder} cannot be written: {reason}.",
        "Check that the folder belongs to you and can be written.",
    )
