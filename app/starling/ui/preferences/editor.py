"""The plain controls: one for each type of setting."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtWidgets import QAbstractSpinBox, QCheckBox, QDoubleSpinBox, QHBoxLayout, QLineEdit, QSpinBox, QWidget

from starling.settings.schema import Setting, Value
from starling.ui.preferences import texts

AT_ONCE_MS = 0
MOVING_PAUSE_MS = 250
"""A slider or number that still changes waits this long: every value on the way would restart something."""
TYPING_PAUSE_MS = 800
CONTROL_WIDTH = 224
TEXT_MARGIN = 6
"""The style sheet's padding does not reach the text of a number field."""


class Editor(QWidget):
    """A control for one setting.

    Attributes:
        changed: the value that somebody chose; never sent for a value shown by the program.
        problem: the StarlingError met while looking for what can be chosen, or None when that is over.
        field: what takes the focus and is read out.
        beside: what stands right of it.
        extra: what stands below, as wide as the page; or None.
        wide: the editor itself needs the page's width.
    """

    changed = Signal(object)
    problem = Signal(object)
    wide = False

    def __init__(self, setting: Setting, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setting = setting
        self.extra: QWidget | None = None
        self.field: QWidget = self
        self.beside: tuple[QWidget, ...] = ()
        self._held: Value = setting.default
        self._pause = QTimer(self, singleShot=True)
        self._pause.timeout.connect(self._send)

    def value(self) -> Value:
        """What the control says."""
        raise NotImplementedError

    def _display(self, value: Value) -> None:
        raise NotImplementedError

    def show_value(self, value: Value) -> None:
        """Show a value without sending it; what was about to be sent is dropped."""
        self._pause.stop()
        if value == self._held == self.value():
            return
        self._held = value
        with QSignalBlocker(self.field):
            self._display(value)

    @property
    def pending(self) -> bool:
        """Whether something waits for the end of typing or moving."""
        return self._pause.isActive()

    def commit(self) -> None:
        """Send at once what waits for the end of typing or moving."""
        if self.pending:
            self._pause.stop()
            self._send()

    def set_names(self, title: str, description: str) -> None:
        """Say to assistive technology what the control is for."""
        self.field.setAccessibleName(title)
        self.field.setAccessibleDescription(description)

    def shown(self, value: Value) -> str:
        """A value as the control would show it."""
        return texts.value(self.setting, value)

    def _adopt(self, field: QWidget, *beside: QWidget) -> None:
        self.field = field
        self.beside = beside
        field.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # the wheel must not take the focus from elsewhere
        field.installEventFilter(WheelGuard(self))
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addWidget(field, 1)
        for widget in beside:
            self._row.addWidget(widget)

    def _touched(self, wait_ms: int) -> None:
        if wait_ms:
            self._pause.start(wait_ms)
        else:
            self._send()

    def _send(self) -> None:
        value = self.value()
        if value != self._held:
            self._held = value
            self.changed.emit(value)


class WheelGuard(QObject):
    """Leaves the wheel to the page: nobody should change a setting by scrolling past it."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: D102 - Qt's
        if event.type() == QEvent.Type.Wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return False


class SwitchEditor(Editor):
    """On or off, said in words too."""

    def __init__(self, setting: Setting, parent: QWidget | None = None) -> None:
        super().__init__(setting, parent)
        self._box = QCheckBox()
        self._box.toggled.connect(self._toggled)
        self._adopt(self._box)
        self._display(setting.default)

    def value(self) -> bool:
        """Whether it is on."""
        return self._box.isChecked()

    def _display(self, value: Value) -> None:
        self._box.setChecked(bool(value))
        self._box.setText(self.shown(bool(value)))

    def _toggled(self, on: bool) -> None:
        self._box.setText(self.shown(on))
        self._touched(AT_ONCE_MS)


class NumberEditor(Editor):
    """A number between its bounds, with its unit."""

    def __init__(self, setting: Setting, parent: QWidget | None = None) -> None:
        super().__init__(setting, parent)
        self._box: QSpinBox | QDoubleSpinBox = QSpinBox() if isinstance(setting.default, int) else QDoubleSpinBox()
        least, most = setting.minimum or 0, setting.maximum or 0
        if isinstance(self._box, QSpinBox):
            self._box.setRange(int(least), int(most))
            self._box.setSingleStep(int(setting.step))
        else:
            self._box.setDecimals(texts.DECIMALS)
            self._box.setRange(least, most)
            self._box.setSingleStep(setting.step)
        self._box.setSpecialValueText(texts.zero(setting))
        self._box.setCorrectionMode(QAbstractSpinBox.CorrectionMode.CorrectToNearestValue)
        self._box.setAccelerated(True)
        self._box.lineEdit().setTextMargins(TEXT_MARGIN, 0, 0, 0)
        self._box.valueChanged.connect(self._moved)
        self._box.editingFinished.connect(self.commit)
        self._adopt(self._box)
        self._display(setting.default)

    def value(self) -> Value:
        """The number."""
        return self._box.value() if isinstance(self._box, QSpinBox) else round(self._box.value(), texts.DECIMALS)

    def _display(self, value: Value) -> None:
        self._box.setValue(value)  # type: ignore[arg-type] # the declaration says which box it is
        self._box.setSuffix(texts.unit(self.setting, float(value)))

    def _moved(self, value: float) -> None:
        self._box.setSuffix(texts.unit(self.setting, value))
        self._touched(MOVING_PAUSE_MS)


class TextEditor(Editor):
    """A line of text; taken with Enter, on leaving, or after a pause in typing."""

    def __init__(self, setting: Setting, parent: QWidget | None = None) -> None:
        super().__init__(setting, parent)
        self._line = QLineEdit()
        self._line.textChanged.connect(self._typed)
        self._line.editingFinished.connect(self.commit)
        self._adopt(self._line)

    def value(self) -> str:
        """The text without spaces around it."""
        return " ".join(self._line.text().split())

    def _display(self, value: Value) -> None:
        self._line.setText(str(value))
        self._line.setCursorPosition(0)  # a long text is read from its beginning

    def _typed(self) -> None:
        self._touched(TYPING_PAUSE_MS)
