"""The lower edge of the window: what is typed, the talk button, the stop button."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QWidget

from starling.pipeline.panel import Panel
from starling.ui.kit.buttons import IconButton
from starling.ui.look.tokens import ICON_SIZE, SPACE_S, SPACE_XL
from starling.ui.window.talk_key import TalkKey

HEIGHT = 44
"""Of the talk button, which is hit without looking."""


class TalkButton(IconButton):
    """The talk key on the screen: held down it hears, tapped it hears until it is tapped again."""

    def __init__(self, key: TalkKey, parent: QWidget | None = None) -> None:
        super().__init__("microphone", "", parent, text=True)
        self._key = key
        self._held = True
        self.show_held(False)
        self.setIconSize(QSize(ICON_SIZE + 4, ICON_SIZE + 4))
        self.setMinimumHeight(HEIGHT)
        self.pressed.connect(lambda: self._key.press("button"))
        self.released.connect(lambda: self._key.release("button"))

    def show_held(self, held: bool) -> None:
        """Show whether the talk key is down or was tapped."""
        if held != self._held:
            self._held = held
            self.set_name(self.tr("Talking") if held else self.tr("Talk"))
            self.set_icon("waveform" if held else "microphone", "text" if held else "on_accent")
            self.set_kind("" if held else "primary")
            self.setToolTip(self.tr("Hold it and speak, or tap it and speak (Space)"))

    def reserve(self) -> None:
        """Be as wide as either of its texts needs."""
        words = (self.tr("Talking"), self.tr("Talk"))
        widest = max(self.fontMetrics().horizontalAdvance(word) for word in words)
        self.setMinimumWidth(widest + self.iconSize().width() + 2 * SPACE_XL + SPACE_S)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter is a tap."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if not event.isAutoRepeat():
                self.click()
            return
        super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """It stays down while the mouse button does, wherever the pointer goes."""

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Away from the button too."""
        super().mouseReleaseEvent(event)
        self._key.release("button")

    def hideEvent(self, event: QHideEvent) -> None:
        """What is not seen is not held."""
        super().hideEvent(event)
        self.setDown(False)
        self._key.release("button")


class Composer(QWidget):
    """Asks by typing or by talking."""

    asked = Signal(str)
    stop_requested = Signal()

    def __init__(self, key: TalkKey, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = QLineEdit()
        self.field.setPlaceholderText(self.tr("Type a question"))
        self.field.setAccessibleName(self.tr("Question"))
        self.field.setToolTip(self.tr("Enter asks (Ctrl+L comes here)"))
        self.field.setMinimumHeight(HEIGHT - 4)
        self.field.setClearButtonEnabled(False)
        self.send = IconButton("send", self.tr("Ask"))
        self.talk = TalkButton(key)
        self.stop = IconButton("stop", self.tr("Stop"), text=True)
        self.stop.set_kind("")
        self.stop.setToolTip(self.tr("Stop (Esc)"))
        self.stop.setMinimumHeight(HEIGHT)
        self.stop.setEnabled(False)
        self.send.setEnabled(False)
        self.field.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_S)
        row.addWidget(self.field, 1)
        for button in (self.send, self.talk, self.stop):
            row.addWidget(button)
        self._runs = True
        self._sent: list[str] = []
        self.field.textChanged.connect(self._show_send)
        self.field.returnPressed.connect(self._ask)
        self.send.clicked.connect(self._ask)
        self.stop.clicked.connect(self.stop_requested)

    def show_panel(self, panel: Panel) -> None:
        """Show what can be done now."""
        self._runs = not panel.failed
        self._show_send()
        self.talk.show_held(panel.listening.held)

    def arrived(self, text: str) -> None:
        """A question was taken."""
        if text in self._sent:
            self._sent.remove(text)

    def give_back(self) -> None:
        """What was asked and not taken is the user's again: nothing runs that could answer."""
        self.field.setText(" ".join([*self._sent, self.field.text()]).strip())
        self._sent.clear()

    def _show_send(self) -> None:
        self.send.setEnabled(self._runs and bool(self.field.text().strip()))
        self.send.setToolTip(self.tr("Ask (Enter)") if self._runs else self.tr("Starling is not running"))

    def _ask(self) -> None:
        text = self.field.text().strip()
        if text and self._runs:
            self.field.clear()
            self._sent.append(text)
            self.asked.emit(text)
