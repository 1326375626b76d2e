"""Why there is no overlay, beside its settings."""

from __future__ import annotations

import os

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget

from starling.ui.kit.text import wrapped
from starling.ui.overlay.surface import way


class OverlayNote(QWidget):
    """A sentence where this desktop allows no overlay; nothing elsewhere."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = wrapped("caption", "muted")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.text)
        if way(QGuiApplication.platformName(), os.environ) == "none":
            self.text.setText(
                self.tr(
                    "There is no overlay in this session: under Wayland a program can neither place a window nor keep "
                    "the focus from it, and XWayland, which can, is not running. The icon in the tray shows the state, "
                    "and its tooltip the level."
                )
            )

    @property
    def needed(self) -> bool:
        """Whether there is something to say."""
        return bool(self.text.text())
