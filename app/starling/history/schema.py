"""The database file: opening, migrations, and what happens to a newer or damaged one."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path

from starling.core.errors import StarlingError
from starling.core.folding import fold
from starling.history.faults import damaged

BUSY_TIMEOUT_S = 2.0
"""Another instance writes for a millisecond or two; more means that something is wrong."""
_SIDE_FILES = ("", "-wal", "-shm")

_MIGRATIONS = (
    """
    CREATE TABLE utterances (
        id TEXT PRIMARY KEY,
        started_at REAL NOT NULL,
        mode TEXT NOT NULL,
        audio_s REAL NOT NULL,
        private INTEGER NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('pending', 'done', 'failed')),
        delivered INTEGER NOT NULL DEFAULT 0,
        owner_pid INTEGER NOT NULL,
        owner_mark TEXT NOT NULL,
        text TEXT NOT NULL DEFAULT '',
        transcript TEXT NOT NULL DEFAULT '',
        tier TEXT NOT NULL DEFAULT '',
        model TEXT NOT NULL DEFAULT '',
        error_code TEXT NOT NULL DEFAULT ''
    );
    CREATE INDEX utterances_by_time ON utterances (started_at);
    CREATE INDEX utterances_open ON utterances (delivered) WHERE delivered = 0;
    CREATE TABLE replies (
        utterance TEXT NOT NULL REFERENCES utterances (id) ON DELETE CASCADE,
        position INTEGER NOT NULL,
        text TEXT NOT NULL,
        tier TEXT NOT NULL,
        voice TEXT NOT NULL,
        PRIMARY KEY (utterance, position)
    ) WITHOUT ROWID;
    """,
    # A number that stays (an implicit rowid may change), the state "inserted", where a text went and why not, and
    # what full-text search reads. ``deleted_at``: taken away, but for a while it can be had back.
    """
    CREATE TABLE utterances_2 (
        number INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        started_at REAL NOT NULL,
        mode TEXT NOT NULL,
        audio_s REAL NOT NULL,
        private INTEGER NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('pending', 'done', 'failed', 'inserted')),
        delivered INTEGER NOT NULL DEFAULT 0,
        owner_pid INTEGER NOT NULL,
        owner_mark TEXT NOT NULL,
        text TEXT NOT NULL DEFAULT '',
        transcript TEXT NOT NULL DEFAULT '',
        tier TEXT NOT NULL DEFAULT '',
        model TEXT NOT NULL DEFAULT '',
        error_code TEXT NOT NULL DEFAULT '',
        reason TEXT NOT NULL DEFAULT '',
        way TEXT NOT NULL DEFAULT '',
        application TEXT NOT NULL DEFAULT '',
        deleted_at REAL NOT NULL DEFAULT 0
    );
    INSERT INTO utterances_2 (id, started_at, mode, audio_s, private, state, delivered, owner_pid, owner_mark, text,
            transcript, tier, model, error_code)
        SELECT id, started_at, mode, audio_s, private, state, delivered, owner_pid, owner_mark, text,
            transcript, tier, model, error_code FROM utterances ORDER BY started_at;
    DROP TABLE utterances;
    ALTER TABLE utterances_2 RENAME TO utterances;
    CREATE INDEX utterances_by_time ON utterances (started_at, number, mode, state, private, deleted_at);
    CREATE INDEX utterances_open ON utterances (delivered) WHERE delivered = 0;
    CREATE INDEX utterances_deleted ON utterances (deleted_at) WHERE deleted_at > 0;
    CREATE TABLE searched (
        number INTEGER PRIMARY KEY REFERENCES utterances (number) ON DELETE CASCADE,
        folded TEXT NOT NULL
    );
    INSERT INTO searched SELECT number, fold(text || coalesce(char(10) || (
            SELECT group_concat(text, char(10)) FROM (
                SELECT text FROM replies WHERE utterance = id ORDER BY position)), '')) FROM utterances
        WHERE NOT private AND (text != '' OR id IN (SELECT utterance FROM replies));
    """,
)
VERSION = len(_MIGRATIONS)
"""The ``user_version`` this Starling writes."""


def open_database(path: Path) -> tuple[sqlite3.Connection, Path | None]:
    """Open or make the database; a damaged one is set aside and a fresh one begun.

    Returns:
        The connection, in autocommit mode, and the damaged file's new path if there was one.

    Raises:
        StarlingError: ``history.newer``; the file is untouched then.
        sqlite3.Error, OSError: it cannot be read or written.
    """
    try:
        _refuse_newer(path)
        return _connect(path), None
    except sqlite3.Error as error:
        if not damaged(error):
            raise
    aside = set_aside(path)
    return _connect(path), aside


def set_aside(path: Path) -> Path:
    """Rename a database and its side files; returns the new path."""
    stamp = time.strftime("%Y%m%d-%H%M%S")
    aside = path.with_name(f"{path.stem}.damaged-{stamp}-{time.monotonic_ns() % 10**6:06d}{path.suffix}")
    for suffix in _SIDE_FILES:
        source = path.with_name(path.name + suffix)
        if source.exists():
            source.rename(aside.with_name(aside.name + suffix))
    return aside


def _refuse_newer(path: Path) -> None:
    """Look at the version through a read-only connection, which changes nothing, not even by closing."""
    if not path.exists():
        return
    with closing(
        sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=BUSY_TIMEOUT_S)
    ) as connection:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > VERSION:
        raise StarlingError(
            "history.newer",
            f"The history in {path.parent} was written by a newer Starling.",
            "Update Starling, or move that folder away.",
        )


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False)
    try:
        # NORMAL: a commit survives the end of the process without waiting for the disk; a power cut can take the
        # last commits but never the file's consistency (sqlite.org/pragma.html#pragma_synchronous).
        for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "secure_delete = ON"):
            connection.execute(f"PRAGMA {pragma}")
        _migrate(connection)
        connection.execute("PRAGMA foreign_keys = ON")  # after it: a table that makes room for its successor is no end
        _check(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _migrate(connection: sqlite3.Connection) -> None:
    if _version(connection) == VERSION:
        return
    connection.create_function("fold", 1, fold, deterministic=True)
    connection.execute("BEGIN IMMEDIATE")
    try:
        for number in range(_version(connection), VERSION):
            for statement in filter(str.strip, _MIGRATIONS[number].split(";")):
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _check(connection: sqlite3.Connection) -> None:
    verdict = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if verdict != "ok":
        error = sqlite3.DatabaseError("quick_check failed")
        error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        raise error
