"""The voices as Qt's views want them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from starling.ui.voices import words
from starling.ui.voices.rows import Heading, Line, Row

LINE_ROLE = Qt.ItemDataRole.UserRole
Index = QModelIndex | QPersistentModelIndex


class VoiceModel(QAbstractListModel):
    """Headings, which cannot be chosen, and voices."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lines: Sequence[Line] = ()

    @property
    def lines(self) -> Sequence[Line]:
        """All of them, from top to bottom."""
        return self._lines

    def show_lines(self, lines: Sequence[Line]) -> bool:
        """Hold these from now on; False where only marks have changed, so that places are what they were."""
        same_places = [_place(line) for line in lines] == [_place(line) for line in self._lines]
        if same_places:
            self._lines = lines
            if lines:
                self.dataChanged.emit(self.index(0), self.index(len(lines) - 1))
            return False
        self.beginResetModel()
        self._lines = lines
        self.endResetModel()
        return True

    def row_of(self, voice: str) -> int:
        """Where a voice is; -1 where it is not listed."""
        places = (place for place, line in enumerate(self._lines) if isinstance(line, Row) and line.voice.id == voice)
        return next(places, -1)

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: D102 - Qt's
        return 0 if parent is not None and parent.isValid() else len(self._lines)

    def flags(self, index: Index) -> Qt.ItemFlag:  # noqa: D102 - Qt's
        if isinstance(self._line(index), Row):
            return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return Qt.ItemFlag.NoItemFlags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: D102 - Qt's
        line = self._line(index)
        if line is None:
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return line.text if isinstance(line, Heading) else line.title
            case Qt.ItemDataRole.AccessibleTextRole:
                return words.spoken(line)
            case Qt.ItemDataRole.ToolTipRole:
                return (line.voice.note or words.spoken(line)) if isinstance(line, Row) else None
            case Qt.ItemDataRole.UserRole:
                return line
        return None

    def _line(self, index: Index) -> Line | None:
        place = index.row()
        return self._lines[place] if index.isValid() and 0 <= place < len(self._lines) else None


def _place(line: Line) -> tuple[str, str]:
    return ("heading", line.key) if isinstance(line, Heading) else ("voice", line.voice.id)
