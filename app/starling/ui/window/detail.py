"""A text in the room of two lines, whatever its length."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

LINES = 2
ELLIPSIS = "…"
ROUNDING = 2
"""Lines are not whole pixels high."""
_FLAGS = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignVCenter


class TwoLines(QLabel):
    """Two lines at most, of fixed height; a longer text loses its end, or its beginning while it grows at its end.

    The tooltip and assistive technology have the whole text.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.keeps_end = False
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("tone", "muted")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_text(self, text: str, *, growing: bool = False) -> None:
        """Show a text; ``growing``: its end is what is new."""
        self.keeps_end = growing
        if text != self.text():
            self.setText(text)
            self.setToolTip(text)
        self.update()

    def fitting(self) -> str:
        """What is painted."""
        words, room = self.text().split(), QSize(self.contentsRect().width(), self.contentsRect().height())
        return fitted(words, room, self.fontMetrics(), keeps_end=self.keeps_end)

    def sizeHint(self) -> QSize:
        """Always two lines."""
        metrics = self.fontMetrics()
        return QSize(metrics.averageCharWidth(), LINES * max(metrics.lineSpacing(), metrics.height()) + ROUNDING)

    def minimumSizeHint(self) -> QSize:
        """As high as ever."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what fits."""
        painter = QPainter(self)
        flags = int(_FLAGS | Qt.AlignmentFlag.AlignLeading)
        self.style().drawItemText(
            painter, self.contentsRect(), flags, self.palette(), self.isEnabled(), self.fitting(), self.foregroundRole()
        )
        painter.end()


def fitted(words: list[str], room: QSize, metrics: QFontMetrics, *, keeps_end: bool) -> str:
    """As many words as fit, from the beginning or from the end."""

    def made(count: int) -> str:
        if count == len(words):
            return " ".join(words)
        return f"{ELLIPSIS} {' '.join(words[-count:])}" if keeps_end else f"{' '.join(words[:count])}{ELLIPSIS}"

    def fits(text: str) -> bool:
        needed = metrics.boundingRect(QRect(0, 0, room.width(), 10 * room.height()), int(_FLAGS), text)
        return needed.height() <= max(room.height(), metrics.height()) and needed.width() <= room.width()

    low, high = 0, len(words)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(made(middle)) else (low, middle - 1)
    return made(low) if low or not words else metrics.elidedText(words[0], Qt.TextElideMode.ElideRight, room.width())
