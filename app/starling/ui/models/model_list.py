"""The list of models: one line of name and one of state for each."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPainter, QPen
from PySide6.QtWidgets import (
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from starling.ui.kit.badge import LINE, SHAPE_SIZE, STATE_ROLES, Kind, draw_shape
from starling.ui.look import theme as look
from starling.ui.look.tokens import SPACE_M, SPACE_S, SPACE_XS
from starling.ui.models.presenter import Entry, Group, group_title

NAME, NOTE, KIND = (Qt.ItemDataRole.UserRole + place for place in range(3))
LEAST_CHARACTERS = 24


class ModelList(QListWidget):
    """Arrow keys move between models; headings are passed by."""

    chosen = Signal(str)
    """The name of the model that is looked at from now on; empty for none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Models"))
        self.setItemDelegate(_Lines(self))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * LEAST_CHARACTERS)
        self._shown: tuple[Entry, ...] = ()
        self.currentItemChanged.connect(self._moved)

    @property
    def name(self) -> str:
        """The model that is looked at; empty for none."""
        item = self.currentItem()
        return "" if item is None else str(item.data(NAME))

    def show_entries(self, entries: Sequence[Entry]) -> None:
        """Show these; the one that is looked at stays, where it still is there."""
        before, self._shown = self._shown, tuple(entries)
        if [(entry.name, entry.group) for entry in before] != [(entry.name, entry.group) for entry in entries]:
            self._fill(self.name)
        rows = {str(self.item(row).data(NAME)): self.item(row) for row in range(self.count())}
        for entry in entries:
            _set(rows[entry.name], entry)

    def choose(self, name: str) -> None:
        """Look at a model."""
        for row in range(self.count()):
            if name and self.item(row).data(NAME) == name:
                self.setCurrentRow(row)

    def _fill(self, keep: str) -> None:
        with QSignalBlocker(self):
            self.clear()
            group: Group | None = None
            for entry in self._shown:
                if entry.group != group:
                    group = entry.group
                    self.addItem(_heading(group_title(group)))
                item = QListWidgetItem()
                _set(item, entry)
                self.addItem(item)
            self.choose(keep)
            if self.currentItem() is None and self._shown:
                self.choose(self._shown[0].name)
        self._moved()

    def _moved(self) -> None:
        self.chosen.emit(self.name)


def _heading(text: str) -> QListWidgetItem:
    item = QListWidgetItem(text)
    item.setFlags(Qt.ItemFlag.NoItemFlags)
    item.setData(NAME, "")
    return item


def _set(item: QListWidgetItem, entry: Entry) -> None:
    for role, value in ((Qt.ItemDataRole.DisplayRole, entry.title), (NAME, entry.name), (NOTE, entry.note)):
        if item.data(role) != value:
            item.setData(role, value)
    if item.data(KIND) != entry.kind:
        item.setData(KIND, entry.kind)
    spoken = f"{entry.title}, {entry.note}"
    if item.data(Qt.ItemDataRole.AccessibleTextRole) != spoken:
        item.setData(Qt.ItemDataRole.AccessibleTextRole, spoken)
        item.setToolTip(spoken)


class _Lines(QStyledItemDelegate):
    """The state's shape, the name, and below it the state in words."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        line = option.fontMetrics.height()
        heading = not index.data(NAME)
        return QSize(0, line + SPACE_M + SPACE_XS if heading else 2 * line + 2 * SPACE_S)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """The style paints the ground."""
        line = QStyleOptionViewItem(option)
        self.initStyleOption(line, index)
        text, line.text = line.text, ""
        style = line.widget.style()
        rect: QRect = line.rect
        theme = look.current()
        painter.save()
        if not index.data(NAME):
            painter.setPen(QColor(theme.text_muted))
            painter.setFont(_bold(line.font))
            _write(painter, rect.adjusted(SPACE_S, SPACE_S, -SPACE_S, 0), text)
            painter.restore()
            return
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, line, painter, line.widget)
        inner = rect.adjusted(SPACE_M, SPACE_S, -SPACE_S, -SPACE_S)
        _shape(painter, index.data(KIND), inner)
        words = inner.adjusted(SHAPE_SIZE + SPACE_S, 0, 0, 0)
        half = words.height() // 2
        painter.setFont(line.font)
        painter.setPen(QColor(theme.text))
        _write(painter, QRect(words.left(), words.top(), words.width(), half), text)
        painter.setPen(QColor(theme.text_muted))
        _write(painter, QRect(words.left(), words.top() + half, words.width(), half), str(index.data(NOTE)))
        painter.restore()


def _bold(font: QFont) -> QFont:
    made = QFont(font)
    made.setWeight(QFont.Weight.DemiBold)
    return made


def _write(painter: QPainter, place: QRect, text: str) -> None:
    elided = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, place.width())
    painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, elided)


def _shape(painter: QPainter, kind: Kind, inner: QRect) -> None:
    colour = QColor(getattr(look.current(), STATE_ROLES[kind]))
    top = inner.top() + (inner.height() // 2 - SHAPE_SIZE) // 2
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colour, LINE))
    painter.setBrush(colour)
    draw_shape(painter, kind, QRectF(inner.left(), top, SHAPE_SIZE, SHAPE_SIZE))
