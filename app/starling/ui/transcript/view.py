"""The transcript: the rows, what can be done with them, and what stands in their place while there are none."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QContextMenuEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QResizeEvent,
)
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from starling.ui.kit.buttons import IconButton
from starling.ui.look.icons import icon
from starling.ui.look.tokens import SPACE_M
from starling.ui.transcript.column import TurnColumn
from starling.ui.transcript.empty import EmptyState
from starling.ui.transcript.reducer import Transcript
from starling.ui.transcript.row import TurnRow
from starling.ui.transcript.turns import State, Turn

_ENDED = frozenset({State.DONE, State.FAILED})


class TranscriptView(QWidget):
    """Shows a :class:`Transcript` and asks for what its user wants done with a turn.

    Arrow keys, Home, End and the page keys move between rows; Tab goes into a row's buttons.
    """

    replay_requested = Signal(str)
    say_again_requested = Signal(str, str)
    retry_requested = Signal(str, str)
    """Turn and model."""
    delete_requested = Signal(object)
    """The :class:`Turn`, which may be one that the service does not know."""
    models_wanted = Signal()
    """A list of models is about to be shown; the answer goes to :meth:`set_models`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Transcript"))
        self.column = TurnColumn(self)
        self.column.setAccessibleName(self.tr("Turns"))
        self.column.row_made.connect(self._row_made)
        self.empty = EmptyState(self)
        self.jump = IconButton("chevron-down", self.tr("Jump to newest"), self, text=True)
        self.jump.set_kind("")
        self.jump.setToolTip(self.tr("Jump to newest (End)"))
        self.jump.clicked.connect(self._to_newest)
        self.jump.hide()
        self.column.follows_changed.connect(lambda _: self._show_jump())
        self.column.installEventFilter(self)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.column)
        self._models: tuple[str, ...] = ()
        self._menu: QMenu | None = None

    # -- content -------------------------------------------------------------------------------------------------

    def show_transcript(self, transcript: Transcript) -> None:
        """Show these turns; a text that has just become whole is read out by a screen reader."""
        before = {turn.key: turn.state for turn in self.column.turns}
        self.column.show_turns(transcript.rows)
        self.empty.setVisible(not transcript.rows)
        for turn in transcript.rows[-3:]:
            if turn.key in before and before[turn.key] is not turn.state and turn.state in _ENDED:
                self._announce(turn)
        self._show_jump()

    def set_models(self, names: tuple[str, ...]) -> None:
        """The models a turn can be recognised again with."""
        self._models = names
        if self._menu is not None and (turn := self.column.current) is not None:
            self._fill_models(self._menu, turn)

    def _announce(self, turn: Turn) -> None:
        row = self.column.row(turn.key)
        if row is not None:
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(row, row.accessibleName()))

    # -- actions -------------------------------------------------------------------------------------------------

    def _row_made(self, row: TurnRow) -> None:
        row.action.connect(lambda name: self._act(name, row))

    def _act(self, name: str, row: TurnRow | None) -> None:
        """Do one action of a row, if it can be done now."""
        turn = row.turn if row is not None else None
        if row is None or turn is None:
            return
        doable: dict[str, tuple[bool, Callable[[], None]]] = {
            "copy": (bool(turn.text), lambda: self._copy(row.selected_text() or turn.text)),
            "replay": (turn.replayable and bool(turn.turn), lambda: self.replay_requested.emit(turn.turn)),
            "say_again": (turn.can_say_again, lambda: self.say_again_requested.emit(turn.turn, turn.text)),
            "retry": (turn.can_retry, lambda: self._choose_model(row, turn)),
            "delete": (turn.settled, lambda: self.delete_requested.emit(turn)),
        }
        allowed, act = doable[name]
        if allowed:
            act()

    def _copy(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)

    def _choose_model(self, row: TurnRow, turn: Turn) -> None:
        menu = self._new_menu()
        menu.setTitle(self.tr("Recognise again with"))
        self._fill_models(menu, turn)
        self.models_wanted.emit()
        button = row.button("retry")
        menu.popup(button.mapToGlobal(QPoint(0, button.height())))

    def _fill_models(self, menu: QMenu, turn: Turn) -> None:
        menu.clear()
        if not self._models:
            menu.addAction(self.tr("Looking for models")).setEnabled(False)
        for name in self._models:
            action = menu.addAction(name)
            action.setCheckable(True)
            action.setChecked(name == turn.figures.model)
            action.triggered.connect(lambda _=False, name=name: self.retry_requested.emit(turn.turn, name))

    def _new_menu(self) -> QMenu:
        menu = QMenu(self)
        menu.aboutToHide.connect(lambda: self._menu_gone(menu))
        self._menu = menu
        return menu

    def _menu_gone(self, menu: QMenu) -> None:
        if self._menu is menu:
            self._menu = None
        menu.deleteLater()

    def _show_menu(self, row: TurnRow, place: QPoint) -> None:
        turn = row.turn
        if turn is None or not turn.settled:
            return
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        entries = [("copy", "copy", self.tr("&Copy"), "Ctrl+C", bool(turn.text))]
        if turn.is_reply:
            entries.append(("say_again", "speaker", self.tr("&Say again"), "R", turn.can_say_again))
        else:
            entries.append(("replay", "replay", self.tr("&Play the recording"), "R", turn.replayable))
            entries.append(("retry", "retry", self.tr("Recognise again &with another model"), "T", turn.can_retry))
        entries.append(("delete", "delete", self.tr("&Delete"), "Del", True))
        for name, icon_name, text, keys, enabled in entries:
            action = menu.addAction(icon(icon_name), text)
            action.setShortcut(QKeySequence(keys))
            action.setShortcutVisibleInContextMenu(True)
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)  # shown here; the keys are heard below
            action.setEnabled(enabled)
            action.triggered.connect(lambda _=False, name=name: self._act(name, row))
        menu.popup(place)

    # -- Qt ------------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move between rows, or act on the one that has the focus."""
        turn = self.column.current
        row = self.column.row(turn.key) if turn is not None else None
        count, page = len(self.column.turns), self.column.page()
        steps = {
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_PageUp: -page,
            Qt.Key.Key_PageDown: page,
            Qt.Key.Key_Home: -count,
            Qt.Key.Key_End: count,
        }
        again = "say_again" if turn is not None and turn.is_reply else "replay"
        actions = {Qt.Key.Key_Delete: "delete", Qt.Key.Key_R: again, Qt.Key.Key_T: "retry"}
        key, plain = Qt.Key(event.key()), event.modifiers() in (Qt.KeyboardModifier.NoModifier, _KEYPAD)
        if event.matches(QKeySequence.StandardKey.Copy):
            self._act("copy", row)
        elif key == Qt.Key.Key_F10 and event.modifiers() == Qt.KeyboardModifier.ShiftModifier:
            self._show_menu_of(row)  # Qt knows the menu key only
        elif plain and key in steps:
            self.column.go(steps[key])
        elif plain and key in actions and not event.isAutoRepeat():
            self._act(actions[key], row)
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """What can be done with the row under the pointer, or the one that has the focus."""
        if event.reason() is QContextMenuEvent.Reason.Mouse:
            row = self._row_at(event.globalPos())
            if row is not None:
                self._show_menu(row, event.globalPos())
        else:
            turn = self.column.current
            self._show_menu_of(self.column.row(turn.key) if turn is not None else None)

    def _show_menu_of(self, row: TurnRow | None) -> None:
        if row is not None:
            self._show_menu(row, row.mapToGlobal(QPoint(row.width() // 2, row.height() // 2)))

    def _row_at(self, place: QPoint) -> TurnRow | None:
        child = self.column.viewport().childAt(self.column.viewport().mapFromGlobal(place))
        while child is not None and not isinstance(child, TurnRow):
            child = child.parentWidget()
        return child

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The column leaves its keys to the transcript."""
        if event.type() is QEvent.Type.KeyPress and watched is self.column and isinstance(event, QKeyEvent):
            self.keyPressEvent(event)
            return event.isAccepted()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the button above the lower edge, and the empty state in the middle."""
        super().resizeEvent(event)
        self.empty.setGeometry(self.rect())
        self._show_jump()

    def _to_newest(self) -> None:
        had_focus = self.jump.hasFocus()
        self.column.to_newest()
        if had_focus:
            self.column.go(len(self.column.turns))

    def _show_jump(self) -> None:
        self.jump.setVisible(not self.column.follows and bool(self.column.turns))
        self.jump.adjustSize()
        self.jump.move((self.width() - self.jump.width()) // 2, self.height() - self.jump.height() - SPACE_M)
        self.jump.raise_()


_KEYPAD = Qt.KeyboardModifier.KeypadModifier
