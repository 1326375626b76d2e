"""The choice of a global key: pressed, or written."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QPushButton, QWidget

from starling.core.errors import StarlingError
from starling.dictation.keys.chord import ALONE, CANCEL_ALONE, Chord, parse
from starling.pipeline import events
from starling.settings.schema import Setting, Value
from starling.ui.keys.pressed import pressed
from starling.ui.preferences.announce import announce
from starling.ui.preferences.editor import TextEditor
from starling.ui.preferences.surroundings import Surroundings
from starling.ui.preferences.verdict import Verdict


class ChordEditor(TextEditor):
    """A key with its modifiers; one that cannot be a global key is not taken, and the field says why.

    A key that the desktop's portal has given is changed in the desktop, and this only shows what was asked for.
    """

    def __init__(self, setting: Setting, around: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(setting, parent)
        self._owned = self._unheard = False
        self.verdict = Verdict()
        self.verdict.hide()
        self.extra = self.verdict
        self.capture = CaptureButton()
        self.capture.captured.connect(self._captured)
        self._line.setPlaceholderText(self.tr("none"))
        self.beside = (self.capture,)
        self._row.addWidget(self.capture)
        around.bridge.event.connect(self._on_event)
        self.show_value(setting.default)

    def value(self) -> str:
        """As the settings write it; what cannot be read stands as it is."""
        text = super().value()
        try:
            return str(self._parsed(text)) if text else ""
        except StarlingError:
            return text

    def _parsed(self, text: str) -> Chord:
        return parse(text, alone=CANCEL_ALONE if self.setting.key == "keys.cancel" else ALONE)

    def shown(self, value: Value) -> str:
        """With capitals, as it stands on the keys, and so that it can be read again."""
        try:
            chord = self._parsed(str(value)) if value else None
        except StarlingError:
            return str(value)
        if chord is None:
            return ""
        key = chord.key.capitalize() if chord.key.islower() else chord.key
        return "+".join((*(word.capitalize() for word in chord.modifiers), key))

    def _captured(self, text: str) -> None:
        self._line.setText(text)
        self.commit()

    def _display(self, value: Value) -> None:
        super()._display(self.shown(value))
        self._judge()

    def _typed(self) -> None:
        self._judge()
        super()._typed()

    def _send(self) -> None:
        if self._judge():
            super()._send()

    def _judge(self) -> bool:
        text = super().value()
        try:
            if text:
                self._parsed(text)
        except StarlingError as error:
            self.verdict.show_state("warning", f"{error.message} {error.fix}")
            self.verdict.show()
            return False
        remark = self._remark()
        self.verdict.show_state("off", remark)
        self.verdict.setVisible(bool(remark))
        return True

    def _on_event(self, event: events.Event) -> None:
        if isinstance(event, events.KeysShown):
            self._owned = event.way == "portal" and bool(self._given(event))
            self._unheard = event.way == "portal" and not event.waiting and not self._owned
            self.capture.setVisible(not self._owned)
            self._line.setReadOnly(self._owned)
            self._judge()

    def _given(self, event: events.KeysShown) -> str:
        """The key that the portal has given for this."""
        action = self.setting.key.partition(".")[2]
        return event.binding if action == "talk" else dict(event.others).get(action, "")

    def _remark(self) -> str:
        """What is to be known of a key with which nothing is wrong."""
        if self._owned:
            return self.tr("The desktop owns this key: change it in its settings.")
        if self._unheard and super().value() == "Escape":
            return self.tr("Not heard: this desktop gives no key just for a while. Choose another, such as Ctrl+Alt+C.")
        return ""


class CaptureButton(QPushButton):
    """Takes the next key that is pressed. Escape alone and leaving give up."""

    captured = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAutoDefault(False)
        self.setCheckable(True)
        self.toggled.connect(self._toggled)
        self._toggled(False)

    def _toggled(self, on: bool) -> None:
        self.setText(self.tr("Press the key now") if on else self.tr("Press a key…"))
        if on:
            announce(self, self.text())

    def event(self, event: QEvent) -> bool:
        """Before any shortcut or the focus sees the key."""
        if self.isChecked() and isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress:
                self._take(event)
                return True
            if event.type() == QEvent.Type.KeyRelease:
                return True
        return super().event(event)

    def _take(self, event: QKeyEvent) -> None:
        text = pressed(event)
        if event.isAutoRepeat() or not text:
            return
        self.setChecked(False)
        if text != "Escape":
            self.captured.emit(text)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: D102 - Qt's
        super().focusOutEvent(event)
        self.setChecked(False)
