"""A state as a shape and a word."""

from __future__ import annotations

from typing import Literal, get_args

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from starling.ui.kit.text import label
from starling.ui.look import theme as look
from starling.ui.look.tokens import SPACE_XS

Kind = Literal["good", "busy", "warning", "bad", "off", "unknown"]
KINDS: tuple[Kind, ...] = get_args(Kind)
STATE_ROLES: dict[Kind, str] = {
    "good": "success",
    "busy": "accent",
    "warning": "warning",
    "bad": "danger",
    "off": "text_muted",
    "unknown": "text_muted",
}
SHAPE_SIZE = 12
LINE = 1.75


class StateShape(QWidget):
    """Disc good, half-filled ring busy, triangle warning, square bad, ring off, dotted ring unknown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kind: Kind = "unknown"
        self.setFixedSize(SHAPE_SIZE, SHAPE_SIZE)

    def set_kind(self, kind: Kind) -> None:
        """Show another state."""
        if kind != self.kind:
            self.kind = kind
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: D102 - Qt's
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = QColor(getattr(look.current(), STATE_ROLES[self.kind]))
        painter.setPen(QPen(colour, LINE))
        painter.setBrush(colour)
        draw_shape(painter, self.kind, QRectF(self.rect()))
        painter.end()


def draw_shape(painter: QPainter, kind: Kind, place: QRectF) -> None:
    """Draw a state's shape with the painter's pen and brush."""
    inner = place.adjusted(LINE, LINE, -LINE, -LINE)
    if kind == "good":
        painter.drawEllipse(inner)
    elif kind == "busy":
        painter.drawPie(inner, 90 * 16, -180 * 16)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(inner)
    elif kind == "warning":
        painter.drawPolygon(
            QPolygonF([QPointF(inner.center().x(), inner.top()), inner.bottomRight(), inner.bottomLeft()])
        )
    elif kind == "bad":
        painter.drawRect(inner)
    else:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        pen = painter.pen()
        if kind == "unknown":
            pen.setDashPattern([1.0, 1.4])
        painter.setPen(pen)
        painter.drawEllipse(inner)


class Badge(QWidget):
    """A shape and the word that says the same; not by colour alone."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shape = StateShape(self)
        self._word: QLabel = label()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_XS + 2)
        row.addWidget(self._shape, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._word, 1)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    @property
    def kind(self) -> Kind:
        """The state shown."""
        return self._shape.kind

    @property
    def text(self) -> str:
        """The word shown."""
        return self._word.text()

    def show_state(self, kind: Kind, text: str) -> None:
        """Show a state; cheap when nothing changes."""
        self._shape.set_kind(kind)
        if text != self._word.text():
            self._word.setText(text)
            self.setAccessibleName(text)

    def minimumSizeHint(self) -> QSize:  # noqa: D102 - Qt's
        return self.sizeHint()
