"""The four answers people open the panel for, above everything that explains them."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from starling.ui.kit.card import Card
from starling.ui.status.parts import add_note, add_row, say
from starling.ui.status.presenters import Glance


class GlanceCard(Card):
    """What hears, what speaks, the NPU, and how fast it is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", "gauge", parent)
        self.set_title(self.tr("At a glance"))
        self._look: Glance | None = None
        self.hears = add_row(self.body, self.tr("Hears with"))
        self.speaks = add_row(self.body, self.tr("Speaks with"))
        self.npu = add_row(self.body, self.tr("NPU"))
        self.rtf = add_row(self.body, self.tr("RTF"))
        self.rtf.setToolTip(self.tr("Real-time factor: processing time divided by audio time; smaller is faster."))
        self.text = add_row(self.body, self.tr("Text after"))
        self.text.setToolTip(self.tr("From the decision that speech had ended to its text."))
        self.advice = add_note(self.body)

    def show_look(self, look: Glance) -> None:
        """Show what is known; cheap when nothing changes."""
        if look == self._look:
            return
        self._look = look
        self.hears.set_value(look.hears)
        self.speaks.set_value(look.speaks)
        self.npu.set_value(look.npu)
        self.rtf.set_value(look.rtf)
        self.text.set_value(look.text)
        say(self.advice, look.advice)
