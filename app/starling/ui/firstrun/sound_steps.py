"""The steps about hearing and speaking: the microphone, the talk key, the voice."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from starling.pipeline import events
from starling.pipeline.panel import Activity, Panel
from starling.ui import words
from starling.ui.firstrun.base import StepView, declared
from starling.ui.keys.card import KeysCard
from starling.ui.keys.editor import ChordEditor
from starling.ui.kit.badge import Badge, Kind
from starling.ui.kit.text import label, wrapped
from starling.ui.look.icons import icon
from starling.ui.look.tokens import SPACE_S
from starling.ui.preferences import texts
from starling.ui.preferences.editor import Editor
from starling.ui.preferences.found import DeviceEditor, VoiceEditor
from starling.ui.preferences.lists import ChoiceEditor
from starling.ui.preferences.soundcheck import MicrophoneCheck, why_no_sound
from starling.ui.preferences.surroundings import Surroundings
from starling.ui.preferences.writer import SettingsWriter
from starling.ui.window.composer import TalkButton
from starling.ui.window.talk_key import TalkKey

_KINDS: dict[Activity, Kind] = {
    Activity.HEARING: "good",
    Activity.TRANSCRIBING: "busy",
    Activity.SPEAKING: "busy",
    Activity.NO_MICROPHONE: "bad",
    Activity.FAILED: "bad",
    Activity.MUTED: "warning",
    Activity.OFF: "warning",
}


class MicrophoneStep(StepView):
    """Which microphone, its level, and what was understood."""

    def __init__(self, around: Surroundings, writer: SettingsWriter, parent: QWidget | None = None) -> None:
        super().__init__(around, writer, parent)
        self.device: Editor = DeviceEditor(declared("audio.microphone"), around)
        self.check, self.heard = MicrophoneCheck(around), wrapped("title")
        self.bind(self.device)
        for widget in (self.device, self.check, self.heard, self.problem):
            self.column.addWidget(widget)
        self.column.addStretch(1)

    def entered(self) -> None:
        """Look for microphones."""
        self.around.service.find_devices()

    def hear(self, event: events.Event) -> None:
        """What was understood."""
        if isinstance(event, events.Heard) and event.utterance.text:
            self.heard.setText(self.tr("Understood: “{text}”").format(text=event.utterance.text))

    def first(self) -> QWidget:
        """The list of microphones."""
        return self.device.field


class TalkStep(StepView):
    """Explains the talk key and lets it be tried."""

    def __init__(self, around: Surroundings, writer: SettingsWriter, parent: QWidget | None = None) -> None:
        super().__init__(around, writer, parent)
        self.key = TalkKey(around.service, self)
        self.button, self.state, self.heard = TalkButton(self.key), Badge(), wrapped("title")
        self.activation: Editor = ChoiceEditor(declared("listen.activation"))
        self.chord, self.keys = ChordEditor(declared("keys.talk"), around), KeysCard(around.service)
        self.bind(self.activation)
        self.bind(self.chord)
        row = QHBoxLayout()
        row.setSpacing(SPACE_S)
        row.addWidget(self.button)
        row.addWidget(self.state, 1)
        self.column.addLayout(row)
        name = label(texts.title(self.activation.setting), "body", "muted")
        name.setBuddy(self.activation.field)
        key = label(texts.title(self.chord.setting), "body", "muted")
        key.setBuddy(self.chord.field)
        for widget in (self.heard, name, self.activation, key, self.chord, self.chord.verdict, self.keys, self.problem):
            self.column.addWidget(widget)
        self.column.addStretch(1)
        self.show_panel(around.bridge.panel)

    def first(self) -> QWidget:
        """The talk button, so that Space talks."""
        return self.button

    def left(self) -> None:
        """Nobody can be holding it any more."""
        self.key.let_go()

    def show_panel(self, panel: Panel) -> None:
        """What the key does right now."""
        self.button.show_held(panel.listening.held)
        activity = panel.activity
        text = words.activity_word(activity)
        if activity in (Activity.NO_MICROPHONE, Activity.MUTED, Activity.OFF, Activity.FAILED):
            text = why_no_sound(panel)
        self.state.show_state(_KINDS.get(activity, "off"), text)

    def hear(self, event: events.Event) -> None:
        """What was understood while it was held, and how the key is heard."""
        self.keys.on_event(event)
        match event:
            case events.Heard(utterance=utterance) if utterance.held:
                text = utterance.text or self.tr("no words")
                self.heard.setText(self.tr("Understood: “{text}”").format(text=text))
            case events.SpeechDropped(held=True):
                self.heard.setText(self.tr("Nothing was said while the key was held."))


class VoiceStep(StepView):
    """Which voice, and how it sounds."""

    def __init__(self, around: Surroundings, writer: SettingsWriter, parent: QWidget | None = None) -> None:
        super().__init__(around, writer, parent)
        self.voice: Editor = VoiceEditor(declared("tts.voice"), around)
        self.listen = QPushButton(icon("speaker"), self.tr("&Listen to it"))
        self.listen.setAutoDefault(False)
        self.listen.clicked.connect(self._preview)
        self.told = wrapped("body", "muted")
        self.bind(self.voice)
        row = QHBoxLayout()
        row.setSpacing(SPACE_S)
        row.addWidget(self.voice, 1)
        row.addWidget(self.listen)
        self.column.addLayout(row)
        for widget in (self.told, self.problem):
            self.column.addWidget(widget)
        self.column.addStretch(1)

    def entered(self) -> None:
        """Ask for the voices."""
        self.around.service.find_voices()

    def left(self) -> None:
        """Silence."""
        self.around.service.stop_preview()

    def first(self) -> QWidget:
        """The list of voices."""
        return self.voice.field

    def hear(self, event: events.Event) -> None:
        """How the sample goes."""
        match event:
            case events.PreviewLoading():
                self.told.setText(self.tr("The voice is being loaded."))
            case events.PreviewBegan(voice=voice):
                self.told.setText(self.tr("{voice} speaks.").format(voice=voice or self.tr("The voice")))
            case events.PreviewEnded(error=None) | events.Stopped():
                self.told.setText("")
            case events.PreviewEnded(error=error):
                self.told.setText(" ".join(filter(None, ((error or {}).get("message"), (error or {}).get("fix")))))

    def _preview(self) -> None:
        self.voice.commit()
        sample = self.tr("Hello. I am Starling, and I answer on this machine.")
        self.around.service.preview(sample, str(self.voice.value()))
