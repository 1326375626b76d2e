"""A list of the dictation as a table: searched, sorted, its marks beside the entries. No file is touched here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from starling.core.folding import fold
from starling.dictation.text.lists import Entry
from starling.dictation.text.marks import Mark
from starling.dictation.text.rules import Replacement
from starling.ui.dictation import words
from starling.ui.look.icons import icon

Index = QModelIndex | QPersistentModelIndex
_TOP = QModelIndex()


def parts(entry: Entry) -> tuple[str, ...]:
    """An entry as the columns show it; a line break is one character."""
    return (entry.heard, entry.written) if isinstance(entry, Replacement) else (entry,)


class ListModel(QAbstractTableModel):
    """The rows that a search leaves, in the order that was asked for.

    Attributes:
        edited: place, entry and the words that are to be in its place.
    """

    edited = Signal(int, object, object)

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._columns = words.columns(name)
        self.entries: list[Entry] = []
        self.marks: dict[int, Mark] = {}
        self._folded: list[str] = []
        self._rows: list[int] = []
        self._query = ""
        self._only_marked = False
        self._sorted = (-1, Qt.SortOrder.AscendingOrder)

    def show(self, entries: Sequence[Entry], marks: Mapping[int, Mark]) -> None:
        """Show another list."""
        self.beginResetModel()
        self.entries, self.marks = list(entries), dict(marks)
        self._folded = [fold("\n".join(parts(entry))) for entry in entries]
        self._only_marked = self._only_marked and bool(marks)
        self._choose()
        self.endResetModel()

    def search(self, query: str, *, only_marked: bool = False) -> None:
        """Show what has these words in it; all for none."""
        self.beginResetModel()
        self._query, self._only_marked = query, only_marked
        self._choose()
        self.endResetModel()

    def place(self, row: int) -> int:
        """A row's place in the list."""
        return self._rows[row]

    def row_of(self, entry: Entry) -> int:
        """The row that shows an entry; -1 for none."""
        return next((row for row, at in enumerate(self._rows) if self.entries[at] == entry), -1)

    def _choose(self) -> None:
        wanted = fold(self._query).split()
        self._rows = [
            at
            for at, text in enumerate(self._folded)
            if all(word in text for word in wanted) and (not self._only_marked or at in self.marks)
        ]
        column, order = self._sorted
        if column >= 0:
            keys = {at: fold(parts(self.entries[at])[column]) for at in self._rows}
            self._rows.sort(key=keys.__getitem__, reverse=order is Qt.SortOrder.DescendingOrder)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:  # noqa: D102 - Qt's
        self._sorted = (column, order)
        self.layoutAboutToBeChanged.emit()
        self._choose()
        self.layoutChanged.emit()

    def rowCount(self, parent: Index = _TOP) -> int:  # noqa: D102 - Qt's
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _TOP) -> int:  # noqa: D102 - Qt's
        return 0 if parent.isValid() else len(self._columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: D102 - Qt's
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._columns[section]
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: D102 - Qt's
        if not index.isValid():
            return None
        at, column = self._rows[index.row()], index.column()
        text = parts(self.entries[at])[column]
        said = words.mark_sentence(self.marks[at]) if at in self.marks else ""
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return text.replace("\n", " ⏎ ")
            case Qt.ItemDataRole.EditRole:
                return text.replace("\n", "\\n")
            case Qt.ItemDataRole.ToolTipRole:
                return said or text
            case Qt.ItemDataRole.DecorationRole if said and column == 0:
                return icon("warning", "warning")
            case Qt.ItemDataRole.AccessibleDescriptionRole:
                return said
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:  # noqa: D102 - Qt's
        if role != Qt.ItemDataRole.EditRole or not index.isValid():
            return False
        at = self._rows[index.row()]
        old = list(parts(self.entries[at]))
        new = [*old]
        new[index.column()] = str(value).replace("\\n", "\n")
        if new != old:
            self.edited.emit(at, self.entries[at], tuple(new))
        return False  # it is shown once it is kept

    def flags(self, index: Index) -> Qt.ItemFlag:  # noqa: D102 - Qt's
        return super().flags(index) | Qt.ItemFlag.ItemIsEditable
