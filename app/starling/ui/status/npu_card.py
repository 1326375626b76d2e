"""The NPU: there or not, and why."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from starling.ui.kit.badge import Badge
from starling.ui.kit.card import Card
from starling.ui.kit.row import ValueRow
from starling.ui.status.parts import add_note, add_row, say, show_state
from starling.ui.status.presenters import NpuLook


class NpuCard(Card):
    """What was read of the NPU, its power mode, and why it is not used."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", "chip", parent)
        self.set_title(self.tr("NPU"))
        self._look: NpuLook | None = None
        self._facts: list[ValueRow] = []
        self.badge = Badge()
        self.header.addWidget(self.badge)
        self.power = add_row(self.body, self.tr("Power mode"))
        self.reasons = add_note(self.body, "muted")
        self.fixes = add_note(self.body)

    def show_look(self, look: NpuLook) -> None:
        """Show what is known; cheap when nothing changes."""
        if look == self._look:
            return
        self._look = look
        show_state(self.badge, look.state)
        self._show_facts(look.facts)
        self.power.set_value(look.power)
        say(self.reasons, look.reasons)
        say(self.fixes, self.tr("What helps: {fixes}").format(fixes=look.fixes) if look.fixes else "")

    def _show_facts(self, facts: tuple[tuple[str, str], ...]) -> None:
        for row in self._facts:
            self.body.removeWidget(row)
            row.deleteLater()
        self._facts = []
        for place, (name, value) in enumerate(facts):
            row = ValueRow(name)
            row.set_value(value)
            self.body.insertWidget(place, row)
            self._facts.append(row)
