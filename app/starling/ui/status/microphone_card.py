"""What the microphone hears."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from starling.pipeline import events
from starling.ui.kit.badge import Badge
from starling.ui.kit.card import Card
from starling.ui.kit.meter import LevelMeter, ProbabilityMeter
from starling.ui.kit.waveform import WaveformView
from starling.ui.look.tokens import SPACE_S
from starling.ui.status.parts import add_note, add_row, change_button, say, show_state
from starling.ui.status.presenters import MicrophoneLook

METERS_PLACE, WORDS_PLACE = 0, 1


class MicrophoneCard(Card):
    """State, device, level, probability of speech and waveform.

    Where there is no sound because the microphone is closed or lost, words say so in the meters' place.
    """

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
        self.level, self.probability, self.waveform = LevelMeter(), ProbabilityMeter(), WaveformView()
        self._places = QStackedLayout()
        self.body.addLayout(self._places)  # before it is filled, as it shows what it gets
        self._places.addWidget(self._meters())
        self._places.addWidget(self._words())

    def show_look(self, look: MicrophoneLook) -> None:
        """Show the microphone's state; cheap when nothing changes."""
        if look == self._look:
            return
        self._look = look
        show_state(self.badge, look.state)
        self.device.set_value(look.device, look.about)
        say(self.note, look.note)
        say(self.fix, look.fix)
        for widget in (self.level, self.probability, self.waveform):
            widget.setEnabled(look.live)
        self._places.setCurrentIndex(WORDS_PLACE if look.note or look.fix else METERS_PLACE)
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

    def _meters(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_S)
        for name, meter in ((self.tr("Level"), self.level), (self.tr("Speech"), self.probability)):
            row = add_row(column, name)
            row.replace_value(meter)
        column.addWidget(self.waveform)
        return page

    def _words(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_S)
        self.note, self.fix = add_note(column), add_note(column, "muted")
        column.addStretch(1)
        return page
