"""Paints a voice: a star, its name, and what is known of it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QMouseEvent, QPainter
from PySide6.QtWidgets import QApplication, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from starling.ui.look import theme as look
from starling.ui.look.icons import icon as themed_icon
from starling.ui.look.tokens import CONTROL_HEIGHT, ICON_SIZE, SPACE_M, SPACE_S, SPACE_XS, TYPE_SCALE
from starling.ui.voices import words
from starling.ui.voices.model import LINE_ROLE
from starling.ui.voices.rows import Heading, Row

SEPARATOR = " · "
ROUNDING = 2
"""A text is elided by its width in fractions of a pixel, which is told in whole ones."""
NAME_SHARE = 0.6
"""Of the room, which a long name leaves to what stands at the right."""


class VoiceDelegate(QStyledItemDelegate):
    """One line a voice; the star is pressed with the mouse."""

    star_clicked = Signal(object)
    """The row."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:  # noqa: D102
        line = option.fontMetrics.height()
        return QSize(0, max(CONTROL_HEIGHT, line + 2 * SPACE_XS))

    def paint(  # noqa: D102 - Qt's
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        line = index.data(LINE_ROLE)
        painter.save()
        if isinstance(line, Heading):
            self._paint_heading(painter, option, line)
        elif isinstance(line, Row):
            self._paint_row(painter, option, line)
        painter.restore()

    def editorEvent(  # noqa: D102 - Qt's
        self, event: QEvent, model: object, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> bool:
        line = index.data(LINE_ROLE)
        if (
            isinstance(line, Row)
            and isinstance(event, QMouseEvent)
            and event.type() == QEvent.Type.MouseButtonRelease
            and event.button() == Qt.MouseButton.LeftButton
            and star_place(option.rect, option.direction)
            .adjusted(-SPACE_XS, -SPACE_S, SPACE_XS, SPACE_S)
            .contains(event.position().toPoint())
        ):
            self.star_clicked.emit(line)
            return True
        return False

    @staticmethod
    def _paint_heading(painter: QPainter, option: QStyleOptionViewItem, line: Heading) -> None:
        theme = look.current()
        painter.setFont(_scaled(option.font, bold=True))
        painter.setPen(QColor(theme.text_muted))
        place = option.rect.adjusted(SPACE_M, SPACE_XS, -SPACE_M, 0)
        count = str(line.count)
        room = place.width() - painter.fontMetrics().horizontalAdvance(count) - SPACE_M
        text = painter.fontMetrics().elidedText(line.text, Qt.TextElideMode.ElideRight, room)
        _write(painter, place, text, option.direction, first=True)
        _write(painter, place, count, option.direction, first=False)

    def _paint_row(self, painter: QPainter, option: QStyleOptionViewItem, row: Row) -> None:
        theme = look.current()
        style = option.widget.style() if option.widget is not None else QApplication.style()
        style.drawPrimitive(QStyle.PrimitiveElement.PE_PanelItemViewItem, option, painter, option.widget)
        star = star_place(option.rect, option.direction)
        chosen = bool(option.state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver))
        if row.favourite or chosen:
            name, role = ("star-filled", "accent") if row.favourite else ("star", "text_muted")
            themed_icon(name, role).paint(painter, star)
        place = option.rect.adjusted(SPACE_M, 0, -SPACE_M, 0)
        if option.direction is Qt.LayoutDirection.RightToLeft:
            place.setRight(star.left() - SPACE_S)
        else:
            place.setLeft(star.right() + SPACE_S)
        font = QFont(option.font)
        font.setBold(row.in_use)
        painter.setFont(font)
        metrics = QFontMetrics(font)
        details = SEPARATOR.join(words.details(row))
        caption = QFontMetrics(_scaled(option.font))
        title_width, details_width = _shares(
            place.width(), metrics.horizontalAdvance(row.title), caption.horizontalAdvance(details)
        )
        painter.setPen(QColor(theme.text if row.voice.usable else theme.text_muted))
        title = metrics.elidedText(row.title, Qt.TextElideMode.ElideRight, title_width)
        _write(painter, place, title, option.direction, first=True)
        painter.setFont(_scaled(option.font))
        painter.setPen(QColor(theme.text_muted))
        details = caption.elidedText(details, Qt.TextElideMode.ElideRight, details_width)
        _write(painter, place, details, option.direction, first=False)


def star_place(place: QRect, direction: Qt.LayoutDirection) -> QRect:
    """Where the star of a row is painted."""
    top = place.top() + (place.height() - ICON_SIZE) // 2
    left = place.left() + SPACE_M
    if direction is Qt.LayoutDirection.RightToLeft:
        left = place.right() - SPACE_M - ICON_SIZE
    return QRect(left, top, ICON_SIZE, ICON_SIZE)


def _shares(room: int, title: int, details: int) -> tuple[int, int]:
    """Widths of name and details in this room; where it is too small for both, each keeps its share."""
    room, title, details = room - SPACE_M, title + ROUNDING, details + ROUNDING
    if title + details <= room:
        return title, details
    name_share = round(room * NAME_SHARE)
    title = min(title, max(name_share, room - details))
    return title, room - title


def _scaled(font: QFont, *, bold: bool = False) -> QFont:
    made = QFont(font)
    if font.pointSizeF() > 0:
        made.setPointSizeF(font.pointSizeF() * TYPE_SCALE["caption"])
    made.setBold(bold)
    return made


def _write(painter: QPainter, place: QRect, text: str, direction: Qt.LayoutDirection, *, first: bool) -> None:
    """A text at the beginning or the end of a line."""
    left = first is (direction is not Qt.LayoutDirection.RightToLeft)
    side = Qt.AlignmentFlag.AlignLeft if left else Qt.AlignmentFlag.AlignRight
    painter.drawText(place, side | Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute, text)
