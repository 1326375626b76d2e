"""The list of entries."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QListView, QMenu, QWidget

from starling.pipeline.events import HistoryEntry
from starling.ui.history.delegate import HistoryDelegate
from starling.ui.history.model import HistoryModel, Index

LEAST_ROWS = 3
UNTOLD = -1


class HistoryList(QListView):
    """Arrow keys move, Shift and Ctrl choose several, Space plays, Delete deletes, Ctrl+C copies, Enter reads.

    ``moved`` is sent whenever another entry is the current one or others are chosen.
    """

    moved = Signal()
    play_wanted = Signal()
    read_wanted = Signal()
    copy_wanted = Signal()
    delete_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("History"))
        self.setAccessibleDescription(self.tr("Space plays a recording, Ctrl+C copies, Delete deletes what is chosen."))
        self.entries = HistoryModel(self)
        self.setModel(self.entries)
        self.setUniformItemSizes(True)  # 100,000 rows are not measured one by one
        self.setSelectionMode(QListView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self._delegate = HistoryDelegate(self)
        self.setItemDelegate(self._delegate)
        self.doubleClicked.connect(lambda _: self.play_wanted.emit())
        self.setMinimumHeight(LEAST_ROWS * 3 * self.fontMetrics().height())
        self.menu = QMenu(self)

    @property
    def current(self) -> HistoryEntry | None:
        """The entry that the keys are about, if it was read."""
        index = self.currentIndex()
        return self.entries.entry(index.row()) if index.isValid() else None

    @property
    def chosen(self) -> Sequence[int]:
        """The numbers of all that are selected; of ranges, so that all of them are quickly told."""
        numbers = array("q")
        selection = self.selectionModel().selection()
        for part in (selection.at(place) for place in range(selection.count())):
            numbers.extend(self.entries.numbers[part.top() : part.bottom() + 1])
        return numbers

    def show_numbers(self, numbers: Sequence[int], terms: Sequence[str]) -> None:
        """List these; the current entry stays current where it is listed, else the one that took its place."""
        self._delegate.terms, self._delegate.now = terms, datetime.now()
        row, number = self.currentIndex().row(), UNTOLD
        if 0 <= row < len(self.entries.numbers):
            number = self.entries.numbers[row]
        at_top = self.verticalScrollBar().value() == 0
        if not self.entries.show_numbers(numbers):
            self.viewport().update()
            return
        place = self.entries.row_of(number) if number != UNTOLD else -1
        if place < 0 and numbers:
            place = min(max(row, 0), len(numbers) - 1)
        self.go(place)
        if at_top and place == 0:
            self.scrollToTop()

    def go(self, place: int) -> None:
        """Make the entry in a row the current one; -1 for none."""
        index = self.entries.index(place) if place >= 0 else QModelIndex()
        self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        if place >= 0:
            self.scrollTo(index)
        self.moved.emit()

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:  # noqa: D102 - Qt's
        super().selectionChanged(selected, deselected)
        self.moved.emit()

    def currentChanged(self, current: Index, previous: Index) -> None:  # noqa: D102 - Qt's
        super().currentChanged(current, previous)
        self.moved.emit()

    def keyboardSearch(self, search: str) -> None:
        """The field above searches."""

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: D102 - Qt's
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        action = {
            Qt.Key.Key_Space: self.play_wanted,
            Qt.Key.Key_Return: self.read_wanted,
            Qt.Key.Key_Enter: self.read_wanted,
            Qt.Key.Key_Delete: self.delete_wanted,
        }.get(Qt.Key(event.key()))
        if plain and action is not None:
            if not event.isAutoRepeat():
                action.emit()
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.copy_wanted.emit()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """What can be done with what is chosen, for the mouse and the menu key."""
        if self.currentIndex().isValid():
            self.menu.popup(self._menu_place(event))

    def _menu_place(self, event: QContextMenuEvent) -> QPoint:
        if event.reason() is QContextMenuEvent.Reason.Keyboard:
            return self.viewport().mapToGlobal(self.visualRect(self.currentIndex()).center())
        return event.globalPos()
