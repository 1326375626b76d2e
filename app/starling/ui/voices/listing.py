"""The list of voices, and what narrows it down."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QContextMenuEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QListView, QMenu, QWidget

from starling.ui.voices.delegate import VoiceDelegate
from starling.ui.voices.model import LINE_ROLE, Index, VoiceModel
from starling.ui.voices.rows import Line, Row

LEAST_ROWS = 3


class VoiceList(QListView):
    """Arrow keys move, Space and Enter let the voice be heard, F marks a favourite, U uses it.

    ``moved`` is sent whenever another voice is the current one, whoever made it so.
    """

    moved = Signal()
    preview_wanted = Signal()
    favourite_wanted = Signal(object)
    """The row."""
    use_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Voices"))
        self.setAccessibleDescription(
            self.tr("Space or Enter lets a voice be heard, F marks it as a favourite, U uses it.")
        )
        self.voices = VoiceModel(self)
        self.setModel(self.voices)
        self.setMouseTracking(True)  # the row below the pointer shows its star
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self._delegate = VoiceDelegate(self)
        self._delegate.star_clicked.connect(self.favourite_wanted)
        self.setItemDelegate(self._delegate)
        self.doubleClicked.connect(lambda _: self.preview_wanted.emit())
        self.setMinimumHeight(LEAST_ROWS * self._delegate_height())

    @property
    def current(self) -> Row | None:
        """The voice that the keys are about."""
        line = self.currentIndex().data(LINE_ROLE)
        return line if isinstance(line, Row) else None

    def show_lines(self, lines: Sequence[Line], wanted: str = "") -> None:
        """List these; the current voice stays current where it is listed, else ``wanted`` or the first becomes it."""
        before = self.current.voice.id if self.current else ""
        if not self.voices.show_lines(lines) and self.current is not None:
            return
        places = [self.voices.row_of(voice) for voice in (before, wanted) if voice]
        self.go(next((place for place in places if place >= 0), self._next(-1, 1)))
        self._see_current(self.ScrollHint.PositionAtCenter)

    def choose(self, voice: str) -> bool:
        """Make a voice the current one; False where it is not listed."""
        place = self.voices.row_of(voice)
        if place >= 0:
            self.go(place)
        return place >= 0

    def go(self, place: int) -> None:
        """Make the voice at a place the current one; -1 for none."""
        index = self.voices.index(place) if place >= 0 else QModelIndex()
        self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self._see_current()
        self.moved.emit()

    def currentChanged(self, current: Index, previous: Index) -> None:  # noqa: D102 - Qt's
        super().currentChanged(current, previous)
        self.moved.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: D102 - Qt's
        super().resizeEvent(event)
        self._see_current()

    def keyboardSearch(self, search: str) -> None:
        """Letters are commands here; the field above searches."""

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: D102 - Qt's
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        row = self.current
        action = {
            Qt.Key.Key_Space: self.preview_wanted.emit,
            Qt.Key.Key_Return: self.preview_wanted.emit,
            Qt.Key.Key_Enter: self.preview_wanted.emit,
            Qt.Key.Key_F: lambda: self.favourite_wanted.emit(row),
            Qt.Key.Key_U: self.use_wanted.emit,
        }.get(Qt.Key(event.key()))
        if plain and action is not None and row is not None:
            if not event.isAutoRepeat():
                action()
        elif plain and event.key() == Qt.Key.Key_Home:
            self.go(self._next(-1, 1))
        elif plain and event.key() == Qt.Key.Key_Up and self.currentIndex().row() == self._next(-1, 1):
            self.scrollToTop()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """What can be done with a voice, for the mouse and the menu key."""
        row = self.current
        if row is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        play = QAction(self.tr("&Stop") if row.playing else self.tr("&Play"), menu)
        favourite = QAction(self.tr("No &favourite") if row.favourite else self.tr("&Favourite"), menu)
        use = QAction(self.tr("&Use this voice"), menu)
        use.setEnabled(row.voice.usable)
        play.setEnabled(row.voice.usable)
        play.triggered.connect(self.preview_wanted)
        favourite.triggered.connect(lambda: self.favourite_wanted.emit(row))
        use.triggered.connect(self.use_wanted)
        menu.addActions([play, favourite, use])
        menu.popup(self._menu_place(event))

    def _menu_place(self, event: QContextMenuEvent) -> QPoint:
        if event.reason() is QContextMenuEvent.Reason.Keyboard:
            return self.viewport().mapToGlobal(self.visualRect(self.currentIndex()).center())
        return event.globalPos()

    def _next(self, place: int, step: int) -> int:
        """The next voice from a place on; -1 where there is none."""
        lines = self.voices.lines
        place += step
        while 0 <= place < len(lines):
            if isinstance(lines[place], Row):
                return place
            place += step
        return -1

    def _see_current(self, hint: QListView.ScrollHint = QListView.ScrollHint.EnsureVisible) -> None:
        """A heading above the first is seen too."""
        place = self.currentIndex().row()
        if place == self._next(-1, 1):
            self.scrollToTop()
        elif place >= 0:
            self.scrollTo(self.currentIndex(), hint)

    def _delegate_height(self) -> int:
        return self.fontMetrics().height() * 2
