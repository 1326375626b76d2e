"""Buttons with an icon."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QPushButton, QWidget

from starling.ui.kit.text import restyle
from starling.ui.look.icons import icon as themed_icon
from starling.ui.look.tokens import CONTROL_HEIGHT, ICON_SIZE, SPACE_XS


class IconButton(QPushButton):
    """A quiet button with an icon; ``name`` is its tooltip and accessible name, and its text where ``text`` is set.

    It takes the keyboard focus by Tab only: a click must not take it from the text field or the talk key.
    """

    def __init__(
        self, icon: str, name: str, parent: QWidget | None = None, *, text: bool = False, checkable: bool = False
    ) -> None:
        super().__init__(parent)
        self._with_text = text
        self.setProperty("kind", "quiet")
        self.setCheckable(checkable)
        self.setAutoDefault(False)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setIconSize(QSize(ICON_SIZE, ICON_SIZE))
        self.set_icon(icon)
        self.set_name(name)
        if not text:
            side = max(CONTROL_HEIGHT, self.fontMetrics().height() + 2 * SPACE_XS)
            self.setFixedSize(side, side)

    def set_icon(self, icon: str, role: str = "text") -> None:
        """Show another icon."""
        self.setIcon(themed_icon(icon, role))

    def set_name(self, name: str) -> None:
        """Say what it does."""
        plain = name.replace("&", "")
        self.setAccessibleName(plain)
        self.setToolTip("" if self._with_text else plain)
        if self._with_text:
            self.setText(name)

    def set_kind(self, kind: str) -> None:
        """Another look: ``quiet``, ``primary``, ``danger``, or empty for a bordered button."""
        restyle(self, "kind", kind)
