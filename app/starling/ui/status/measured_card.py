"""How fast it is."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QWidget

from starling.pipeline.panel import Panel
from starling.ui import words
from starling.ui.kit.card import Card
from starling.ui.kit.text import label
from starling.ui.kit.trend import TrendPlot
from starling.ui.status.npu_presenters import STT_TIERS
from starling.ui.status.parts import add_row
from starling.ui.status.presenters import Measured, measured


class MeasuredCard(Card):
    """The recogniser's figures with their course, the voice's last ones, and the mean of each tier."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", "gauge", parent)
        self.set_title(self.tr("Measurements"))
        self._look: Measured | None = None
        smaller = self.tr("Processing time divided by audio time; smaller is faster.")
        self.rtf = TrendPlot(self.tr("Real-time factor"), "")
        self.rtf.setToolTip(smaller)
        self.endpoint = TrendPlot(self.tr("End of speech to text"), self.tr("ms"))
        self.endpoint.setToolTip(self.tr("From the decision that speech had ended to its text."))
        self.body.addWidget(self.rtf)
        self.body.addWidget(self.endpoint)
        self.voice_rtf = add_row(self.body, self.tr("Voice real-time factor"))
        self.voice_rtf.setToolTip(smaller)
        self.first_sound = add_row(self.body, self.tr("Voice, text to sound"))
        self.body.addWidget(self._tiers_title())
        self.tiers = [add_row(self.body, words.tier_word(tier)) for tier in STT_TIERS]
        self.voices = add_row(self.body, self.tr("Voice"))
        for row in (self.voice_rtf, self.first_sound, *self.tiers, self.voices):
            row.align_right()
        self.first_sound.setToolTip(self.tr("From the known text to the first sample given to the speaker."))

    def show_panel(self, panel: Panel) -> None:
        """Show the figures; cheap when nothing changes."""
        self.rtf.set_values(panel.stt_rtf.values)
        self.endpoint.set_values(panel.endpoint_to_text_ms.values)
        look = measured(panel)
        if look != self._look:
            self._look = look
            self.voice_rtf.set_value(look.voice_rtf)
            self.first_sound.set_value(look.first_sound)
            for row, value in zip(self.tiers, look.tiers, strict=True):
                row.set_value(value)
            self.voices.set_value(look.voice)

    def _tiers_title(self) -> QLabel:
        title = label(self.tr("Mean real-time factor by tier"), "caption", "muted")
        title.setToolTip(self.tr("Of this session; in brackets how many results it is of."))
        return title

    def load_plots(self) -> None:
        """Load the plots, in the background."""
        self.rtf.load()
        self.endpoint.load()
