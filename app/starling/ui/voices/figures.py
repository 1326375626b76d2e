"""The engines that have voices: whether they are there, and what was measured of them."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from starling.pipeline.events import VoiceTier
from starling.ui.kit.badge import Badge, Kind
from starling.ui.kit.card import Card
from starling.ui.kit.row import ValueRow
from starling.ui.kit.text import ElidedLabel, wrapped
from starling.ui.look.tokens import SPACE_S, SPACE_XS
from starling.ui.voices import words
from starling.ui.voices.state import Figures, State

INSTALLABLE = "cpu"
"""The tier that a model on the page of models brings."""


class TierFigures(QWidget):
    """One tier: its state as shape and word, what was measured, and what can be done where it is missing."""

    models_wanted = Signal()

    def __init__(self, tier: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tier = tier
        self.title = ElidedLabel(words.engine_word(tier))
        self.badge = Badge()
        self.reason = wrapped("caption", "muted")
        self.rtf, self.first_sound = ValueRow(self.tr("Real-time factor")), ValueRow(self.tr("Text to first sound"))
        for row in (self.rtf, self.first_sound):
            row.align_right()
        self.get = QPushButton(self.tr("Get a Kokoro model"))
        self.get.setProperty("kind", "link")
        self.get.setAutoDefault(False)
        self.get.clicked.connect(self.models_wanted)
        head = QHBoxLayout()
        head.setSpacing(SPACE_S)
        head.addWidget(self.title, 1)
        head.addWidget(self.badge)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, SPACE_S)
        column.setSpacing(SPACE_XS)
        column.addLayout(head)
        for widget in (self.reason, self.get, self.rtf, self.first_sound):
            column.addWidget(widget)

    def show_tier(self, tier: VoiceTier, figures: Figures) -> None:
        """Show what is known."""
        kind, word = self._state(tier)
        self.badge.show_state(kind, word)
        about = tier.model if tier.available else tier.reason
        self.reason.setText(about)
        self.reason.setVisible(bool(about))
        self.get.setVisible(not tier.available and tier.tier == INSTALLABLE)
        for row, text in ((self.rtf, words.rtf_text(figures)), (self.first_sound, words.first_sound_text(figures))):
            row.setVisible(tier.available)
            row.set_value(text)

    def _state(self, tier: VoiceTier) -> tuple[Kind, str]:
        if tier.in_use:
            return "good", self.tr("In use")
        return ("good", self.tr("Ready")) if tier.available else ("off", self.tr("Not there"))


class EnginesCard(Card):
    """All tiers, best first."""

    models_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", "chip", parent)
        self.set_title(self.tr("Voice engines"))
        self.tiers: dict[str, TierFigures] = {}

    def show_state(self, state: State) -> None:
        """Show what is known of every tier."""
        for tier in state.tiers or ():
            if tier.tier not in self.tiers:
                self.tiers[tier.tier] = TierFigures(tier.tier)
                self.tiers[tier.tier].models_wanted.connect(self.models_wanted)
                self.body.addWidget(self.tiers[tier.tier])
            self.tiers[tier.tier].show_tier(tier, state.figures.get(tier.tier, Figures()))
