"""What the microphone hears."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from starling.pipeline import events
from starling.ui.kit.badge import Badge
from starling.ui.kit.card import Card
from starling.ui.kit.meter import LevelMeter, Meter, ProbabilityMeter
from starling.ui.kit.row import ValueRow
from starling.ui.kit.waveform import WaveformView
from starling.ui.status.parts import add_note, add_row, change_button, say, show_state
from starling.ui.status.presenters import MicrophoneLook


class MicrophoneCard(Card):
    """State, device, level, probability of speech and waveform."""

    change = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", "microphone", parent)
        self.set_title(self.tr("Microphone"))
        self._look: MicrophoneLook | None = None
        self.badge = Badge()
        self.header.addWidget(self.badge)
        self.device = add_row(self.body, self.tr("Device"))
        button = change_button(self.device, self.tr("Change"), self.tr("Change the microphone"))
        button.clicked.connect(lambda: self.change.emit("audio.microphone"))
        self.note = add_note(self.body)
        self.fix = add_note(self.body, "muted")
        self.level, self.probability, self.waveform = LevelMeter(), ProbabilityMeter(), WaveformView()
        self._add_meter(self.tr("Level"), self.level)
        self._add_meter(self.tr("Speech"), self.probability)
        self.body.addWidget(self.waveform)

    def show_look(self, look: MicrophoneLook) -> None:
        """Show the microphone's state; cheap when nothing changes."""
        if look == self._look:
            return
        self._look = look
        show_state(self.badge, look.state)
        self.device.set_value(look.device)
        say(self.note, look.note)
        say(self.fix, look.fix)
        for widget in (self.level, self.probability, self.waveform):
            widget.setEnabled(look.live)
        if not look.live:
            self._silence()

    def show_sound(self, sound: events.Sound) -> None:
        """Show a block of sound; one that arrives after the microphone was closed is passed over."""
        if self._look is None or not self._look.live:
            return
        self.level.set_level(sound.level_dbfs)
        self.probability.set_value(sound.probability, sound.threshold)
        self.waveform.add(sound.peaks, sound.seconds)

    def _silence(self) -> None:
        self.level.set_level(None)
        self.probability.set_value(None, self.probability.threshold)
        self.waveform.clear()

    def _add_meter(self, name: str, meter: Meter) -> None:
        row = ValueRow(name)
        row.replace_value(meter)
        self.body.addWidget(row)
