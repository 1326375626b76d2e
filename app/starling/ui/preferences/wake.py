"""The wake phrase: typed, judged, and tried by saying it."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from starling.pipeline import events
from starling.settings.schema import Setting, Value
from starling.ui.kit.text import wrapped
from starling.ui.look.tokens import SPACE_M, SPACE_S
from starling.ui.preferences.announce import announce
from starling.ui.preferences.editor import TextEditor
from starling.ui.preferences.phrase import Advice, advise, begins_with
from starling.ui.preferences.soundcheck import why_no_sound
from starling.ui.preferences.surroundings import Surroundings
from starling.ui.preferences.verdict import Verdict

LONGEST_QUOTE = 60


class WakePhraseEditor(TextEditor):
    """A phrase; one that could not be told from other speech is not taken, and the field says why."""

    def __init__(self, setting: Setting, around: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(setting, parent)
        self.advice = Verdict()
        self.test = WakePhraseTest(around, self)
        self.extra = QWidget()
        column = QVBoxLayout(self.extra)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_S)
        column.addWidget(self.advice)
        column.addWidget(self.test)
        self.show_value(setting.default)

    @property
    def phrase(self) -> str:
        """The phrase in use."""
        return str(self._held)

    def _display(self, value: Value) -> None:
        super()._display(value)
        self._say()

    def _typed(self) -> None:
        self._say()
        super()._typed()

    def _send(self) -> None:
        if advise(self.value()).usable:
            super()._send()

    def _say(self) -> None:
        advice = advise(self.value())
        kind, words = advice_words(advice)
        if not advice.usable:
            words += " " + self.tr("In use now: “{phrase}”.").format(phrase=self._held)
        self.advice.show_state("good" if kind == "good" else "warning", words)


class WakePhraseTest(QWidget):
    """Whether what is said next begins with the phrase, judged as the assistant judges it."""

    def __init__(self, around: Surroundings, editor: WakePhraseEditor) -> None:
        super().__init__()
        self._editor = editor
        self._bridge = around.bridge
        self.button = QPushButton(self.tr("&Test by saying it"))
        self.button.setAutoDefault(False)
        self.button.setCheckable(True)
        self.button.toggled.connect(self._toggled)
        self.result = wrapped()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_M)
        row.addWidget(self.button)
        row.addWidget(self.result, 1)
        around.bridge.event.connect(self._on_event)

    def _toggled(self, on: bool) -> None:
        if not on:
            self._say("")
            return
        self._editor.commit()
        panel = self._bridge.panel
        if panel.ready and panel.microphone.state != "lost" and not panel.listening.muted:
            self._say(self.tr("Say “{phrase}” now.").format(phrase=self._editor.phrase))
        else:
            self._say(self.tr("It cannot be heard: {reason}.").format(reason=why_no_sound(panel).rstrip(".")))

    def _on_event(self, event: events.Event) -> None:
        if not self.button.isChecked():
            return
        if isinstance(event, events.SpeechBegan):
            self._say(self.tr("Hearing you…"))
        elif isinstance(event, events.SpeechEnded):
            self._say(self.tr("Transcribing…"))
        elif isinstance(event, events.SpeechDropped):
            self._say(self.tr("That was no speech. Say “{phrase}”.").format(phrase=self._editor.phrase))
        elif isinstance(event, events.Heard):
            self._judge(event.utterance.text)

    def _judge(self, text: str) -> None:
        if not text:
            self._say(self.tr("Nothing was understood. Say it again."))
            return
        if begins_with(text, self._editor.phrase):
            said = self.tr("Heard “{text}”: this addresses Starling.")
        else:
            said = self.tr("Heard “{text}”: this does not begin with the phrase.")
        self._say(said.format(text=_quote(text)))

    def _say(self, text: str) -> None:
        self.result.setText(text)
        announce(self, text)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: D102 - Qt's
        super().hideEvent(event)
        self.button.setChecked(False)


def advice_words(advice: Advice) -> tuple[str, str]:
    """How good a phrase is (``good`` or ``warning``) and the sentence that says so."""
    return {
        Advice.EMPTY: ("warning", QCoreApplication.translate("WakePhrase", "A phrase needs words.")),
        Advice.SHORT: (
            "warning",
            QCoreApplication.translate("WakePhrase", "Too short: it would be heard in other words."),
        ),
        Advice.LONG: ("warning", QCoreApplication.translate("WakePhrase", "Too long: six words are the most.")),
        Advice.FAIR: (
            "good",
            QCoreApplication.translate("WakePhrase", "Can be used. Four syllables or more are heard more surely."),
        ),
        Advice.GOOD: ("good", QCoreApplication.translate("WakePhrase", "Long enough to be told from other speech.")),
    }[advice]


def _quote(text: str) -> str:
    return text if len(text) <= LONGEST_QUOTE else text[: LONGEST_QUOTE - 1] + "…"
