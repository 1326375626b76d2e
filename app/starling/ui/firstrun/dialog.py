"""The first steps, one after the other; each can be skipped, and all of them come again from the menu."""

from __future__ import annotations

import threading
from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from starling import locate
from starling.pipeline import events
from starling.pipeline.panel import Panel
from starling.ui.firstrun import presenter
from starling.ui.firstrun.base import StepView
from starling.ui.firstrun.due import mark_done
from starling.ui.firstrun.machine_step import MachineStep
from starling.ui.firstrun.model_step import ModelStep
from starling.ui.firstrun.presenter import STEPS, Step
from starling.ui.firstrun.question_step import QuestionStep
from starling.ui.firstrun.sound_steps import MicrophoneStep, TalkStep, VoiceStep
from starling.ui.kit.text import label, restyle, wrapped
from starling.ui.look.tokens import FOCUS_ROOM, SPACE_L, SPACE_M, SPACE_S
from starling.ui.preferences.surroundings import Surroundings
from starling.ui.preferences.writer import SettingsWriter

WIDTH, HEIGHT = 720, 620
LEAST_WIDTH, LEAST_HEIGHT = 560, 420
ON_SCREEN = 0.92
_VIEWS: dict[Step, Callable[[Surroundings, SettingsWriter], StepView]] = {
    "machine": MachineStep,
    "model": ModelStep,
    "microphone": MicrophoneStep,
    "talk": TalkStep,
    "voice": VoiceStep,
    "question": QuestionStep,
}


class FirstRun(QDialog):
    """Beside the window, which works meanwhile.

    Attributes:
        step: the one that is seen.
        left: sent once, when it was gone through or left.
    """

    left = Signal()

    def __init__(self, around: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Set up Starling"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._around = around
        self._writer = SettingsWriter(around.settings)
        self.step: Step = STEPS[0]
        self.views: dict[Step, StepView] = {}
        self.place, self.title, self.text = label("", "caption", "muted"), wrapped("display"), wrapped()
        self._stack = QStackedWidget()
        self.area = QScrollArea()
        self.later, self.back = QPushButton(self.tr("Skip &all of it")), QPushButton(self.tr("&Back"))
        self.onward = QPushButton()
        self._lay_out()
        self.later.clicked.connect(self.reject)
        self.back.clicked.connect(lambda: self.go(-1))
        self.onward.clicked.connect(lambda: self.go(1))
        around.bridge.event.connect(self._hear)
        around.bridge.panel_changed.connect(self._show_panel)
        self._writer.failed.connect(lambda _, error: self.views[self.step].tell(error))
        self.finished.connect(self._end)
        self.show_step(STEPS[0])

    def go(self, way: int) -> None:
        """One step on (1) or back (-1); after the last one it ends."""
        at = STEPS.index(self.step) + way
        if at >= len(STEPS):
            self.accept()
        elif at >= 0:
            self.show_step(STEPS[at])

    def show_step(self, step: Step) -> None:
        """Show a step."""
        if (before := self.views.get(self.step)) is not None:
            before.left()
        self.step = step
        view = self._view(step)
        self._fit(view)
        self.place.setText(presenter.place(step))
        self.title.setText(presenter.step_title(step))
        self.text.setText(presenter.step_text(step, self._around.settings.read("assistant.wake_phrase", str)))
        last = step == STEPS[-1]
        self.back.setEnabled(step != STEPS[0])
        self.later.setVisible(not last)
        self.onward.setText(self.tr("&Done") if last else self.tr("&Next"))
        self.setAccessibleDescription(f"{self.place.text()}. {self.title.text()}. {self.text.text()}")
        self.area.verticalScrollBar().setValue(0)
        view.show_panel(self._around.bridge.panel)
        view.entered()
        (view.first() or self.onward).setFocus(Qt.FocusReason.OtherFocusReason)

    def _fit(self, view: StepView) -> None:
        """Show it; the area scrolls as far as this step needs, not as far as the longest."""
        free, needed = QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred
        for other in self.views.values():
            other.setSizePolicy(free, needed if other is view else free)
        self._stack.setCurrentWidget(view)

    def _view(self, step: Step) -> StepView:
        """Made when it is first seen."""
        if step not in self.views:
            view = self.views[step] = _VIEWS[step](self._around, self._writer)
            self._stack.addWidget(view)
        return self.views[step]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter leads on, except where it asks what was typed."""
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if not (enter and isinstance(self.focusWidget(), QLineEdit)):
            super().keyPressEvent(event)

    def _hear(self, event: events.Event) -> None:
        for view in self.views.values():
            view.hear(event)

    def _show_panel(self, panel: Panel) -> None:
        for view in self.views.values():
            view.show_panel(panel)

    def _end(self) -> None:
        self.views[self.step].left()
        threading.Thread(target=mark_done, args=(locate.data_dir(),), name="first-run").start()
        self.left.emit()

    def _lay_out(self) -> None:
        self.area.setWidget(self._stack)
        self.area.setWidgetResizable(True)
        self.area.setProperty("part", "panel")
        self.area.setAccessibleName(self.tr("This step"))
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._stack.setProperty("part", "column")
        self._stack.setContentsMargins(0, 0, FOCUS_ROOM, 0)
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE_S)
        buttons.addWidget(self.later)
        buttons.addStretch(1)
        buttons.addWidget(self.back)
        buttons.addWidget(self.onward)
        restyle(self.onward, "kind", "primary")
        self.onward.setDefault(True)
        for button in (self.later, self.back):
            button.setAutoDefault(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_L)
        column.setSpacing(SPACE_M)
        for widget in (self.place, self.title, self.text):
            column.addWidget(widget)
        column.addWidget(self.area, 1)
        column.addLayout(buttons)
        self.setMinimumSize(LEAST_WIDTH, LEAST_HEIGHT)
        room = self.screen().availableSize() * ON_SCREEN
        self.resize(min(WIDTH, room.width()), min(HEIGHT, room.height()))
