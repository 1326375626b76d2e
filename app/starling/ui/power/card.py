"""The power mode now, and the choice of another."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from starling.pipeline import events
from starling.pipeline.service import Service
from starling.ui.kit.buttons import IconButton
from starling.ui.kit.card import Card
from starling.ui.kit.row import ValueRow
from starling.ui.kit.switch import SegmentedSwitch
from starling.ui.kit.text import label, wrapped
from starling.ui.look.tokens import SPACE_S
from starling.ui.power.words import MODES, mode_word, source_word, state_sentence


class PowerCard(Card):
    """What the NPU's power mode is, by what it was read, and a switch that sets it."""

    def __init__(self, service: Service, parent: QWidget | None = None) -> None:
        super().__init__("", "bolt", parent)
        self.set_title(self.tr("Power mode now"))
        self._service = service
        self._shown: events.PowerShown | None = None
        self.mode = ValueRow(self.tr("Mode"))
        self.source = ValueRow(self.tr("Power source"))
        self.switch = SegmentedSwitch()
        self.switch.setAccessibleName(self.tr("Power mode"))
        self.switch.set_options([(mode, mode_word(mode), "") for mode in MODES])
        self.switch.chosen.connect(self._chosen)
        self.state = wrapped("caption", "muted")
        self.command = label("", "caption")
        self.command.setWordWrap(True)
        self.copy = IconButton("copy", self.tr("Copy the command"))
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.command.text()))
        self.error = wrapped("caption", "danger")
        self._arrange()
        self.show_power(None)

    def _arrange(self) -> None:
        self.by_hand = QWidget()
        line = QHBoxLayout(self.by_hand)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(SPACE_S)
        line.addWidget(self.command, 1)
        line.addWidget(self.copy)
        for widget in (self.mode, self.source, self.switch, self.state, self.by_hand, self.error):
            self.body.addWidget(widget)

    def show_power(self, shown: events.PowerShown | None) -> None:
        """Show what is known; None: nothing yet."""
        self._shown = shown
        present = shown is not None and shown.present
        for widget in (self.mode, self.source, self.switch):
            widget.setVisible(present)
        if shown is None or not shown.present:
            self.state.setText(
                self.tr("Looking at the NPU.") if shown is None else self.tr("This computer has no NPU to set it for.")
            )
            self.by_hand.hide()
            self.error.hide()
            return
        self.mode.set_value(mode_word(shown.mode) if shown.mode else self.tr("not readable"), shown.evidence)
        self.source.set_value(source_word(shown.mains) or self.tr("not known"))
        self.switch.set_value(shown.changing or shown.mode)
        self.switch.setEnabled(not shown.changing and shown.way != "none")
        self.state.setText(state_sentence(shown))
        self.state.setVisible(bool(self.state.text()))
        self.command.setText(shown.command.replace("MODE", "turbo"))
        self.by_hand.setVisible(shown.way == "none")
        error = shown.error if not shown.changing else None
        self.error.setText(" ".join(filter(None, (error["message"], error["fix"]))) if error else "")
        self.error.setVisible(error is not None)

    def on_event(self, event: events.Event) -> None:
        """Follow what the pipeline tells."""
        if isinstance(event, events.PowerShown):
            self.show_power(event)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: D102 - Qt's
        super().showEvent(event)
        if not event.spontaneous():
            self._service.look_at_power()

    def _chosen(self, mode: str) -> None:
        # What it really is comes back; until then the switch shows what was asked for.
        self._service.set_power_mode(mode)
