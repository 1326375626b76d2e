"""Forgetting many entries wholly, in steps so short that what is said meanwhile is stored at once.

Rows are marked before their audio goes, and go last: the next opening finishes what the end of the process left.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from starling.history import fulltext
from starling.history.faults import full
from starling.history.recordings import Recordings

BATCH = 200
"""Entries in one step: some 20 ms."""


class Forgetting:
    """Takes entries out of one database.

    Args:
        database: in autocommit mode.
        lock: held for each step, by everybody who uses the database.
        recordings: the audio files.
        indexed: whether there is a full-text index.
    """

    def __init__(
        self, database: sqlite3.Connection, lock: threading.RLock, recordings: Recordings, indexed: bool
    ) -> None:
        self._database, self._lock, self._recordings, self._indexed = database, lock, recordings, indexed

    def forget(self, utterances: Sequence[str]) -> None:
        """Forget them with audio and replies; nothing of their texts is left in the index or in SQLite's log."""
        if not utterances:
            return
        if self._indexed and 2 * len(utterances) > self._stored():
            self._most(utterances)
        else:
            for begin in range(0, len(utterances), BATCH):
                self._some(utterances[begin : begin + BATCH])
            if self._indexed:
                self._merge()
        with self._lock:
            self._database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def _stored(self) -> int:
        with self._lock:
            return int(self._database.execute("SELECT count(*) FROM searched").fetchone()[0])

    def _some(self, utterances: Sequence[str]) -> None:
        with self._lock:
            self._mark(utterances)
            self._delete_audio(utterances)
            with self._step():
                self._delete_rows(utterances)

    def _most(self, utterances: Sequence[str]) -> None:
        """An index of what is left is made quicker than most is taken out of the one there is."""
        for begin in range(0, len(utterances), BATCH):
            with self._lock:
                self._mark(some := utterances[begin : begin + BATCH])
            self._delete_audio(some)
        with self._lock, self._step():
            fulltext.make_anew(self._database, lambda: self._delete_rows(utterances))

    def _mark(self, utterances: Sequence[str]) -> None:
        """Also on a full disk, where the audio that goes anyway makes room for it."""
        try:
            self._mark_rows(utterances)
        except sqlite3.Error as error:
            if not full(error):
                raise
            self._delete_audio(utterances)
            self._mark_rows(utterances)

    def _mark_rows(self, utterances: Sequence[str]) -> None:
        with self._step():
            self._database.executemany(
                "UPDATE utterances SET delivered = 1, private = 1 WHERE id = ?", [(each,) for each in utterances]
            )

    def _delete_rows(self, utterances: Sequence[str]) -> None:
        self._database.executemany(
            "DELETE FROM utterances WHERE id = ? AND delivered = 1 AND private = 1", [(each,) for each in utterances]
        )

    def _delete_audio(self, utterances: Sequence[str]) -> None:
        for utterance in utterances:
            self._recordings.delete(utterance)

    def _merge(self) -> None:
        go_on: Callable[[], bool] = fulltext.forget_deleted(self._database)
        more = True
        while more:
            with self._lock:
                more = go_on()

    @contextmanager
    def _step(self) -> Iterator[None]:
        """All or nothing, and quickly over."""
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._database.execute("ROLLBACK")
            raise
        self._database.execute("COMMIT")
