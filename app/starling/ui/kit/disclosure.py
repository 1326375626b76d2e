"""Details that are shown on demand."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from starling.ui.kit.buttons import IconButton
from starling.ui.kit.text import wrapped
from starling.ui.look.tokens import SPACE_L

CHEVRON_SIZE = 14


class Expander(QWidget):
    """A button that shows and hides ``details`` below it.

    Args:
        title: the button's text; it is its accessible name unless another is set.
        details: what is shown on demand; hidden at first.
    """

    opened = Signal()

    def __init__(self, title: str, details: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.button = IconButton("chevron-right", title, text=True, checkable=True)
        self.button.set_kind("link")
        self.button.setIconSize(QSize(CHEVRON_SIZE, CHEVRON_SIZE))
        self.button.toggled.connect(self._toggle)
        self.details: QWidget = details
        details.setContentsMargins(SPACE_L, 0, 0, 0)
        details.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.button)
        column.addWidget(details)

    def set_open(self, shown: bool) -> None:
        """Show the details, or hide them."""
        self.button.setChecked(shown)

    def _toggle(self, shown: bool) -> None:
        self.details.setVisible(shown)
        self.button.set_icon("chevron-down" if shown else "chevron-right")
        if shown:
            self.opened.emit()


class Disclosure(Expander):
    """An expander for a text; nothing at all while there is none."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        self._label = wrapped("caption", "muted")
        super().__init__(title, self._label, parent)
        self.set_text("")

    def set_text(self, text: str) -> None:
        """What is disclosed."""
        self._label.setText(text)
        self.button.setAccessibleDescription(text)
        self.setVisible(bool(text))
