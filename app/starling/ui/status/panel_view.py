"""The status panel."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from starling.pipeline import events
from starling.pipeline.panel import Panel
from starling.ui.connection.card import LanguageModelCard
from starling.ui.look.tokens import FOCUS_ROOM, SCROLL_BAR_WIDTH, SPACE_M, column_width
from starling.ui.status import npu_presenters, presenters
from starling.ui.status.engine_card import RecogniserCard, VoiceCard
from starling.ui.status.glance_card import GlanceCard
from starling.ui.status.measured_card import MeasuredCard
from starling.ui.status.microphone_card import MicrophoneCard
from starling.ui.status.npu_card import NpuCard
from starling.ui.status.proof_card import ProofCard

LEAST_HEIGHT = 240


class StatusPanel(QWidget):
    """A column of cards, as wide as ever and scrolled where the window is low.

    ``settings_requested`` carries the key of the setting that the user wants to change; ``prove_requested`` and
    ``prove_cancelled`` are about the proofs of accelerators.
    """

    settings_requested = Signal(str)
    prove_requested = Signal()
    prove_cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._panel: Panel | None = None
        self.setAccessibleName(self.tr("Status"))
        self.microphone, self.recogniser, self.voice = MicrophoneCard(), RecogniserCard(), VoiceCard()
        self.glance, self.npu, self.measured = GlanceCard(), NpuCard(), MeasuredCard()
        self.language_model, self.proofs = LanguageModelCard(), ProofCard()
        self.proofs.prove.connect(self.prove_requested)
        self.proofs.cancel.connect(self.prove_cancelled)
        for card in (self.microphone, self.recogniser, self.voice, self.language_model):
            card.change.connect(self.settings_requested)
        self._build()
        self.show_panel(Panel())

    def show_panel(self, panel: Panel) -> None:
        """Show what is known now; called on every event, it touches only what changed."""
        if panel == self._panel:
            return
        self._panel = panel
        failed = bool(panel.failed)
        self.glance.show_look(presenters.glance(panel))
        self.microphone.show_look(presenters.microphone(panel))
        self.recogniser.show_look(presenters.engine(panel.stt, failed))
        self.voice.show_look(presenters.engine(panel.tts, failed))
        self.voice.show_speaker(presenters.speaker(panel))
        self.language_model.show_connection(panel.connection)
        self.npu.show_look(npu_presenters.npu(panel.npu, panel.power, panel.contexts))
        self.proofs.show_look(npu_presenters.proofs(panel.proofs, failed))
        self.measured.show_panel(panel)

    def show_sound(self, sound: events.Sound) -> None:
        """Show a block of sound; at most 20 a second."""
        self.microphone.show_sound(sound)

    def load_plots(self) -> None:
        """Load the plots in the background; call it after the first painting."""
        self.microphone.waveform.load()
        self.measured.load_plots()

    def sizeHint(self) -> QSize:  # noqa: D102 - Qt's
        return QSize(self.minimumWidth(), super().sizeHint().height())

    def _build(self) -> None:
        width = column_width(self.fontMetrics().averageCharWidth())
        self.setFixedWidth(width + SCROLL_BAR_WIDTH + 2 * FOCUS_ROOM)
        self.setMinimumHeight(LEAST_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        column = QWidget()
        # The same with and without a scroll bar, for which there is room beside it.
        column.setFixedWidth(width)
        column.setProperty("part", "column")
        cards = QVBoxLayout(column)
        cards.setContentsMargins(0, 0, 0, 0)
        cards.setSpacing(SPACE_M)
        accelerated = (self.recogniser, self.npu, self.proofs)
        for card in (self.glance, self.microphone, self.measured, *accelerated, self.voice, self.language_model):
            cards.addWidget(card)
        cards.addStretch(1)
        area = QScrollArea()
        area.setWidget(column)
        area.setWidgetResizable(True)
        area.setProperty("part", "panel")
        # Reached by Tab, so that arrow keys scroll to where nothing else takes the focus.
        area.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setAccessibleName(self.tr("Status"))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(area)
