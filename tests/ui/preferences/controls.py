"""Using the controls as a person would."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QSlider

from starling.pipeline import events

FOUND = (
    events.DevicesFound(
        (events.Device("mic-1", "Webcam", True), events.Device("mic-2", "Headset")),
        (events.Device("out-1", "Laptop", True), events.Device("out-2", "Headphones")),
    ),
    events.ModelsFound(("starter", "whisper-small"), ("kokoro-int8",)),
    events.VoicesFound("cpu", (("af_heart", "en-us", "female"), ("ff_siwis", "fr-fr", "female"))),
    events.ConnectionTested("", "qwen3", models=("qwen3",)),
)


def other_value(setting):
    """A value that is not the default, and that the control can show once :data:`FOUND` has arrived."""
    special = {"input": "mic-2", "output": "out-2", "model": "whisper-small", "language": "de", "voice": "ff_siwis"}
    if setting.key == "tts.model":
        return "kokoro-int8"
    if setting.control == "language_model":
        return "qwen3"
    if setting.control in special:
        return special[setting.control]
    if setting.control == "chord":
        return "F9"
    if setting.control == "wake_phrase":
        return "good morning robin"
    if setting.choices:
        return next(choice for choice in reversed(setting.choices) if choice != setting.default)
    if isinstance(setting.default, bool):
        return not setting.default
    step = type(setting.default)(setting.step)
    return setting.default + step


def operate(field, value) -> None:
    """Bring a control to a value by mouse and keyboard."""
    if isinstance(field, QCheckBox):
        QTest.keyClick(field, Qt.Key.Key_Space)
    elif isinstance(field, QComboBox):
        field.setCurrentIndex(next(i for i in range(field.count()) if field.itemData(i) == value))
    elif isinstance(field, QLineEdit):
        field.selectAll()
        QTest.keyClicks(field, value)
        QTest.keyClick(field, Qt.Key.Key_Return)
    elif isinstance(field, QSlider):
        QTest.keyClick(field, Qt.Key.Key_Right)
    else:
        QTest.keyClick(field, Qt.Key.Key_Up)
