"""Where files and folders can be dropped: a veil over the page while something is dragged above it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QMimeData, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from starling.ui.look import theme as look
from starling.ui.look.tokens import RADIUS, SPACE_M

DASH = 2.0
VEIL = 235
"""How much of what is below is covered, of 255."""


class DropVeil(QWidget):
    """Says what happens to what is dropped; covers its parent."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName(self.text())
        self.hide()

    def text(self) -> str:
        """What it says."""
        return self.tr("Drop a model's folder or file here to import it")

    def cover(self) -> None:
        """Show it over the whole parent."""
        parent = self.parentWidget()
        if parent is not None:
            self.setGeometry(parent.rect())
        self.raise_()
        self.show()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: D102 - Qt's
        theme = look.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = QColor(theme.surface)
        ground.setAlpha(VEIL)
        pen = QPen(QColor(theme.accent), DASH, Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(ground)
        inner = QRectF(self.rect()).adjusted(SPACE_M, SPACE_M, -SPACE_M, -SPACE_M)
        painter.drawRoundedRect(inner, RADIUS, RADIUS)
        painter.setPen(QColor(theme.text))
        painter.setFont(look.font("title"))
        painter.drawText(inner, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self.text())
        painter.end()


def local_paths(data: QMimeData) -> Sequence[str]:
    """The files and folders of this machine among what is dragged."""
    return [url.toLocalFile() for url in data.urls() if url.isLocalFile()]
