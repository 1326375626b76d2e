"""The recogniser's and the voice's engine."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from starling.ui.kit.badge import Badge
from starling.ui.kit.card import Card
from starling.ui.kit.disclosure import Disclosure
from starling.ui.kit.row import ValueRow
from starling.ui.status.parts import add_note, add_row, change_button, say, show_state
from starling.ui.status.presenters import EngineLook, SpeakerLook


class EngineCard(Card):
    """Tier, model, placement with its evidence, status, memory, and why nothing better is used."""

    change = Signal(str)

    def __init__(self, title: str, icon: str, parent: QWidget | None = None) -> None:
        super().__init__(title, icon, parent)
        self._look: EngineLook | None = None
        self.badge = Badge()
        self.header.addWidget(self.badge)
        self.model = add_row(self.body, self.tr("Model"))
        self.status_badge = Badge()
        self.status = add_row(self.body, self.tr("Status"))
        self.status.replace_value(self.status_badge)
        self.placement = add_row(self.body, self.tr("Runs on"))
        self.memory = add_row(self.body, self.tr("Memory"))
        self.evidence = Disclosure(self.tr("How that is known"))
        self.body.addWidget(self.evidence)
        self.reason = add_note(self.body, "warning")
        self.why = add_note(self.body, "muted")

    def show_look(self, look: EngineLook) -> None:
        """Show what is known of the engine; cheap when nothing changes."""
        if look == self._look:
            return
        self._look = look
        show_state(self.badge, look.tier)
        show_state(self.status_badge, look.status)
        self.model.set_value(look.model)
        self.placement.set_value(look.placement, look.evidence)
        self.memory.set_value(look.memory)
        self.evidence.set_text(look.evidence)
        say(self.reason, self.tr("Last restart: {reason}").format(reason=look.reason) if look.reason else "")
        say(self.why, self.tr("Why not better: {why}").format(why=look.why) if look.why else "")

    def _offer(self, row: ValueRow, key: str, name: str) -> None:
        change_button(row, self.tr("Change"), name).clicked.connect(lambda: self.change.emit(key))


class RecogniserCard(EngineCard):
    """The engine that turns speech into text."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", "dictation", parent)
        self.set_title(self.tr("Speech recognition"))
        self._offer(self.model, "stt.model", self.tr("Change the speech model"))


class VoiceCard(EngineCard):
    """The engine that speaks, its voice, and the speaker that is heard."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", "speaker", parent)
        self.set_title(self.tr("Voice"))
        self._shown: SpeakerLook | None = None
        self.voice = ValueRow(self.tr("Voice"))
        self.speaker = ValueRow(self.tr("Speaker"))
        self.body.insertWidget(0, self.voice)
        self.body.insertWidget(self.body.indexOf(self.memory) + 1, self.speaker)
        self._offer(self.voice, "tts.voice", self.tr("Change the voice"))
        self._offer(self.speaker, "audio.speaker", self.tr("Change the speaker"))
        self.note = add_note(self.body)
        self.fix = add_note(self.body, "muted")

    def show_speaker(self, look: SpeakerLook) -> None:
        """Show voice and speaker; cheap when nothing changes."""
        if look == self._shown:
            return
        self._shown = look
        self.voice.set_value(look.voice)
        self.speaker.set_value(look.speaker)
        say(self.note, look.note)
        say(self.fix, look.fix)
