"""What stands in a scrolled area, as high as its texts are at the width there is."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget


class Column(QWidget):
    """The inside of a scroll area.

    A plain widget asks for the height that wrapped texts need where they are narrowest: the area scrolls to nothing.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("part", "column")

    def minimumSizeHint(self) -> QSize:  # noqa: D102 - Qt's
        least, layout = super().minimumSizeHint(), self.layout()
        if layout is None or not layout.hasHeightForWidth():
            return least
        return QSize(least.width(), layout.totalHeightForWidth(max(self.width(), least.width())))
