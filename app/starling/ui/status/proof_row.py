"""One accelerator and what was proven of it."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from starling.ui.kit.badge import Badge
from starling.ui.kit.disclosure import Disclosure, Expander
from starling.ui.kit.text import ElidedLabel, wrapped
from starling.ui.look.tokens import SPACE_S, SPACE_XS
from starling.ui.status.npu_presenters import ProofLook
from starling.ui.status.parts import show_state
from starling.ui.status.remedy_view import RemedyView


class ProofRow(QWidget):
    """Its name and verdict, the reason, the figures, and on demand the evidence and what to do."""

    def __init__(self, look: ProofLook, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(f"{look.name}: {look.state.word}")
        self.badge = Badge()
        show_state(self.badge, look.state)
        line = QHBoxLayout()
        line.setSpacing(SPACE_S)
        line.addWidget(ElidedLabel(look.name), 1)
        line.addWidget(self.badge)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_XS)
        column.addLayout(line)
        for text, tone in ((look.reason, ""), (look.figures, "muted")):
            if text:
                words = wrapped("caption", tone)
                words.setText(text)
                column.addWidget(words)
        if look.details:
            details = Disclosure(self.tr("Evidence"))
            details.set_text(look.details)
            details.button.setAccessibleName(self.tr("Evidence of {name}").format(name=look.name))
            column.addWidget(details)
        if look.fix:
            fix = Expander(self.tr("What to do"), RemedyView(look.fix))
            fix.button.setAccessibleName(self.tr("What to do about {name}").format(name=look.name))
            column.addWidget(fix)
