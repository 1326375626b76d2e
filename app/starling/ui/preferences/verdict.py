"""A state as a shape and a sentence that may need two lines."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from starling.ui.kit.badge import Kind, StateShape
from starling.ui.kit.text import wrapped
from starling.ui.look.tokens import SPACE_S


class Verdict(QWidget):
    """Like a badge, for sentences."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shape = StateShape()
        self._sentence = wrapped()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_S)
        row.addWidget(self._shape, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._sentence, 1)

    @property
    def kind(self) -> Kind:
        """The state shown."""
        return self._shape.kind

    @property
    def text(self) -> str:
        """The sentence shown."""
        return self._sentence.text()

    def show_state(self, kind: Kind, text: str) -> None:
        """Show a state; cheap when nothing changes."""
        self._shape.set_kind(kind)
        if text != self._sentence.text():
            self._sentence.setText(text)
