"""Trying the microphone, the threshold and the speaker."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt, QTimer
from PySide6.QtGui import QHideEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from starling.pipeline import events
from starling.pipeline.panel import Panel
from starling.settings.schema import Setting
from starling.ui.kit.meter import LevelMeter, ProbabilityMeter
from starling.ui.kit.text import ElidedLabel
from starling.ui.look.tokens import SPACE_M, SPACE_S
from starling.ui.preferences.sliders import SliderEditor
from starling.ui.preferences.surroundings import Surroundings
from starling.ui.preferences.verdict import Verdict

QUIET_AFTER_MS = 1000
"""Without a block of sound for this long, the microphone is closed or lost."""
NOTHING_DBFS = -90.0
"""A microphone that is switched off by its own button still sends samples, all of them zero."""
CLIPPING = 0.99
"""A peak from here on is cut off."""
HANDLE_PX = 12
"""From the end of a slider to the middle of its handle when it stands there."""


class SoundWatch(QWidget):
    """Hears of every block of sound while it is visible, and of its absence."""

    def __init__(self, around: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge = around.bridge
        self._absence = QTimer(self, singleShot=True, interval=QUIET_AFTER_MS)
        self._absence.timeout.connect(self._missed)
        around.bridge.sound.connect(self._on_sound)
        around.bridge.panel_changed.connect(self._on_panel)

    def show_sound(self, sound: events.Sound | None) -> None:
        """Show a block of sound; None: there is none."""

    def _on_sound(self, sound: events.Sound) -> None:
        if self.isVisible():
            self._absence.start()
            self.show_sound(sound)

    def _on_panel(self) -> None:
        if self.isVisible() and not self._absence.isActive():
            self.show_sound(None)

    def _missed(self) -> None:
        self.show_sound(None)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: D102 - Qt's
        super().hideEvent(event)
        self._absence.stop()
        self.show_sound(None)

    def why_none(self) -> str:
        """Why there is no sound, as far as it is known."""
        return why_no_sound(self._bridge.panel)


class MicrophoneCheck(SoundWatch):
    """The level of what the microphone hears, and a word about it."""

    def __init__(self, around: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(around, parent)
        self.meter = LevelMeter()
        self.meter.setAccessibleName(self.tr("Level of the microphone"))
        self.state = Verdict()
        column = _column(self)
        column.addWidget(self.meter)
        column.addWidget(self.state)
        self.show_sound(None)

    def show_sound(self, sound: events.Sound | None) -> None:
        """Show a block of sound; None: there is none."""
        if sound is None:
            self.meter.set_level(None)
            self.state.show_state("off", self.why_none())
            return
        self.meter.set_level(sound.level_dbfs)
        if sound.level_dbfs <= NOTHING_DBFS:
            self.state.show_state("warning", self.tr("The device sends silence only: is it switched off?"))
        elif any(max(-low, high) >= CLIPPING for low, high in sound.peaks):
            self.state.show_state("warning", self.tr("Too loud: turn the microphone down"))
        else:
            self.state.show_state("good", self.tr("Sound arrives"))


class ThresholdMeter(SoundWatch):
    """What the detector thinks of the sound, beside the threshold, and how that is judged."""

    def __init__(self, around: Surroundings, threshold: float, parent: QWidget | None = None) -> None:
        super().__init__(around, parent)
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)  # the slider runs as the meter does
        self._threshold = threshold
        self._probability: float | None = None
        self.meter = ProbabilityMeter()
        self.level = LevelMeter()
        self.meter.widest = self.level.widest  # bars of one length
        self.level.setAccessibleName(self.tr("Level of the microphone"))
        self.state = Verdict()
        column = _column(self)
        column.addWidget(self.meter)
        self._slot = QHBoxLayout()
        self._number: QWidget | None = None
        column.addLayout(self._slot)
        column.addWidget(self.level)
        column.addWidget(self.state)
        self.show_sound(None)

    def take_slider(self, slider: QWidget, number: QWidget) -> None:
        """Place the slider below the meter, and its number below the meter's."""
        self._number = number
        self._slot.addWidget(slider, 1)
        self._slot.addWidget(number)

    def set_threshold(self, threshold: float) -> None:
        """Move the mark; what is heard is judged by it at once."""
        self._threshold = threshold
        self.meter.set_value(self._probability, threshold)
        if self._probability is not None:
            self._judge(self._probability)

    def show_sound(self, sound: events.Sound | None) -> None:
        """Show a block of sound; None: there is none."""
        self._probability = None if sound is None else sound.probability
        self.meter.set_value(self._probability, self._threshold)
        self.level.set_level(None if sound is None else sound.level_dbfs)
        if sound is None:
            self.state.show_state("off", self.why_none())
        else:
            self._judge(sound.probability)

    def _judge(self, probability: float) -> None:
        if probability >= self._threshold:
            self.state.show_state("good", self.tr("Speech"))
        else:
            self.state.show_state("unknown", self.tr("Silence"))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the slider's handle below the meter's mark: the slider runs from 0.1 to 0.9 of the meter."""
        super().resizeEvent(event)
        beside = self.meter.fontMetrics().horizontalAdvance(self.meter.widest) + SPACE_S
        indent = max(0, round(0.1 * (self.width() - beside)) - HANDLE_PX)
        self._slot.setContentsMargins(indent, 0, 0, 0)
        self._slot.setSpacing(indent)
        if self._number is not None:
            self._number.setFixedWidth(beside)


class ThresholdEditor(SliderEditor):
    """The threshold of speech, below a meter that shows what it does."""

    wide = True

    def __init__(self, setting: Setting, around: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(setting, parent)
        self.watch = ThresholdMeter(around, self.value())
        self.watch.take_slider(self.slider, self.value_label)
        self._row.addWidget(self.watch, 1)
        self.moving.connect(self.watch.set_threshold)


class SpeakerCheck(QWidget):
    """Plays a short sound through the chosen speaker."""

    def __init__(self, around: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.button = QPushButton(self.tr("&Play a test sound"))
        self.button.setAutoDefault(False)
        self.button.clicked.connect(around.service.test_speaker)
        self.state = ElidedLabel()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_M)
        row.addWidget(self.button)
        row.addWidget(self.state, 1)
        around.bridge.panel_changed.connect(self._show_panel)
        self._show_panel(around.bridge.panel)

    def _show_panel(self, panel: Panel) -> None:
        speaker = panel.speaker
        if speaker.state == "lost":
            self.state.setText(" ".join(part for part in (speaker.message, speaker.fix) if part))
        elif speaker.name:
            self.state.setText(self.tr("Plays on {name}").format(name=speaker.name))
        else:
            self.state.setText("")


def why_no_sound(panel: Panel) -> str:
    """Why no sound arrives, as far as it is known."""
    reasons = (
        (bool(panel.failed), QCoreApplication.translate("SoundCheck", "Starling is not running")),
        (panel.listening.muted, QCoreApplication.translate("SoundCheck", "The microphone is muted")),
        (panel.listening.mode == "off", QCoreApplication.translate("SoundCheck", "Listening is off")),
        (
            panel.microphone.state == "lost",
            panel.microphone.message or QCoreApplication.translate("SoundCheck", "No microphone"),
        ),
        (not panel.ready, QCoreApplication.translate("SoundCheck", "Starling is starting")),
        (
            panel.listening.activation == "hold",
            QCoreApplication.translate("SoundCheck", "The microphone waits for the talk key"),
        ),
    )
    return next(
        (reason for holds, reason in reasons if holds), QCoreApplication.translate("SoundCheck", "No sound arrives")
    )


def _column(widget: QWidget) -> QVBoxLayout:
    column = QVBoxLayout(widget)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(SPACE_S)
    widget.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    return column
