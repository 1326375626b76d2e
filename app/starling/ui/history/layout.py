"""Where the parts of the page of the history are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget

from starling.ui.look.tokens import SPACE_M, SPACE_S

if TYPE_CHECKING:
    from starling.ui.history.view import HistoryView

NARROW_LETTERS = 84
"""Below so much room, the entry lies under the list."""
LIST_SHARE, ENTRY_SHARE = 6, 5


def lay_out(view: HistoryView) -> QBoxLayout:
    """List and entry, and what concerns both below them."""
    left = QWidget()
    column = QVBoxLayout(left)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(SPACE_S)
    view.stack.addWidget(view.list)
    view.stack.addWidget(view.empty)
    for widget in (view.filters, view.stack, view.undo):
        column.addWidget(widget, 1 if widget is view.stack else 0)
    box = QBoxLayout(QBoxLayout.Direction.LeftToRight)
    box.setSpacing(SPACE_M)
    box.addWidget(left, LIST_SHARE)
    box.addWidget(view.details, ENTRY_SHARE)
    outer = QVBoxLayout(view)
    outer.setContentsMargins(0, 0, 0, 0)
    outer.setSpacing(SPACE_S)
    outer.addLayout(box, 1)
    outer.addWidget(view.footer)
    return box


def arrange(view: HistoryView) -> None:
    """Side by side, or below each other where the page is narrow."""
    narrow = view.width() < NARROW_LETTERS * view.fontMetrics().averageCharWidth()
    directions = QBoxLayout.Direction
    view.box.setDirection(directions.TopToBottom if narrow else directions.LeftToRight)
