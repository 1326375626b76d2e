"""A long column of rows of which only those near the visible stretch are widgets."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QFrame, QWidget

from starling.ui.look.tokens import SPACE_S, SPACE_XS
from starling.ui.taborder import follow
from starling.ui.transcript.phrases import day_number
from starling.ui.transcript.placing import revealing, rows_between, tops_of
from starling.ui.transcript.row import TurnRow, estimated_height
from starling.ui.transcript.turns import Turn

WIDEST = 880
"""Longer lines are hard to read."""
GAP = SPACE_XS
LINE_STEP = 48
MEASURING_ROUNDS = 4
"""New widgets may be lower than was estimated, so that more come into view; each round makes those."""
AT_END = 4
"""So near to its end the column follows what is added."""


class TurnColumn(QAbstractScrollArea):
    """Turns as rows, oldest at the top; stays at the newest as long as the user has not scrolled away.

    Rows far from the visible stretch have no widgets: their heights are estimated until they are seen.
    """

    row_made = Signal(object)
    follows_changed = Signal(bool)
    """Whether the newest row is in view."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.viewport().setAutoFillBackground(False)
        self.verticalScrollBar().setSingleStep(LINE_STEP)
        self.verticalScrollBar().setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._turns: tuple[Turn, ...] = ()
        self._places: dict[str, int] = {}
        self._first_of_day: set[str] = set()
        self._heights: dict[str, tuple[Turn, int]] = {}
        self._estimates: dict[str, int] = {}
        self._tops: list[int] = [0]
        self._rows: dict[str, TurnRow] = {}
        self._current = ""
        self._follows = True
        self._arranging = False
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self._measure_anew)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)

    # -- content -------------------------------------------------------------------------------------------------

    @property
    def turns(self) -> tuple[Turn, ...]:
        """What is shown."""
        return self._turns

    @property
    def follows(self) -> bool:
        """Whether the newest row is in view and stays so."""
        return self._follows

    @property
    def current(self) -> Turn | None:
        """The turn whose row has the focus, or would get it."""
        place = self._places.get(self._current)
        return None if place is None else self._turns[place]

    def show_turns(self, turns: tuple[Turn, ...]) -> None:
        """Show these instead; rows of turns that stay are kept, with their focus."""
        focused, anchor = self._focused(), self._anchor()
        old_place = self._places.get(self._current, 0)
        self._turns = turns
        self._places = {turn.key: place for place, turn in enumerate(turns)}
        self._heights = {key: known for key, known in self._heights.items() if key in self._places}
        self._first_of_day = _first_of_days(turns)
        if self._current not in self._places or (self._follows and not focused):
            self._current = turns[min(old_place, len(turns) - 1) if focused else -1].key if turns else ""
        self._tops = tops_of([self._height(turn) for turn in turns], GAP)
        # Visible as soon as there are rows: one that comes and goes would change their width.
        policy = Qt.ScrollBarPolicy.ScrollBarAlwaysOn if turns else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self.setVerticalScrollBarPolicy(policy)
        self._arrange(anchor)
        if focused and turns and focused not in self._places:
            self._focus(self._current)

    def row(self, key: str) -> TurnRow | None:
        """The widget of a turn, if it has one now."""
        return self._rows.get(key)

    def to_newest(self) -> None:
        """Scroll to the end and stay there."""
        self._set_follows(True)
        self._arrange(self._anchor())

    # -- moving --------------------------------------------------------------------------------------------------

    def go(self, step: int) -> None:
        """Give the focus to the row that many rows further; it stops at both ends."""
        if self._turns:
            place = self._places.get(self._current, len(self._turns) - 1) + step
            self._focus(self._turns[max(0, min(place, len(self._turns) - 1))].key)

    def page(self) -> int:
        """About how many rows fit."""
        return max(1, len(rows_between(self._tops, self._offset(), self._offset() + self.viewport().height())) - 1)

    def _focus(self, key: str) -> None:
        self._current = key
        self._reveal(key)
        row = self._rows.get(key)
        if row is not None:
            row.setFocus(Qt.FocusReason.OtherFocusReason)

    def _reveal(self, key: str) -> None:
        for _ in range(MEASURING_ROUNDS):
            place = self._places[key]
            top = self._tops[place]
            bottom = top + self._height(self._turns[place]) + 2 * SPACE_S  # with what is above and below the column
            offset = revealing(top, bottom, self._offset(), self.viewport().height())
            if offset == self._offset() and key in self._rows:
                return
            self._set_follows(offset >= self._tops[-1] - self.viewport().height() - AT_END)
            self._set_offset(offset)
            self._arrange(self._anchor())

    def _focused(self) -> str:
        """Key of the row that has the focus, or one of whose parts has."""
        focus = QApplication.focusWidget()
        return next((key for key, row in self._rows.items() if focus and (row is focus or row.isAncestorOf(focus))), "")

    def _entered(self, key: str) -> None:
        before, self._current = self._current, key
        for changed in {before, key} & self._rows.keys() & self._places.keys():
            self._fill(changed)
        if key in self._places:
            self._reveal(key)

    # -- arranging -----------------------------------------------------------------------------------------------

    def _offset(self) -> int:
        return self.verticalScrollBar().value()

    def _set_offset(self, offset: int) -> None:
        arranging, self._arranging = self._arranging, True
        self.verticalScrollBar().setValue(offset)
        self._arranging = arranging

    def _set_follows(self, follows: bool) -> None:
        if follows != self._follows:
            self._follows = follows
            self.follows_changed.emit(follows)

    def _width(self) -> int:
        return max(1, min(WIDEST, self.viewport().width() - 2 * SPACE_S))

    def _height(self, turn: Turn) -> int:
        known = self._heights.get(turn.key)
        if known is not None:
            return known[1]
        if turn.key not in self._estimates:
            heading = turn.key in self._first_of_day
            self._estimates[turn.key] = estimated_height(turn, self._width(), self.fontMetrics(), heading)
        return self._estimates[turn.key]

    def _forget_heights(self) -> None:
        self._heights.clear()
        self._estimates.clear()

    def _scrolled(self) -> None:
        if not self._arranging:
            bar = self.verticalScrollBar()
            self._set_follows(bar.value() >= bar.maximum() - AT_END)
            self._arrange(self._anchor())

    def _anchor(self) -> tuple[str, int]:
        """The row at the upper edge, and how far its top is above it."""
        offset = self._offset()
        for place in rows_between(self._tops, offset, offset + 1):
            return self._turns[place].key, offset - self._tops[place]
        return "", 0

    def _arrange(self, anchor: tuple[str, int]) -> None:
        """Make the rows near the visible stretch, at their places; what the user looks at does not move."""
        if self._arranging:
            return
        self._arranging = True
        for _ in range(MEASURING_ROUNDS):
            self._place_column(anchor)
            if not self._measure():
                break
        self._place_column(anchor)
        self._place_rows()
        self._arranging = False

    def _place_column(self, anchor: tuple[str, int]) -> None:
        self._tops = tops_of([self._height(turn) for turn in self._turns], GAP)
        bar, view = self.verticalScrollBar(), self.viewport().height()
        most = max(0, self._tops[-1] + 2 * SPACE_S - view)
        bar.setRange(0, most)
        bar.setPageStep(view)
        if self._follows:
            bar.setValue(most)
        elif anchor[0] in self._places:
            bar.setValue(self._tops[self._places[anchor[0]]] + anchor[1])

    def _near(self) -> range:
        view = self.viewport().height()
        return rows_between(self._tops, self._offset() - view // 2, self._offset() + view + view // 2)

    def _measure(self) -> bool:
        """Make and fill the rows near the visible stretch; whether one is higher or lower than was thought."""
        near = [self._turns[place].key for place in self._near()]
        far = self._rows.keys() - set(near)
        self._drop({key for key in far if not self._keeps(key)})
        changed, width = False, self._width()
        for key in [*near, *(key for key in self._rows if key in far)]:
            self._fill(key)
            turn, known = self._turns[self._places[key]], self._heights.get(key)
            if known is None or known[0] is not turn:
                height = self._rows[key].height_at(width)
                changed |= height != self._height(turn)
                self._heights[key] = (turn, height)
        return changed

    def _keeps(self, key: str) -> bool:
        """A row that has the focus stays a widget wherever it is."""
        return key in self._places and key == self._focused()

    def _drop(self, keys: set[str]) -> None:
        for key in keys:
            row = self._rows.pop(key)
            row.hide()
            row.deleteLater()

    def _fill(self, key: str) -> None:
        if key not in self._rows:
            row = self._rows[key] = TurnRow(self.viewport())
            row.entered.connect(lambda: self._entered(key))
            follow(self, row, *row.buttons)
            self.row_made.emit(row)
        turn = self._turns[self._places[key]]
        self._rows[key].show_turn(turn, heading=key in self._first_of_day, current=key == self._current)

    def _place_rows(self) -> None:
        width, offset = self._width(), self._offset()
        left = (self.viewport().width() - width) // 2
        for key, row in self._rows.items():
            place = self._places[key]
            row.setGeometry(left, SPACE_S + self._tops[place] - offset, width, self._height(self._turns[place]))
            row.show()

    def _measure_anew(self) -> None:
        self._forget_heights()
        self._arrange(self._anchor())

    # -- Qt ------------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width means other heights."""
        super().resizeEvent(event)
        anchor = self._anchor()
        if event.size().width() != event.oldSize().width():
            self._forget_heights()
        self._arrange(anchor)

    def changeEvent(self, event: QEvent) -> None:
        """Another font or theme too, once the rows have taken it."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.FontChange) and hasattr(self, "_later"):
            self._later.start()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """The rows are placed by :meth:`_arrange`."""


def _first_of_days(turns: tuple[Turn, ...]) -> set[str]:
    first, day = set(), None
    for turn in turns:
        this = day_number(turn.at)
        if this != day:
            first.add(turn.key)
        day = this
    return first
