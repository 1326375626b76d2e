"""One named value."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from starling.ui.kit.text import ElidedLabel, restyle
from starling.ui.look.tokens import SPACE_S

LABEL_WIDTH = 112
"""Reserved for the name, so that values stand below each other."""


class ValueRow(QWidget):
    """A name and its value on one line; a value of None is said to be not measured yet."""

    def __init__(self, label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = _name(label)
        self.value = ElidedLabel()
        self.value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.value.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_S)
        row.addWidget(self.name)
        row.addWidget(self.value, 1)
        self.set_value(None)

    def set_value(self, text: str | None, tooltip: str = "") -> None:
        """Show a value; cheap when nothing changes."""
        shown = self.tr("not measured yet") if text is None else text
        self.value.set_tooltip(tooltip)
        if shown != self.value.text():
            self.value.setText(shown)
            self.setAccessibleName(f"{self.name.text()}: {shown}")
        restyle(self.value, "tone", "muted" if text is None else "")


def _name(text: str) -> ElidedLabel:
    made = ElidedLabel(text)
    made.setProperty("tone", "muted")
    made.setMinimumWidth(LABEL_WIDTH)
    return made
