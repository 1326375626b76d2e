"""A message across the window."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSizePolicy, QWidget

from starling.ui.kit.buttons import IconButton
from starling.ui.kit.glyph import Glyph
from starling.ui.kit.text import wrapped
from starling.ui.look.tokens import SPACE_M, SPACE_S

BannerKind = Literal["info", "warning", "error"]
_ROLES = {"info": "info", "warning": "warning", "error": "danger"}


class Banner(QFrame):
    """A sentence the user should read, perhaps with one thing to do about it."""

    action_clicked = Signal()
    dismissed = Signal()

    def __init__(self, kind: BannerKind, text: str, action: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("part", "banner")
        self.setProperty("kind", kind)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.setAccessibleName(
            {"info": self.tr("Notice"), "warning": self.tr("Warning"), "error": self.tr("Error")}[kind]
        )
        self.setAccessibleDescription(text)
        self._text = wrapped()
        self._text.setText(text)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_M, SPACE_S, SPACE_S, SPACE_S)
        row.setSpacing(SPACE_M)
        row.addWidget(Glyph(kind, _ROLES[kind]), 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._text, 1)
        self.action_button: QPushButton | None = None
        if action:
            self.action_button = QPushButton(action)
            self.action_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            self.action_button.setAutoDefault(False)
            self.action_button.clicked.connect(self.action_clicked)
            row.addWidget(self.action_button, 0, Qt.AlignmentFlag.AlignVCenter)
        self.close_button = IconButton("close", self.tr("Dismiss"))
        self.close_button.clicked.connect(self.dismissed)
        row.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignVCenter)

    @property
    def text(self) -> str:
        """The sentence."""
        return self._text.text()
