"""The editor of one list: add, edit in place, delete and have back, search, sort, import, export."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from starling.core.errors import StarlingError
from starling.dictation.text import lists
from starling.dictation.text.lists import Brought, Entry, List
from starling.ui.dictation import words
from starling.ui.dictation.desk import Desk, Everything, file_into, into_file
from starling.ui.dictation.model import ListModel
from starling.ui.dictation.notes import Notes
from starling.ui.kit.searching import dress
from starling.ui.kit.text import ElidedLabel, wrapped
from starling.ui.look.tokens import SPACE_S

ROWS = 6
FILES = "*.txt *.csv *.tsv *.json"


class ListView(QWidget):
    """Shows what the desk reads and asks it for changes."""

    changed_by_user = Signal()

    def __init__(self, of: List, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.of, self._desk = of, desk
        self.about = wrapped("caption", "muted")
        self.about.setText(words.about(of.name))
        self.fields = [self._field(heading) for heading in words.columns(of.name)]
        self.add = QPushButton(self.tr("A&dd"))
        self.search = QLineEdit()
        self.only_marked = QPushButton(self.tr("&Only marked"))
        self.model = ListModel(of.name, self)
        self.table = QTableView()
        self.nothing = wrapped("caption", "muted")
        self.count = ElidedLabel()
        self.reason = wrapped("caption")
        self.delete = QPushButton(self.tr("D&elete"))
        self.bring = QPushButton(self.tr("&Import…"))
        self.send = QPushButton(self.tr("E&xport…"))
        self.notes = Notes()
        self._removed: list[tuple[int, Entry]] = []
        self._wanted: Entry | None = None
        self._late: Everything | None = None
        self._set_up()
        self._arrange()
        self._connect()

    # -- building --------------------------------------------------------------------------------------------------

    def _field(self, heading: str) -> QLineEdit:
        field = QLineEdit()
        field.setPlaceholderText(heading)
        field.setAccessibleName(self.tr("New: {what}").format(what=heading))
        field.returnPressed.connect(self.add_entry)
        return field

    def _set_up(self) -> None:
        self.search.setPlaceholderText(self.tr("Search this list"))
        self.search.setAccessibleName(self.tr("Search this list"))
        dress(self.search)
        self.only_marked.setCheckable(True)
        for button in self._buttons():
            button.setAutoDefault(False)
        table = self.table
        table.setModel(self.model)
        table.setAccessibleName(words.title(self.of.name))
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setTabKeyNavigation(False)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(table.fontMetrics().height() + 2 * SPACE_S)
        header = table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        header.setHighlightSections(False)
        header.setSortIndicatorClearable(True)  # the third click: as in the file
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        table.setSortingEnabled(True)
        table.setFixedHeight((ROWS + 1) * table.verticalHeader().defaultSectionSize() + SPACE_S)

    def _buttons(self) -> tuple[QPushButton, ...]:
        return (self.add, self.only_marked, self.delete, self.bring, self.send)

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_S)
        column.addWidget(self.about)
        column.addLayout(_line(*self.fields, self.add, stretch=len(self.fields)))
        column.addWidget(self.notes)
        column.addLayout(_line(self.search, self.only_marked, self.bring, self.send, stretch=1))
        column.addWidget(self.table)
        column.addWidget(self.nothing)
        column.addWidget(self.reason)
        column.addLayout(_line(self.count, self.delete, stretch=1))
        for widget in (self.nothing, self.reason):
            widget.hide()

    def _connect(self) -> None:
        self.add.clicked.connect(self.add_entry)
        self.search.textChanged.connect(self._search)
        self.only_marked.toggled.connect(self._search)
        self.model.edited.connect(self._edit)
        self.delete.clicked.connect(self.delete_chosen)
        self.bring.clicked.connect(self.ask_for_file)
        self.send.clicked.connect(self.ask_where)
        self.notes.undo.connect(self.bring_back)
        self.table.selectionModel().selectionChanged.connect(self._chosen)
        self.table.itemDelegate().closeEditor.connect(self._show_late)
        context = Qt.ShortcutContext.WidgetShortcut
        QShortcut(QKeySequence(Qt.Key.Key_Delete), self.table, self.delete_chosen, context=context)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Undo), self.table, self.bring_back, context=context)

    def stops(self) -> Iterator[QWidget]:
        """What Tab visits, in order."""
        yield from (*self.fields, self.add, self.notes.button, self.search, self.only_marked, self.bring, self.send)
        yield from (self.table, self.delete)

    # -- what is there ---------------------------------------------------------------------------------------------

    def show_lists(self, found: Everything) -> None:
        """Show the list as it is now; later, while somebody is typing into it."""
        if self.table.state() == QAbstractItemView.State.EditingState:
            self._late = found
            return
        at, top = self.table.currentIndex().row(), self.table.verticalScrollBar().value()
        current = self.model.entries[self.model.place(at)] if at >= 0 else None
        wanted, self._wanted = self._wanted, None
        self.model.show(found.entries.get(self.of.name, ()), found.marks.get(self.of.name, {}))
        self.only_marked.setChecked(self.only_marked.isChecked() and bool(self.model.marks))
        self._show_state()
        row = self.model.row_of(wanted) if wanted is not None else -1
        if row < 0 and current is not None:
            row = self.model.row_of(current)
            row = min(at, self.model.rowCount() - 1) if row < 0 else row
            self.table.verticalScrollBar().setValue(top)
        if row >= 0:
            self.table.selectRow(row)
            self.table.scrollTo(self.model.index(row, 0))
        self.notes.show_fault(found.faults.get(self.of.name, ""))

    def show_error(self, error: StarlingError) -> None:
        """Say why something was not done."""
        self.notes.show_error(error)

    def _show_late(self) -> None:
        late, self._late = self._late, None
        if late is not None:
            self._desk.read.emit(self._desk.now)

    def _search(self) -> None:
        self.model.search(self.search.text(), only_marked=self.only_marked.isChecked())
        self._show_state()

    def _show_state(self) -> None:
        shown, there = self.model.rowCount(), len(self.model.entries)
        self.count.setText(words.counted(shown, there, len(self.model.marks)))
        self.nothing.setText(words.nothing(self.of.name, self.search.text().strip()))
        self.nothing.setVisible(not shown)
        self.only_marked.setEnabled(bool(self.model.marks))
        self.send.setEnabled(bool(there))
        self._chosen()

    def _chosen(self) -> None:
        rows = sorted(index.row() for index in self.table.selectionModel().selectedRows())
        self.delete.setEnabled(bool(rows))
        mark = self.model.marks.get(self.model.place(rows[0])) if len(rows) == 1 else None
        self.reason.setText(words.mark_sentence(mark) if mark else "")
        self.reason.setVisible(mark is not None)

    # -- changes -----------------------------------------------------------------------------------------------------

    def add_entry(self) -> None:
        """Add what stands in the fields."""
        given = [field.text().replace("\\n", "\n") for field in self.fields]
        try:
            entry = self.of.check(*given)
        except StarlingError as error:
            self.notes.show_error(error)
            self.fields[0].setFocus()
            return

        def added(merged: lists.Merged) -> None:
            self._wanted = entry
            self.notes.show_done("" if merged.added else self.tr("It is there already."))
            for field in self.fields:
                field.clear()

        self.fields[0].setFocus()
        self._desk.change(lambda place: lists.add(self.of, place, [entry]), added)

    def _edit(self, at: int, old: Entry, new: tuple[str, ...]) -> None:
        try:
            entry = self.of.check(*new)
        except StarlingError as error:
            self.notes.show_error(error)
            return

        def changed(_: None) -> None:
            self._wanted = entry
            self.notes.show_done("")

        self._desk.change(lambda place: lists.change(self.of, place, old, entry, at=at), changed)

    def delete_chosen(self) -> None:
        """Delete what is selected; it can be had back."""
        places = sorted(self.model.place(index.row()) for index in self.table.selectionModel().selectedRows())
        gone = [(at, self.model.entries[at]) for at in places]

        def removed(taken: list[tuple[int, Entry]]) -> None:
            self._removed = taken
            self.notes.show_undo(words.deleted(len(taken)))

        if gone:
            self._desk.change(lambda place: lists.remove(self.of, place, gone), removed)

    def bring_back(self) -> None:
        """Undo the last deletion."""
        removed, self._removed = self._removed, []
        if removed:
            self._wanted = removed[0][1]
            self.notes.show_done("")
            self.table.setFocus()
            self._desk.change(lambda place: lists.bring_back(self.of, place, removed))

    # -- files -----------------------------------------------------------------------------------------------------

    def ask_for_file(self) -> None:
        """Import the file that is chosen."""
        self._ask(QFileDialog.AcceptMode.AcceptOpen, self.tr("Import into this list"), self.import_file)

    def ask_where(self) -> None:
        """Export into the file that is chosen."""
        self._ask(QFileDialog.AcceptMode.AcceptSave, self.tr("Export this list"), self.export_file)

    def import_file(self, path: str) -> None:
        """Add what a file holds and say what came of it."""

        def brought(result: Brought) -> None:
            self._wanted = next(iter(result.merged.added), None)
            self.notes.show_done(words.brought_sentence(result), "\n".join(result.notes))

        self._desk.change(file_into(self.of, path), brought)

    def export_file(self, path: str) -> None:
        """Write the list into a file."""

        def written(result: tuple[int, str]) -> None:
            self.notes.show_done(self.tr("Entries written: {count}, into {file}").format(count=result[0], file=path))

        self._desk.change(into_file(self.of, path), written)

    def _ask(self, mode: QFileDialog.AcceptMode, title: str, chosen: object) -> None:
        dialog = QFileDialog(self, title, "", self.tr("Lists ({endings})").format(endings=FILES))
        dialog.setAcceptMode(mode)
        if mode is QFileDialog.AcceptMode.AcceptSave:
            dialog.setDefaultSuffix("txt")
            dialog.selectFile(f"{self.of.name}.txt")
        else:
            dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(chosen)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()


def _line(*widgets: QWidget, stretch: int) -> QHBoxLayout:
    """Widgets side by side, the first ones as wide as there is room."""
    row = QHBoxLayout()
    row.setSpacing(SPACE_S)
    for at, widget in enumerate(widgets):
        row.addWidget(widget, 1 if at < stretch else 0)
    return row
