"""A choice of a few, side by side."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QPushButton, QSizePolicy, QWidget

from starling.ui.look.icons import icon as themed_icon
from starling.ui.look.tokens import ICON_SIZE

INSET = 2
_STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1}


class _Segment(QPushButton):
    """One option: a radio button to assistive technology, as it is checkable and exclusive."""

    def __init__(self, key: str, text: str, icon: str) -> None:
        super().__init__(text)
        self.key = key
        self.setProperty("part", "segment")
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setAutoDefault(False)
        self.setAccessibleName(text.replace("&", ""))
        if icon:
            self.setIcon(themed_icon(icon))
            self.setIconSize(QSize(ICON_SIZE - 2, ICON_SIZE - 2))


class SegmentedSwitch(QFrame):
    """One of a few options: arrow keys move and choose, Tab enters at the chosen one.

    ``chosen`` is sent by what the user does only.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("part", "switch")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._segments: list[_Segment] = []
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(INSET, INSET, INSET, INSET)
        self._row.setSpacing(INSET)

    def set_options(self, options: Sequence[tuple[str, str, str]]) -> None:
        """What can be chosen, as (key, label, icon name or empty). The first is chosen."""
        for old in self._segments:
            self._group.removeButton(old)
            self._row.removeWidget(old)
            old.deleteLater()
        self._segments = [_Segment(*option) for option in options]
        for segment in self._segments:
            self._group.addButton(segment)
            self._row.addWidget(segment, 1)
            segment.clicked.connect(self._clicked)
        if self._segments:
            self.set_value(self._segments[0].key)

    @property
    def value(self) -> str:
        """Key of the chosen option; empty when there are none."""
        return next((segment.key for segment in self._segments if segment.isChecked()), "")

    def set_value(self, key: str) -> None:
        """Choose without telling; a key that is none of the options changes nothing."""
        for segment in self._segments:
            if segment.key == key:
                segment.setChecked(True)
                self._tab_enters(segment)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: D102 - Qt's
        step = _STEPS.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        self._move(step)

    def _move(self, step: int) -> None:
        if self.layoutDirection() is Qt.LayoutDirection.RightToLeft:
            step = -step
        usable = [segment for segment in self._segments if segment.isEnabled()]
        at = next((index for index, segment in enumerate(usable) if segment.isChecked()), 0)
        if usable:
            target = usable[(at + step) % len(usable)]
            target.setFocus(Qt.FocusReason.OtherFocusReason)
            target.click()

    def _clicked(self) -> None:
        self.set_value(self.value)
        self.chosen.emit(self.value)

    def _tab_enters(self, chosen: _Segment) -> None:
        for segment in self._segments:
            segment.setFocusPolicy(Qt.FocusPolicy.TabFocus if segment is chosen else Qt.FocusPolicy.ClickFocus)
