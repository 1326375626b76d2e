"""Details that are shown on demand."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QVBoxLayout, QWidget

from starling.ui.kit.buttons import IconButton
from starling.ui.kit.text import wrapped
from starling.ui.look.tokens import SPACE_L

CHEVRON_SIZE = 14


class Disclosure(QWidget):
    """A button that shows and hides a text below it; nothing at all while there is no text."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.button = IconButton("chevron-right", title, text=True, checkable=True)
        self.button.set_kind("link")
        self.button.setIconSize(QSize(CHEVRON_SIZE, CHEVRON_SIZE))
        self.button.toggled.connect(self._toggle)
        self.details = wrapped("caption", "muted")
        self.details.setContentsMargins(SPACE_L, 0, 0, 0)
        self.details.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.button)
        column.addWidget(self.details)
        self.set_text("")

    def set_text(self, text: str) -> None:
        """What is disclosed."""
        self.details.setText(text)
        self.button.setAccessibleDescription(text)
        self.setVisible(bool(text))

    def _toggle(self, shown: bool) -> None:
        self.details.setVisible(shown)
        self.button.set_icon("chevron-down" if shown else "chevron-right")
