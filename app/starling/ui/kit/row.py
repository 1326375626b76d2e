"""One named value."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from starling.ui.kit.text import ElidedLabel, restyle
from starling.ui.look.tokens import SPACE_S

QWIDGETSIZE_MAX = 16777215
NAME_SHARE, VALUE_SHARE = 5, 4
"""Of the line, where values stand at the right."""
LABEL_CHARACTERS = 11
"""Average ones, reserved for the name, so that values stand below each other."""


class ValueRow(QWidget):
    """A name and its value on one line; a value of None is said to be not measured yet.

    What can be done about the value may be added to ``line``.
    """

    def __init__(self, label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = _name(label)
        self.value = ElidedLabel()
        self.value.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.line = QHBoxLayout(self)
        self.line.setContentsMargins(0, 0, 0, 0)
        self.line.setSpacing(SPACE_S)
        self.line.addWidget(self.name)
        self.line.addWidget(self.value, 1)
        self.set_value(None)

    def set_value(self, text: str | None, tooltip: str = "") -> None:
        """Show a value; cheap when nothing changes."""
        shown = self.tr("not measured yet") if text is None else text
        self.value.set_tooltip(tooltip)
        if shown != self.value.text():
            self.value.setText(shown)
            self.setAccessibleName(f"{self.name.text()}: {shown}")
        restyle(self.value, "tone", "muted" if text is None else "")

    def align_right(self) -> None:
        """For figures below each other: the name may take all the room that the value leaves."""
        self.name.setMinimumWidth(0)
        self.name.setMaximumWidth(QWIDGETSIZE_MAX)
        self.name.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.line.setStretchFactor(self.name, NAME_SHARE)
        self.line.setStretchFactor(self.value, VALUE_SHARE)
        self.value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def replace_value(self, widget: QWidget) -> None:
        """Put a badge or meter where the text is."""
        self.line.replaceWidget(self.value, widget)
        self.value.hide()
        self.setAccessibleName(self.name.text())


def _name(text: str) -> ElidedLabel:
    made = ElidedLabel(text)
    made.setProperty("tone", "muted")
    made.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    made.setFixedWidth(made.fontMetrics().averageCharWidth() * LABEL_CHARACTERS)
    return made
