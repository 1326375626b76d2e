"""The NPU: there or not, and why."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from starling.ui.kit.badge import Badge
from starling.ui.kit.card import Card
from starling.ui.kit.disclosure import Disclosure
from starling.ui.kit.row import ValueRow
from starling.ui.look.tokens import SPACE_S
from starling.ui.status.npu_presenters import NpuLook, Problem
from starling.ui.status.parts import add_row, show_state
from starling.ui.status.problem_row import ProblemRow


class NpuCard(Card):
    """What was read of the NPU, its power mode, who uses it, and why it is not used."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", "chip", parent)
        self.set_title(self.tr("NPU"))
        self._look: NpuLook | None = None
        self._facts: list[ValueRow] = []
        self._problems: list[ProblemRow] = []
        self.badge = Badge()
        self.header.addWidget(self.badge)
        self.power = add_row(self.body, self.tr("Power mode"))
        self.contexts = add_row(self.body, self.tr("Contexts"))
        self.contexts.setToolTip(self.tr("Hardware contexts in use, as the driver counts them."))
        self.problems = QVBoxLayout()
        self.problems.setSpacing(SPACE_S)
        self.body.addLayout(self.problems)
        self.evidence = Disclosure(self.tr("How that is known"))
        self.evidence.button.setAccessibleName(self.tr("How that is known of the NPU"))
        self.body.addWidget(self.evidence)

    def show_look(self, look: NpuLook) -> None:
        """Show what is known; cheap when nothing changes."""
        if look == self._look:
            return
        before, self._look = self._look, look
        show_state(self.badge, look.state)
        if before is None or before.facts != look.facts:
            self._show_facts(look.facts)
        self.power.set_value(look.power, look.power_from)
        self.contexts.set_value(look.contexts, look.holders)
        for row in (self.power, self.contexts):
            row.setVisible(look.present)
        if before is None or before.problems != look.problems:  # what the user has opened stays open
            self._show_problems(look.problems)
        self.evidence.set_text(look.evidence)

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

    def _show_problems(self, problems: tuple[Problem, ...]) -> None:
        for row in self._problems:
            self.problems.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._problems = [ProblemRow(problem) for problem in problems]
        for row in self._problems:
            self.problems.addWidget(row)
