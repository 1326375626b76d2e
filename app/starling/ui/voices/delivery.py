"""How a preview is spoken: speed, volume and seed."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QSlider, QSpinBox, QWidget

from starling.settings.store import Settings
from starling.ui.kit.buttons import IconButton
from starling.ui.kit.text import inset
from starling.ui.look.tokens import SPACE_M, SPACE_S

STEPS_PER_ONE = 100
"""Sliders have whole steps, and they are what a screen reader says: hundredths, read as per cent."""
STEP, PAGE_STEP = 5, 20
SPEEDS, VOLUMES = (50, 200), (10, 200)
HIGHEST_SEED = 999_999


class Delivery(QWidget):
    """Two sliders and a number; they begin with what the replies are spoken with."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(SPACE_M)
        self._grid.setVerticalSpacing(SPACE_S)
        self._grid.setColumnStretch(1, 1)
        self.speed, self._speed_text = self._slider(self.tr("Spee&d"), *SPEEDS)
        self.volume, self._volume_text = self._slider(self.tr("Volu&me"), *VOLUMES)
        self.seed = QSpinBox()
        self.seed.setRange(0, HIGHEST_SEED)
        self.seed.setSpecialValueText(self.tr("New noise each time"))
        self.seed.setAccessibleName(self.tr("Noise seed"))
        self.seed.setToolTip(
            self.tr("Voices draw noise. With a number here a preview sounds the same every time; it begins later.")
        )
        self.seed.setKeyboardTracking(False)
        inset(self.seed)
        self.reset = IconButton("reset", self.tr("Speed, volume and seed of the replies"))
        label = QLabel(self.tr("S&eed"))
        label.setBuddy(self.seed)
        place = self._grid.rowCount()
        self._grid.addWidget(label, place, 0)
        self._grid.addWidget(self.seed, place, 1)
        self._grid.addWidget(self.reset, place, 2, Qt.AlignmentFlag.AlignRight)
        self.seed.valueChanged.connect(self.changed)

    @property
    def values(self) -> tuple[float, float, int]:
        """Speed, volume, seed."""
        return self.speed.value() / STEPS_PER_ONE, self.volume.value() / STEPS_PER_ONE, self.seed.value()

    def show_settings(self, settings: Settings) -> None:
        """Take over what the replies are spoken with."""
        with QSignalBlocker(self):
            self.speed.setValue(round(settings.read("tts.speed", float) * STEPS_PER_ONE))
            self.volume.setValue(round(settings.read("tts.volume", float) * STEPS_PER_ONE))
            self.seed.setValue(settings.read("tts.seed", int))
        self._say()
        self.changed.emit()

    def _slider(self, text: str, lowest: int, highest: int) -> tuple[QSlider, QLabel]:
        slider, value, label = QSlider(Qt.Orientation.Horizontal), QLabel(), QLabel(text)
        slider.setRange(lowest, highest)
        slider.setSingleStep(STEP)
        slider.setPageStep(PAGE_STEP)
        slider.setValue(STEPS_PER_ONE)
        slider.setAccessibleName(text.replace("&", ""))
        label.setBuddy(slider)
        value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        place = self._grid.rowCount()
        for column, widget in enumerate((label, slider, value)):
            self._grid.addWidget(widget, place, column)
        slider.valueChanged.connect(self._moved)
        return slider, value

    def _moved(self) -> None:
        self._say()
        self.changed.emit()

    def _say(self) -> None:
        for slider, label in ((self.speed, self._speed_text), (self.volume, self._volume_text)):
            label.setText(f"{slider.value() / STEPS_PER_ONE:.2f} ×")  # noqa: RUF001 - the sign of times
            label.setMinimumWidth(label.fontMetrics().horizontalAdvance("0.00 ×"))  # noqa: RUF001
