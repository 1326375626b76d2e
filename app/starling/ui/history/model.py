"""The entries as Qt's views want them: all are counted, those that are seen are read."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal

from starling.pipeline.events import HistoryEntry, HistoryRead
from starling.ui.history import words

ENTRY_ROLE = Qt.ItemDataRole.UserRole
PAGE = 64
"""Entries read at once."""
KEPT = 2_000
"""Entries that stay in memory."""
Index = QModelIndex | QPersistentModelIndex


class HistoryModel(QAbstractListModel):
    """Numbers of all entries, and the entries of the last pages that were seen."""

    wanted = Signal(object)
    """The numbers of entries that are seen and not known."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._numbers: Sequence[int] = ()
        self._entries: OrderedDict[int, HistoryEntry] = OrderedDict()
        self._asked: set[int] = set()
        self._stale: set[int] = set()
        self._missing: set[int] = set()
        self._ask = QTimer(self, singleShot=True, interval=0)
        self._ask.timeout.connect(self._ask_for_pages)

    @property
    def numbers(self) -> Sequence[int]:
        """Of all entries, from top to bottom."""
        return self._numbers

    def show_numbers(self, numbers: Sequence[int]) -> bool:
        """List these from now on; False where they are the same."""
        if numbers == self._numbers:
            return False
        self.beginResetModel()
        self._numbers = numbers
        self._missing.clear()
        self.endResetModel()
        return True

    def forget(self) -> None:
        """Entries may have changed: read again those that are seen."""
        self._asked.clear()
        self._stale.update(self._entries)
        self._rows_changed(range(len(self._numbers)))

    def take(self, read: HistoryRead) -> None:
        """Entries have been read."""
        self._asked.difference_update(read.asked)
        for entry in read.entries:
            self._entries[entry.number] = entry
            self._entries.move_to_end(entry.number)
        while len(self._entries) > KEPT:
            self._entries.popitem(last=False)
        self._stale.difference_update(read.asked)
        self._rows_changed(self._near(read.asked))

    def entry(self, row: int) -> HistoryEntry | None:
        """The entry in a row; None where it is not known (yet), which has it read."""
        if not 0 <= row < len(self._numbers):
            return None
        number = self._numbers[row]
        found = self._entries.get(number)
        if (found is None or number in self._stale) and number not in self._asked:
            self._missing.add(row // PAGE)
            if not self._ask.isActive():
                self._ask.start()
        return found

    def known(self, number: int) -> HistoryEntry | None:
        """The entry of a number, if it was read."""
        return self._entries.get(number)

    def row_of(self, number: int) -> int:
        """Where an entry is; -1 where it is not listed."""
        try:
            return self._numbers.index(number)
        except ValueError:
            return -1

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: D102 - Qt's
        return 0 if parent is not None and parent.isValid() else len(self._numbers)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: D102 - Qt's
        if not index.isValid():
            return None
        if role not in (ENTRY_ROLE, Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        entry = self.entry(index.row())
        if role == ENTRY_ROLE:
            return entry
        if entry is None:
            return self.tr("Being read")
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return words.spoken(entry, datetime.now())
        return words.said(entry)

    # -- inside ------------------------------------------------------------------------------------------------

    def _rows_changed(self, rows: range) -> None:
        if rows:
            self.dataChanged.emit(self.index(rows[0]), self.index(rows[-1]))

    def _near(self, numbers: Sequence[int]) -> range:
        """The rows from the first of these to the last."""
        rows = [row for row in map(self.row_of, (numbers[0], numbers[-1])) if row >= 0] if numbers else []
        return range(min(rows), max(rows) + 1) if len(rows) > 1 else range(len(self._numbers) if rows else 0)

    def _ask_for_pages(self) -> None:
        pages, self._missing = sorted(self._missing), set()
        for page in pages:
            numbers = list(self._numbers[page * PAGE : (page + 1) * PAGE])
            unknown = [number for number in numbers if number not in self._entries or number in self._stale]
            unknown = [number for number in unknown if number not in self._asked]
            if unknown:
                self._asked.update(unknown)
                self.wanted.emit(unknown)
