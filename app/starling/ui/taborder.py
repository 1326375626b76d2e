"""The tab order of widgets that are made later than what stands below them."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget


def follow(first: QWidget, *others: QWidget) -> None:
    """Let the others come after the first, in this order.

    Qt refuses to order widgets that never take the focus; here they may stand for a place.
    """
    before = first
    for widget in others:
        kept = before.focusPolicy(), widget.focusPolicy()
        for one in (before, widget):
            one.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        QWidget.setTabOrder(before, widget)
        before.setFocusPolicy(kept[0])
        widget.setFocusPolicy(kept[1])
        before = widget
