"""Looks into the history through a connection of its own, so that a search never keeps an utterance waiting."""

from __future__ import annotations

import sqlite3
import threading
from array import array
from collections.abc import Iterator, Sequence
from pathlib import Path

from starling.history import fulltext
from starling.history.faults import told
from starling.history.records import COLUMNS, SpokenReply, Utterance, from_row
from starling.history.schema import BUSY_TIMEOUT_S
from starling.history.wanted import Wanted

PAGE = 500
"""Entries read at once."""
_VISIBLE = "NOT private AND deleted_at = 0"


class HistoryReader:
    """Reads only. Safe from any thread; one question at a time.

    Args:
        folder: of a history that has been opened by :class:`starling.history.store.History`.
        indexed: whether there is a full-text index.

    Raises:
        StarlingError: as of the store; every method does.
    """

    def __init__(self, folder: Path, indexed: bool) -> None:
        self._folder, self.indexed = folder, indexed
        self._lock = threading.Lock()
        with told(folder):
            self._database = sqlite3.connect(
                folder / "history.db", timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False
            )
            self._database.execute("PRAGMA query_only = ON")

    def close(self) -> None:
        """Close it."""
        with self._lock, told(self._folder):
            self._database.close()

    def find(self, wanted: Wanted) -> array[int]:
        """The numbers of all that is wanted, newest first."""
        where, values = self._where(wanted)
        statement = f"SELECT number FROM utterances WHERE {where} ORDER BY started_at DESC, number DESC"
        with self._lock, told(self._folder):
            return array("q", (row[0] for row in self._database.execute(statement, values)))

    def search(self, wanted: Wanted, limit: int, before: tuple[float, int] | None = None) -> list[Utterance]:
        """The newest that are wanted; ``before``: (time, number) of the last one of the page before."""
        where, values = self._where(wanted)
        if before is not None:
            where += " AND (started_at, number) < (?, ?)"
            values += before
        statement = f"SELECT {COLUMNS} FROM utterances WHERE {where} ORDER BY started_at DESC, number DESC LIMIT ?"
        with self._lock, told(self._folder):
            return self._entries(self._database.execute(statement, (*values, limit)).fetchall())

    def read(self, numbers: Sequence[int]) -> list[Utterance]:
        """The entries of these numbers that are still there, in that order."""
        found: dict[int, Utterance] = {}
        with self._lock, told(self._folder):
            for begin in range(0, len(numbers), PAGE):
                some = tuple(numbers[begin : begin + PAGE])
                marks = ", ".join("?" * len(some))
                statement = f"SELECT {COLUMNS} FROM utterances WHERE number IN ({marks}) AND {_VISIBLE}"
                rows = self._database.execute(statement, some).fetchall()
                found |= {entry.number: entry for entry in self._entries(rows)}
        return [found[number] for number in numbers if number in found]

    def named(self, turns: Sequence[str]) -> list[Utterance]:
        """The entries of these names that are there, in no particular order."""
        numbers: list[int] = []
        with self._lock, told(self._folder):
            for begin in range(0, len(turns), PAGE):
                some = tuple(turns[begin : begin + PAGE])
                marks = ", ".join("?" * len(some))
                rows = self._database.execute(f"SELECT number FROM utterances WHERE id IN ({marks})", some)
                numbers += [row[0] for row in rows]
        return self.read(numbers)

    def oldest_first(self, wanted: Wanted) -> Iterator[Utterance]:
        """All that is wanted, page by page, for an export."""
        numbers = self.find(wanted)
        numbers.reverse()
        for begin in range(0, len(numbers), PAGE):
            yield from self.read(numbers[begin : begin + PAGE])

    def _where(self, wanted: Wanted) -> tuple[str, list[str | float]]:
        parts, values = [_VISIBLE], list[str | float]()
        for column, value in (("mode", wanted.mode), ("state", wanted.state)):
            if value:
                parts.append(f"{column} = ?")
                values.append(value)
        for comparison, moment in ((">=", wanted.since), ("<", wanted.until)):
            if moment is not None:
                parts.append(f"started_at {comparison} ?")
                values.append(moment)
        if wanted.terms:
            condition, terms = fulltext.condition(wanted.terms, self.indexed)
            parts.append(condition)
            values += terms
        return " AND ".join(parts), values

    def _entries(self, rows: Sequence[tuple[object, ...]]) -> list[Utterance]:
        names = tuple(row[0] for row in rows)
        replies: dict[object, list[SpokenReply]] = {}
        for begin in range(0, len(names), PAGE):
            some = names[begin : begin + PAGE]
            marks = ", ".join("?" * len(some))
            statement = f"SELECT utterance, text, tier, voice FROM replies WHERE utterance IN ({marks})"
            for name, *reply in self._database.execute(f"{statement} ORDER BY utterance, position", some):
                replies.setdefault(name, []).append(SpokenReply(*reply))
        return [from_row(row, tuple(replies.get(row[0], ()))) for row in rows]
