"""The ways to the pages: a column at the left edge of the window, or a row where the window is narrow."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPaintEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QButtonGroup,
    QFrame,
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QStylePainter,
    QWidget,
)

from starling.ui.look import theme as look
from starling.ui.look.icons import icon as themed_icon
from starling.ui.look.tokens import ICON_SIZE, SPACE_S, SPACE_XS
from starling.ui.taborder import follow

DRAWING = ICON_SIZE + 4
LEAST_WIDTH = 72
GAP = 2
_STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1}


class Destination(QPushButton):
    """The way to one page: its icon above its word, or beside it in a row.

    A radio button to assistive technology, as it is checkable and exclusive.
    """

    def __init__(self, key: str, text: str, icon: str, keys: str) -> None:
        super().__init__(text)
        self.key = key
        self._drawing = icon
        self._upright = True
        self.setProperty("part", "segment")
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setAutoDefault(False)
        self.setAccessibleName(text)
        self.setToolTip(self.tr("{page} ({keys})").format(page=text, keys=keys) if keys else text)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_upright(self, upright: bool) -> None:
        """The word below the icon, or beside it."""
        self._upright = upright
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: D102 - Qt's
        metrics = self.fontMetrics()
        text = metrics.horizontalAdvance(self.text())
        if self._upright:
            return QSize(max(LEAST_WIDTH, text + 2 * SPACE_S), DRAWING + metrics.height() + GAP + 2 * SPACE_S)
        return QSize(DRAWING + SPACE_XS + text + 2 * SPACE_S, max(DRAWING, metrics.height()) + 2 * SPACE_XS)

    def minimumSizeHint(self) -> QSize:  # noqa: D102 - Qt's
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The style sheet paints the ground; it cannot put text below an icon."""
        painter = QStylePainter(self)
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text = ""
        painter.drawControl(QStyle.ControlElement.CE_PushButton, option)
        drawing, word = self._places()
        role = "text" if self.isChecked() else "text_muted"
        themed_icon(self._drawing, role).paint(painter, drawing)
        alignment = Qt.AlignmentFlag.AlignCenter if self._upright else Qt.AlignmentFlag.AlignVCenter
        painter.setPen(QColor(getattr(look.current(), role)))
        painter.drawText(word, alignment, self.text())
        painter.end()

    def _places(self) -> tuple[QRect, QRect]:
        line = self.fontMetrics().height()
        if self._upright:
            top = (self.height() - DRAWING - GAP - line) // 2
            drawing = QRect((self.width() - DRAWING) // 2, top, DRAWING, DRAWING)
            return drawing, QRect(0, top + DRAWING + GAP, self.width(), line)
        needed = DRAWING + SPACE_XS + self.fontMetrics().horizontalAdvance(self.text())
        left = max(SPACE_S, (self.width() - needed) // 2)
        drawing = QRect(left, (self.height() - DRAWING) // 2, DRAWING, DRAWING)
        beside = QRect(left + DRAWING + SPACE_XS, 0, self.width(), self.height())
        for place in (drawing, beside):
            if self.layoutDirection() is Qt.LayoutDirection.RightToLeft:
                place.moveRight(self.width() - 1 - place.left())
        return drawing, beside


class Rail(QFrame):
    """Arrow keys move and choose; Tab enters at the page that is seen."""

    chosen = Signal(str)
    """The key of the page that the user wants."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Pages"))
        self._ways: list[Destination] = []
        self._group = QButtonGroup(self)
        self._upright = True
        self._box = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(SPACE_XS)
        self._box.addStretch(1)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)

    @property
    def ways(self) -> tuple[Destination, ...]:
        """In their order."""
        return tuple(self._ways)

    def add(self, key: str, text: str, icon: str, keys: str = "") -> None:
        """The way to one more page; ``keys``: its shortcut."""
        way = Destination(key, text, icon, keys)
        way.set_upright(self._upright)
        self._ways.append(way)
        self._group.addButton(way)
        self._box.insertWidget(len(self._ways) - 1, way)
        follow(self, *self._ways)  # what is added later comes last otherwise
        way.clicked.connect(lambda: self.chosen.emit(way.key))
        self.show_page(self._ways[0].key if len(self._ways) == 1 else self._shown)

    def show_page(self, key: str) -> None:
        """Mark the page that is seen."""
        self._shown = key
        for way in self._ways:
            seen = way.key == key
            if seen:
                way.setChecked(True)
            way.setFocusPolicy(Qt.FocusPolicy.TabFocus if seen else Qt.FocusPolicy.NoFocus)

    def set_upright(self, upright: bool) -> None:
        """A column, or a row."""
        if upright == self._upright:
            return
        self._upright = upright
        directions = QBoxLayout.Direction
        self._box.setDirection(directions.TopToBottom if upright else directions.LeftToRight)
        fixed, free = QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred
        self.setSizePolicy(*((fixed, free) if upright else (free, fixed)))
        self._box.setStretch(self._box.count() - 1, 1 if upright else 0)
        for way in self._ways:
            way.set_upright(upright)

    @property
    def column_width(self) -> int:
        """What it takes from the window's width as a column."""
        widest = max((self._needed(way) for way in self._ways), default=LEAST_WIDTH)
        return widest + 2 * self.frameWidth()

    @staticmethod
    def _needed(way: Destination) -> int:
        return max(LEAST_WIDTH, way.fontMetrics().horizontalAdvance(way.text()) + 2 * SPACE_S)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: D102 - Qt's
        step = _STEPS.get(Qt.Key(event.key()))
        if step is None or not self._ways:
            super().keyPressEvent(event)
            return
        sideways = event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right)
        if sideways and self.layoutDirection() is Qt.LayoutDirection.RightToLeft:
            step = -step
        at = next((place for place, way in enumerate(self._ways) if way.isChecked()), 0)
        target = self._ways[(at + step) % len(self._ways)]
        target.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        target.setFocus(Qt.FocusReason.OtherFocusReason)
        target.click()

    def changeEvent(self, event: QEvent) -> None:
        """A larger font needs more room."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.FontChange):
            self.updateGeometry()
