"""One thing that is wrong, and on demand what to do about it."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from starling.ui.kit.badge import SHAPE_SIZE, StateShape
from starling.ui.kit.disclosure import Expander
from starling.ui.kit.text import wrapped
from starling.ui.look.tokens import SPACE_S, SPACE_XS
from starling.ui.status.npu_presenters import Problem
from starling.ui.status.remedy_view import RemedyView


class ProblemRow(QWidget):
    """The reason behind its shape; below it a button that shows the remedy, where there is one.

    What keeps the NPU from being used is open at first.
    """

    def __init__(self, problem: Problem, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(problem.reason)
        shape = StateShape()
        shape.set_kind(problem.kind)
        reason = wrapped()
        reason.setText(problem.reason)
        line = QHBoxLayout()
        line.setSpacing(SPACE_S)
        place = QVBoxLayout()  # in the middle of the first line
        place.setContentsMargins(0, max(0, (reason.fontMetrics().height() - SHAPE_SIZE) // 2), 0, 0)
        place.addWidget(shape)
        place.addStretch(1)
        line.addLayout(place)
        line.setContentsMargins(0, SPACE_XS, 0, 0)
        line.addWidget(reason, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(line)
        self.fix: Expander | None = None
        if problem.fix:
            self.fix = Expander(self.tr("What to do"), RemedyView(problem.fix))
            self.fix.button.setAccessibleName(self.tr("What to do about: {reason}").format(reason=problem.reason))
            self.fix.set_open(problem.blocks)
            column.addWidget(self.fix)
