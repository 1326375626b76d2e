"""The one word for what Starling does right now, and what it hears or what is wrong."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSizePolicy, QWidget

from starling.pipeline.panel import Activity, Panel
from starling.ui.kit.badge import Badge
from starling.ui.kit.glyph import Glyph
from starling.ui.kit.text import ElidedLabel, restyle
from starling.ui.look.tokens import SPACE_L, SPACE_M, SPACE_S
from starling.ui.window.detail import TwoLines
from starling.ui.words import activity_word

GLYPH_SIZE = 28
LEAST_LETTERS = 28
"""Of the text; with less room for it there is no button."""
LOOKS: dict[Activity, tuple[str, str]] = {
    Activity.STARTING: ("gauge", "accent"),
    Activity.NO_MICROPHONE: ("microphone-off", "danger"),
    Activity.MUTED: ("microphone-off", "warning"),
    Activity.OFF: ("off", "text_muted"),
    Activity.READY: ("microphone", "success"),
    Activity.WAITING: ("keyboard", "text_muted"),
    Activity.HEARING: ("waveform", "accent"),
    Activity.PAUSED: ("pause", "warning"),
    Activity.TRANSCRIBING: ("dictation", "accent"),
    Activity.SPEAKING: ("speaker", "accent"),
    Activity.RESTARTING: ("retry", "warning"),
    Activity.FAILED: ("error", "danger"),
}
"""Icon and colour role of every activity."""
_TONES = {"text_muted": "muted"}


class StateLine(QFrame):
    """Always as high and with the word in the same place, whatever it says."""

    microphone_requested = Signal()
    """The user wants to choose another microphone."""
    start_requested = Signal()
    """The user wants what has ended to start again."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("part", "card")
        self.setAccessibleName(self.tr("State"))
        self._glyph = Glyph("gauge", "accent", GLYPH_SIZE)
        self.word = ElidedLabel()
        self.word.setProperty("step", "display")
        self.word.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.detail = TwoLines()
        self.choose = QPushButton(self.tr("Choose a microphone"))
        self.choose.setAutoDefault(False)
        self.choose.clicked.connect(self.microphone_requested)
        self.choose.hide()
        self.again = QPushButton(self.tr("Try again"))
        self.again.setAutoDefault(False)
        self.again.setToolTip(self.tr("Start Starling again"))
        self.again.clicked.connect(self.start_requested)
        self.again.hide()
        self.private = Badge()
        self.private.show_state("warning", self.tr("Private"))
        self.private.setToolTip(self.tr("Private mode: nothing you say is stored, neither text nor sound."))
        self.private.hide()
        self._can_choose = False
        self._widest = 0
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_L, SPACE_S, SPACE_L, SPACE_S)
        row.setSpacing(SPACE_M)
        row.addWidget(self._glyph)
        row.addWidget(self.word)
        row.addWidget(self.detail, 1)
        row.addWidget(self.private)
        row.addWidget(self.choose)
        row.addWidget(self.again)

    def show_panel(self, panel: Panel, wake_phrase: str) -> None:
        """Show what goes on; no ``wake_phrase``: everything that is said is answered."""
        activity = panel.activity
        icon, role = LOOKS[activity]
        self._glyph.set_icon(icon, role)
        self.word.setText(activity_word(activity))
        restyle(self.word, "tone", _TONES.get(role, role))
        partial = panel.partial if activity in (Activity.HEARING, Activity.TRANSCRIBING) else ""
        self.detail.show_text(partial or self._explained(panel, wake_phrase), growing=bool(partial))
        self.private.setVisible(panel.private)
        self._can_choose = activity is Activity.NO_MICROPHONE
        self.again.setVisible(bool(panel.failed))  # there is no other way: however little room is left
        self._share_room()

    def _explained(self, panel: Panel, wake_phrase: str) -> str:
        match panel.activity:
            case Activity.STARTING:
                return self.tr("The recogniser is being loaded.")
            case Activity.NO_MICROPHONE:
                return _sentences(panel.microphone.message, panel.microphone.fix)
            case Activity.MUTED:
                return self.tr("The microphone is closed. Typed questions are answered.")
            case Activity.OFF:
                return self.tr("Nothing is listened to. Typed questions are answered.")
            case Activity.READY | Activity.WAITING if panel.not_inserted is not None:
                return _sentences(self.tr("Not typed:"), panel.not_inserted.reason, panel.not_inserted.fix)
            case Activity.READY:
                return self._how_to_begin(panel, wake_phrase)
            case Activity.WAITING:
                return self.tr("Hold Space or the Talk button while you speak.")
            case Activity.PAUSED:
                return self.tr("What you say is not written down until dictation is resumed. The talk key writes.")
            case Activity.SPEAKING:
                return self.tr("Escape or the Stop button ends it.")
            case Activity.RESTARTING | Activity.FAILED:
                return panel.failed or _sentences(*(engine.reason for engine in (panel.stt, panel.tts) if engine))
        return ""

    def _how_to_begin(self, panel: Panel, wake_phrase: str) -> str:
        if panel.listening.mode == "dictation":
            return self.tr("Everything you say is written down.")
        if not wake_phrase:
            return self.tr("Just speak: everything you say is answered.")
        return self.tr("Say “{phrase}” and ask.").format(phrase=wake_phrase)

    def changeEvent(self, event: QEvent) -> None:
        """The widest word decides where the rest begins."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.FontChange) and hasattr(self, "choose"):
            self.reserve()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The text comes before the button; the status panel has one too."""
        super().resizeEvent(event)
        self._share_room()

    def reserve(self) -> None:
        """Keep room for the widest word, as far as there is room."""
        self.word.ensurePolished()
        metrics = self.word.fontMetrics()
        self._widest = max(metrics.horizontalAdvance(activity_word(activity)) for activity in Activity) + SPACE_S
        high = max(self.choose.sizeHint().height(), metrics.height(), self.detail.sizeHint().height())
        self.setFixedHeight(high + 2 * SPACE_S + 2 * self.frameWidth())
        self._share_room()

    @property
    def _private_width(self) -> int:
        return self.private.sizeHint().width() + SPACE_M if self.private.isVisibleTo(self) else 0

    def _share_room(self) -> None:
        self.word.setFixedWidth(min(self._widest, self.width() // 2))
        taken = self.word.width() + self.choose.sizeHint().width() + self._private_width
        taken += GLYPH_SIZE + 2 * SPACE_L + 3 * SPACE_M
        room = self.width() - taken >= LEAST_LETTERS * self.fontMetrics().averageCharWidth()
        self.choose.setVisible(self._can_choose and room)


def _sentences(*parts: str) -> str:
    return " ".join(part for part in parts if part)
