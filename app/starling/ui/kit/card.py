"""A titled group with a subtle border."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from starling.ui.kit.glyph import Glyph
from starling.ui.kit.text import label
from starling.ui.look.tokens import SPACE_L, SPACE_M, SPACE_S


class Card(QFrame):
    """A titled group. What it shows goes into ``body``; what belongs beside the title into ``header``."""

    def __init__(self, title: str, icon: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("part", "card")
        self.title = label("", "title")
        self.set_title(title)
        self.header = QHBoxLayout()
        self.header.setSpacing(SPACE_S)
        if icon:
            self.header.addWidget(Glyph(icon, "text_muted"), 0, Qt.AlignmentFlag.AlignVCenter)
        self.header.addWidget(self.title, 1)
        self.body = QVBoxLayout()
        self.body.setSpacing(SPACE_S)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(SPACE_L, SPACE_M, SPACE_L, SPACE_L)
        outer.setSpacing(SPACE_M)
        outer.addLayout(self.header)
        outer.addLayout(self.body)

    def set_title(self, title: str) -> None:
        """Name the group, on the screen and to assistive technology."""
        self.title.setText(title)
        self.setAccessibleName(title)
