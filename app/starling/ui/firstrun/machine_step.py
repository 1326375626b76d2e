"""The first step: what this machine has."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from starling.pipeline import events
from starling.pipeline.panel import Panel
from starling.ui.firstrun.base import StepView
from starling.ui.firstrun.presenter import Found, Line, machine_lines
from starling.ui.kit.badge import SHAPE_SIZE, StateShape
from starling.ui.kit.text import label, wrapped
from starling.ui.look.tokens import SPACE_L, SPACE_M, SPACE_S, SPACE_XS
from starling.ui.preferences.soundcheck import MicrophoneCheck, SpeakerCheck
from starling.ui.preferences.surroundings import Surroundings
from starling.ui.preferences.writer import SettingsWriter

VALUE_COLUMN = 2


class MachineStep(StepView):
    """A line for everything that matters; what is missing has its fix below it."""

    def __init__(self, around: Surroundings, writer: SettingsWriter, parent: QWidget | None = None) -> None:
        super().__init__(around, writer, parent)
        self._found = Found(around.bridge.panel)
        self.lines: list[LineView] = []
        self.check, self.speaker = MicrophoneCheck(around), SpeakerCheck(around)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(SPACE_M)
        self._grid.setVerticalSpacing(SPACE_M)
        self._grid.setColumnStretch(VALUE_COLUMN, 1)
        self.column.addLayout(self._grid)
        self.column.addStretch(1)
        self._show()

    def entered(self) -> None:
        """Look at devices and machine."""
        self.around.service.find_devices()
        self.around.service.look_at_machine()

    def hear(self, event: events.Event) -> None:
        """What was found."""
        match event:
            case events.DevicesFound():
                self._found = replace(self._found, devices=event)
            case events.MachineShown():
                self._found = replace(self._found, machine=event)
            case _:
                return
        self._show()

    def show_panel(self, panel: Panel) -> None:
        """Devices open and get lost."""
        self._found = replace(self._found, panel=panel)
        self._show()

    def _show(self) -> None:
        lines = machine_lines(self._found)
        while len(self.lines) < len(lines):
            row = len(self.lines)
            view = LineView({0: self.check, 1: self.speaker}.get(row))
            self._grid.addLayout(view.mark, row, 0)
            self._grid.addWidget(view.name, row, 1, Qt.AlignmentFlag.AlignTop)
            self._grid.addLayout(view.column, row, VALUE_COLUMN)
            self.lines.append(view)
        for view, line in zip(self.lines, lines, strict=True):
            view.show_line(line)


class LineView:
    """The widgets of one line: shape, name, and value with what is below it."""

    def __init__(self, below: QWidget | None) -> None:
        self.shape, self.name = StateShape(), label("", "body", "muted")
        self.text, self.fix = wrapped(), wrapped("caption", "muted")
        self.name.setMinimumWidth(self.name.fontMetrics().averageCharWidth() * 12)
        self.mark = QVBoxLayout()  # the shape in the middle of the first line
        self.mark.setContentsMargins(0, max(0, (self.name.fontMetrics().height() - SHAPE_SIZE) // 2), 0, 0)
        self.mark.addWidget(self.shape)
        self.mark.addStretch(1)
        self.column = QVBoxLayout()
        self.column.setSpacing(SPACE_XS)
        self.column.setContentsMargins(0, 0, SPACE_L, 0)
        self.column.addWidget(self.text)
        self.column.addWidget(self.fix)
        if below is not None:
            self.column.addSpacing(SPACE_S - SPACE_XS)
            self.column.addWidget(below)

    def show_line(self, line: Line) -> None:
        """Show it."""
        self.shape.set_kind(line.kind)
        self.name.setText(line.name)
        self.text.setText(line.text)
        self.text.setAccessibleName(f"{line.name}: {line.text}")
        self.fix.setText(line.fix)
        self.fix.setVisible(bool(line.fix))
