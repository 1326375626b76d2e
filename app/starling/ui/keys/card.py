"""How global keys are heard now, what is wrong with them, and what to do about it."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from starling.pipeline import events
from starling.pipeline.service import Service
from starling.ui.keys.words import others_sentence, state_sentence, way_word
from starling.ui.kit.buttons import IconButton
from starling.ui.kit.card import Card
from starling.ui.kit.row import ValueRow
from starling.ui.kit.text import label, wrapped
from starling.ui.look.tokens import SPACE_S


class KeysCard(Card):
    """Follows ``KeysShown``."""

    def __init__(self, service: Service, parent: QWidget | None = None) -> None:
        super().__init__("", "keyboard", parent)
        self.set_title(self.tr("Keys now"))
        self._service = service
        self.way = ValueRow(self.tr("Heard by"))
        self.talk = ValueRow(self.tr("Talk key"))
        self.state = wrapped("caption", "muted")
        self.problem = wrapped("caption", "danger")
        self.advice = wrapped("caption")
        self.lines = label("", "caption")
        self.lines.setWordWrap(True)
        self.lines.setAccessibleName(self.tr("What the desktop has to run"))
        self.copy = IconButton("copy", self.tr("Copy it"))
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.lines.text()))
        self.again = QPushButton(self.tr("&Ask again"))
        self.again.setAutoDefault(False)
        self.again.clicked.connect(lambda: self._service.ask_for_keys())
        self._arrange()
        self.show_keys(None)

    def _arrange(self) -> None:
        self.by_hand = QWidget()
        line = QHBoxLayout(self.by_hand)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(SPACE_S)
        line.addWidget(self.lines, 1)
        line.addWidget(self.copy)
        for widget in (self.way, self.talk, self.state, self.problem, self.advice, self.by_hand, self.again):
            self.body.addWidget(widget)

    def show_keys(self, shown: events.KeysShown | None) -> None:
        """Show what is known; None: nothing yet."""
        state = state_sentence(shown)
        problem = advice = lines = ""
        self.again.setVisible(shown is not None and shown.way == "portal" and bool(shown.problem))
        for widget in (self.way, self.talk):
            widget.setVisible(shown is not None)
        if shown is not None:
            self.way.set_value(way_word(shown.way))
            self.talk.set_value(shown.binding or self.tr("none"))
            state = " ".join(filter(None, (state, others_sentence(shown))))
            problem = " ".join(filter(None, (shown.problem, shown.fix)))
            advice, lines = shown.advice, "\n".join(shown.lines)
        for words, line in ((state, self.state), (problem, self.problem), (advice, self.advice)):
            line.setText(words)
            line.setVisible(bool(words))
        self.lines.setText(lines)
        self.by_hand.setVisible(bool(lines))

    def on_event(self, event: events.Event) -> None:
        """Follow what the pipeline tells."""
        if isinstance(event, events.KeysShown):
            self.show_keys(event)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: D102 - Qt's
        super().showEvent(event)
        if not event.spontaneous():
            self._service.look_at_keys()
