"""Numbers that are set by feel: a slider with its value beside it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QSlider, QWidget

from starling.settings.schema import Setting, Value
from starling.ui.preferences import texts
from starling.ui.preferences.editor import MOVING_PAUSE_MS, Editor

STEPS_PER_ONE = 100
"""A slider has whole steps, and they are what a screen reader says: hundredths, read as per cent."""
LARGE_STEPS = 4


class SliderEditor(Editor):
    """A number with two decimals on a slider.

    Attributes:
        moving: where the handle is, while it still moves.
    """

    moving = Signal(float)

    def __init__(self, setting: Setting, parent: QWidget | None = None) -> None:
        super().__init__(setting, parent)
        step = round(setting.step * STEPS_PER_ONE)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(
            round((setting.minimum or 0) * STEPS_PER_ONE), round((setting.maximum or 0) * STEPS_PER_ONE)
        )
        self.slider.setSingleStep(step)
        self.slider.setPageStep(step * LARGE_STEPS)
        self.slider.valueChanged.connect(self._moved)
        self.value_label = QLabel()
        self.value_label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._adopt(self.slider)
        self._row.addWidget(self.value_label)
        self._display(setting.default)

    def value(self) -> float:
        """The number."""
        return self.slider.value() / STEPS_PER_ONE

    def _display(self, value: Value) -> None:
        self.slider.setValue(round(float(value) * STEPS_PER_ONE))
        self._say()

    def _moved(self) -> None:
        self._say()
        self._touched(MOVING_PAUSE_MS)

    def _say(self) -> None:
        self.value_label.setText(texts.value(self.setting, self.value()))
        widest = texts.value(self.setting, self.setting.maximum or 0)
        self.value_label.setMinimumWidth(self.value_label.fontMetrics().horizontalAdvance(widest.replace("1", "0")))
        self.moving.emit(self.value())
