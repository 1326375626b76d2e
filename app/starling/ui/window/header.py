"""The upper edge of the window: what is listened to, and the ways to the rest."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QWidget

from starling.pipeline import events
from starling.ui.kit.buttons import IconButton
from starling.ui.kit.switch import SegmentedSwitch
from starling.ui.look.tokens import SPACE_M, SPACE_S, SPACE_XL
from starling.ui.words import activation_word, mode_word


class Header(QWidget):
    """Switches that show what is so, not what was asked for; their signals are sent by the user only."""

    mode_chosen = Signal(str)
    activation_chosen = Signal(str)
    mute_chosen = Signal(bool)
    panel_chosen = Signal(bool)
    preferences_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._muted: bool | None = None
        self.modes = SegmentedSwitch()
        self.modes.setAccessibleName(self.tr("Mode"))
        self.modes.setToolTip(self.tr("Mode (Ctrl+1, Ctrl+2, Ctrl+3)"))
        self.modes.set_options([(mode, mode_word(mode), mode) for mode in ("assistant", "dictation", "off")])
        self.activations = SegmentedSwitch()
        self.activations.setAccessibleName(self.tr("When to listen"))
        self.activations.set_options([(key, activation_word(key), "") for key in ("always", "hold")])
        self.mute = IconButton("microphone", self.tr("Mute"), text=True, checkable=True)
        self.panel = IconButton("panel", self.tr("Status panel"), checkable=True)
        self.preferences = IconButton("settings", self.tr("Preferences"))
        self._lay_out()
        self._connect()
        self.show_listening(events.Listening("assistant", "always", False))

    def show_listening(self, listening: events.Listening) -> None:
        """Show what is listened to."""
        self.modes.set_value(listening.mode)
        self.activations.set_value(listening.activation)
        self.mute.setChecked(listening.muted)
        if listening.muted != self._muted:
            self._muted = listening.muted
            self.mute.set_icon(*(("microphone-off", "warning") if listening.muted else ("microphone", "text")))
            self.mute.set_name(self.tr("Muted") if listening.muted else self.tr("Mute"))
            self.mute.setToolTip(
                self.tr("Open the microphone again (Ctrl+M)")
                if listening.muted
                else self.tr("Close the microphone (Ctrl+M)")
            )

    def reserve(self) -> None:
        """The mute button is as wide as either of its texts needs."""
        words = (self.tr("Muted"), self.tr("Mute"))
        widest = max(self.mute.fontMetrics().horizontalAdvance(word) for word in words)
        self.mute.setMinimumWidth(widest + self.mute.iconSize().width() + SPACE_XL)
        self._choose_rows()

    def _lay_out(self) -> None:
        self.panel.setToolTip(self.tr("Status panel (F9)"))
        self.preferences.setToolTip(self.tr("Preferences (Ctrl+,)"))
        self._switches, self._rest = QWidget(), QWidget()
        switches, rest = QHBoxLayout(self._switches), QHBoxLayout(self._rest)
        for row in (switches, rest):
            row.setContentsMargins(0, 0, 0, 0)
            row.setSpacing(SPACE_S)
        switches.setSpacing(SPACE_M)
        switches.addWidget(self.modes)
        switches.addWidget(self.activations)
        switches.addStretch(1)
        rest.addWidget(self.mute)
        rest.addStretch(1)
        rest.addWidget(self.panel)
        rest.addWidget(self.preferences)
        self._rows = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(SPACE_S)
        self._rows.addWidget(self._switches)
        self._rows.addWidget(self._rest, 1)

    def minimumSizeHint(self) -> QSize:
        """In two rows, where one is too long."""
        widths = (self._switches.minimumSizeHint().width(), self._rest.minimumSizeHint().width())
        return QSize(max(widths), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """One row, or two where large letters or a long language need them."""
        super().resizeEvent(event)
        self._choose_rows()

    def _choose_rows(self) -> None:
        needed = self._switches.minimumSizeHint().width() + SPACE_S + self._rest.minimumSizeHint().width()
        direction = QBoxLayout.Direction.LeftToRight if needed <= self.width() else QBoxLayout.Direction.TopToBottom
        if direction != self._rows.direction():
            self._rows.setDirection(direction)

    def _connect(self) -> None:
        self.modes.chosen.connect(self.mode_chosen)
        self.activations.chosen.connect(self.activation_chosen)
        self.mute.clicked.connect(self.mute_chosen)
        self.panel.clicked.connect(self.panel_chosen)
        self.preferences.clicked.connect(self.preferences_requested)
