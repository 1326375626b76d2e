"""The last step: a question and its answer."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QWidget

from starling.pipeline import events
from starling.pipeline.panel import Panel
from starling.ui.firstrun.base import StepView
from starling.ui.kit.text import wrapped
from starling.ui.look.icons import icon
from starling.ui.look.tokens import SPACE_S
from starling.ui.preferences.surroundings import Surroundings
from starling.ui.preferences.verdict import Verdict
from starling.ui.preferences.writer import SettingsWriter
from starling.ui.window.composer import TalkButton
from starling.ui.window.talk_key import TalkKey


class QuestionStep(StepView):
    """Typed, or spoken with the talk button."""

    def __init__(self, around: Surroundings, writer: SettingsWriter, parent: QWidget | None = None) -> None:
        super().__init__(around, writer, parent)
        self.key = TalkKey(around.service, self)
        self.field, self.talk = QLineEdit(), TalkButton(self.key)
        self.ask = QPushButton(icon("send"), self.tr("&Ask"))
        self.question, self.answer, self.state = wrapped("body", "muted"), wrapped("display"), Verdict()
        self._turns: set[str] = set()
        self._lay_out()
        self.show_panel(around.bridge.panel)

    def first(self) -> QWidget:
        """The field."""
        return self.field

    def left(self) -> None:
        """Nobody can be holding the key any more."""
        self.key.let_go()

    def show_panel(self, panel: Panel) -> None:
        """Whether the key is down."""
        self.talk.show_held(panel.listening.held)

    def hear(self, event: events.Event) -> None:
        """The question as it was understood, and the answer."""
        match event:
            case events.Asked(text=text, turn=turn):
                self._asked(text, turn)
            case events.Heard(utterance=utterance) if utterance.text and utterance.verdict == "answer":
                self._asked(utterance.text, utterance.turn)
            case events.ReplyBegan(text=text, turn=turn) if turn in self._turns:
                self.answer.setText(text)
                self.state.show_state("busy", self.tr("Being spoken"))
            case events.ReplyEnded(reply=reply, turn=turn) if turn in self._turns:
                self._answered(reply)
            case events.Stopped():
                self.state.hide()

    def _lay_out(self) -> None:
        self.field.setAccessibleName(self.tr("Question"))
        self.field.setPlaceholderText(self.tr("Type a question"))
        self.ask.setAutoDefault(False)
        row = QHBoxLayout()
        row.setSpacing(SPACE_S)
        row.addWidget(self.field, 1)
        row.addWidget(self.ask)
        row.addWidget(self.talk)
        self.column.addLayout(row)
        for widget in (self.question, self.answer, self.state):
            self.column.addWidget(widget)
        self.column.addStretch(1)
        self.field.returnPressed.connect(self._ask)
        self.ask.clicked.connect(self._ask)
        self.state.hide()

    def _ask(self) -> None:
        text = self.field.text().strip()
        if text:
            self.around.service.ask(text)
            self.field.clear()

    def _asked(self, text: str, turn: str) -> None:
        self._turns.add(turn)
        self.question.setText(self.tr("You asked: “{text}”").format(text=text))
        self.answer.setText("")
        self.state.hide()

    def _answered(self, reply: events.Reply) -> None:
        self.answer.setText(reply.text)
        if reply.error is not None:
            told = f"{reply.error.get('message', '')} {reply.error.get('fix', '')}".strip()
            self.state.show_state("warning", told)
        elif reply.played:
            self.state.show_state("good", self.tr("Answered aloud"))
        else:
            self.state.show_state("off", self.tr("Answered as text"))
        self.state.show()
