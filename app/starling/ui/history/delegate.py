"""Paints an entry: its text with what was found in it, and when and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen, QTextCharFormat, QTextLayout, QTextOption
from PySide6.QtWidgets import QApplication, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from starling.pipeline.events import HistoryEntry
from starling.ui.history import words
from starling.ui.history.model import ENTRY_ROLE
from starling.ui.kit.badge import LINE, SHAPE_SIZE, STATE_ROLES, draw_shape
from starling.ui.look import theme as look
from starling.ui.look.tokens import SPACE_M, SPACE_S, SPACE_XS, TYPE_SCALE

MOST_LETTERS = 400
"""Of a line: a window shows no more."""


class HistoryDelegate(QStyledItemDelegate):
    """Two lines an entry, all of the same height.

    Attributes:
        terms: what was looked for, folded.
        now: for the words of times.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.terms: Sequence[str] = ()
        self.now = datetime.now()

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:  # noqa: D102
        small = QFontMetrics(_caption_font(option.font)).height()
        return QSize(0, option.fontMetrics.height() + small + 2 * SPACE_S + SPACE_XS)

    def paint(  # noqa: D102 - Qt's
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        painter.save()
        style = option.widget.style() if option.widget is not None else QApplication.style()
        style.drawPrimitive(QStyle.PrimitiveElement.PE_PanelItemViewItem, option, painter, option.widget)
        entry = index.data(ENTRY_ROLE)
        place = option.rect.adjusted(SPACE_M, SPACE_S, -SPACE_M, -SPACE_S)
        upper = QRect(place.left(), place.top(), place.width(), option.fontMetrics.height())
        lower = QRect(place.left(), upper.bottom() + 1 + SPACE_XS, place.width(), place.bottom() - upper.bottom())
        if isinstance(entry, HistoryEntry):
            self._paint_text(painter, option, upper, entry)
            self._paint_caption(painter, option, lower, entry)
        else:
            painter.setPen(QColor(look.current().text_muted))
            painter.drawText(upper, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), "…")
        painter.restore()

    def _paint_text(self, painter: QPainter, option: QStyleOptionViewItem, place: QRect, entry: HistoryEntry) -> None:
        theme = look.current()
        room = place.width() // max(1, option.fontMetrics.averageCharWidth())
        line = words.first_line(entry, self.terms, room)
        font = QFont(option.font)
        font.setItalic(not entry.text.strip())
        text = line.text[:MOST_LETTERS]
        elided = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, place.width())
        layout = QTextLayout(elided, font)
        layout.setTextOption(_one_line(option.direction))
        layout.setFormats([_range(begin, min(end, len(elided))) for begin, end in line.marks if begin < len(elided)])
        layout.beginLayout()
        shown = layout.createLine()
        shown.setLineWidth(place.width())
        layout.endLayout()
        painter.setPen(QColor(theme.text if entry.text.strip() else theme.text_muted))
        layout.draw(painter, QPointF(place.topLeft()))

    def _paint_caption(
        self, painter: QPainter, option: QStyleOptionViewItem, place: QRect, entry: HistoryEntry
    ) -> None:
        theme, kind = look.current(), words.state_kind(entry)
        font = _caption_font(option.font)
        mirrored = option.direction is Qt.LayoutDirection.RightToLeft
        left = place.right() + 1 - SHAPE_SIZE if mirrored else place.left()
        shape = QRectF(left, place.top() + (place.height() - SHAPE_SIZE) / 2, SHAPE_SIZE, SHAPE_SIZE)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = QColor(getattr(theme, STATE_ROLES[kind]))
        painter.setPen(QPen(colour, LINE))
        painter.setBrush(colour)
        draw_shape(painter, kind, shape)
        room = SHAPE_SIZE + SPACE_S
        beside = place.adjusted(0, 0, -room, 0) if mirrored else place.adjusted(room, 0, 0, 0)
        painter.setFont(font)
        painter.setPen(QColor(theme.text_muted))
        text = words.caption(entry, self.now)
        text = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, beside.width())
        side = Qt.AlignmentFlag.AlignRight if mirrored else Qt.AlignmentFlag.AlignLeft
        painter.drawText(beside, int(side | Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute), text)


def mark_format() -> QTextCharFormat:
    """How a match is shown: by its ground and a line below it, not by colour alone."""
    theme, made = look.current(), QTextCharFormat()
    made.setBackground(QColor(theme.accent))
    made.setForeground(QColor(theme.on_accent))
    made.setFontUnderline(theme.border_width > 1)
    return made


def _range(begin: int, end: int) -> QTextLayout.FormatRange:
    made = QTextLayout.FormatRange()
    made.start, made.length, made.format = begin, end - begin, mark_format()
    return made


def _one_line(direction: Qt.LayoutDirection) -> QTextOption:
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.NoWrap)
    option.setTextDirection(direction)
    return option


def _caption_font(font: QFont) -> QFont:
    made = QFont(font)
    if font.pointSizeF() > 0:
        made.setPointSizeF(font.pointSizeF() * TYPE_SCALE["caption"])
    return made
