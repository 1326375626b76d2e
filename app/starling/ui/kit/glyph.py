"""An icon that is only looked at."""

from __future__ import annotations

from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from starling.ui.look import icons
from starling.ui.look.tokens import ICON_SIZE


class Glyph(QWidget):
    """An icon beside a text that says the same; assistive technology passes it by."""

    def __init__(self, icon: str, role: str = "text", size: int = ICON_SIZE, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon, self._role = icon, role
        self.setFixedSize(size, size)

    def set_icon(self, icon: str, role: str = "text") -> None:
        """Show another icon."""
        if (icon, role) != (self._icon, self._role):
            self._icon, self._role = icon, role
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: D102 - Qt's
        painter = QPainter(self)
        painter.drawPixmap(0, 0, icons.pixmap(self._icon, self._role, self.width(), self.devicePixelRatioF()))
        painter.end()
