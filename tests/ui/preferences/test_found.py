"""Lists that the pipeline fills."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from starling.pipeline import events
from starling.settings.schema import SETTINGS
from starling.ui.preferences.found import by_language
from starling.ui.preferences.lists import Option
from tests.ui.preferences.controls import FOUND

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # the offscreen platform has no window manager

ERROR = {"code": "audio.no_server", "message": "There is no sound server.", "fix": "Start one."}


def box(dialog, key):
    return dialog.form.rows[key].editor.box


def labels(dialog, key):
    return [box(dialog, key).itemText(index) for index in range(box(dialog, key).count())]


def test_the_dialog_asks_for_what_can_be_chosen(dialog, service):
    assert [service.told(name) for name in ("find_devices", "find_models", "find_voices")] == [
        [("find_devices",)],
        [("find_models",)],
        [("find_voices",)],
    ]


def test_devices_are_named_and_the_default_too(dialog, tell):
    assert labels(dialog, "audio.microphone") == ["System default"]
    tell(FOUND[0])
    assert labels(dialog, "audio.microphone") == ["System default (Webcam)", "Webcam", "Headset"]
    assert labels(dialog, "audio.speaker") == ["System default (Laptop)", "Laptop", "Headphones"]


def test_a_saved_device_that_is_absent_is_named_as_such(dialog, settings, tell):
    settings.use("audio.microphone", "usb-gone")
    dialog.form.show_values()
    assert box(dialog, "audio.microphone").currentText() == "usb-gone"
    tell(FOUND[0])
    assert box(dialog, "audio.microphone").currentText() == "usb-gone (not connected)"
    tell(events.DevicesFound((events.Device("usb-gone", "Headset"),)))
    assert box(dialog, "audio.microphone").currentText() == "Headset"
    assert settings.get("audio.microphone") == "usb-gone"


def test_looking_again_and_a_lost_device_ask_anew(dialog, service, tell):
    dialog.form.show_page("sound")
    dialog.form.rows["audio.microphone"].editor.look_again.click()
    assert len(service.told("find_devices")) == 2
    tell(events.MicrophoneChanged("lost", message="It is gone."))
    tell(events.SpeakerChanged("back", "Laptop"))
    tell(events.MicrophoneChanged("open", "Webcam"))
    assert len(service.told("find_devices")) == 4


def test_devices_that_cannot_be_listed_are_told_until_they_can(dialog, tell):
    tell(events.DevicesFound(error=ERROR))
    error = dialog.form.rows["audio.microphone"].error
    assert error.text == "There is no sound server. Start one."
    tell(FOUND[0])
    assert error.isHidden()


def test_a_choice_is_kept_when_the_list_comes_again(dialog, settings, service, tell):
    tell(FOUND[0])
    tell(events.DevicesFound((events.Device("mic-2", "Headset", True), events.Device("new", "New"))))
    assert labels(dialog, "audio.microphone") == ["System default (Headset)", "Headset", "New"]
    assert service.told("apply") == []


def test_models(dialog, settings, tell):
    settings.use("stt.model", "whisper-large")
    dialog.form.show_values()
    tell(FOUND[1])
    assert labels(dialog, "stt.model") == [
        "Best installed",
        "starter",
        "whisper-small",
        "Choose a folder…",
        "whisper-large (not installed)",
    ]


def test_voice_models(dialog, tell):
    tell(events.ModelsFound(("starter",), ("kokoro", "kokoro-int8")))
    assert labels(dialog, "tts.model") == ["Largest installed", "kokoro", "kokoro-int8", "Choose a folder…"]


def test_a_folder_can_be_a_model(qtbot, dialog, settings, service, tmp_path):
    editor = dialog.form.rows["stt.model"].editor
    editor.box.setCurrentIndex(editor.box.findText("Choose a folder…"))
    assert editor.value() == ""
    (chooser,) = dialog.findChildren(QFileDialog)
    chooser.fileSelected.emit(str(tmp_path))
    chooser.reject()
    assert settings.get("stt.model") == editor.value() == str(tmp_path)
    assert editor.box.currentText() == f"{tmp_path.name} (folder)"
    assert editor.box.toolTip() == str(tmp_path)
    assert len(service.told("apply")) == 1


def test_voices_stand_below_their_languages(dialog, tell):
    tell(FOUND[2])
    assert labels(dialog, "tts.voice") == [
        "The engine's own choice",
        "English, United States",
        "af_heart (female)",
        "French, France",
        "ff_siwis (female)",
    ]
    heading = box(dialog, "tts.voice").model().item(1)
    assert not heading.isEnabled()


def test_voices_are_in_order():
    found = by_language([("b", "fr", ""), ("z", "de", "x"), ("a", "fr", "male")])
    assert found == [
        Option("", "French", heading=True),
        Option("a", "a (male)"),
        Option("b", "b"),
        Option("", "German", heading=True),
        Option("z", "z (x)"),
    ]


def test_a_voice_of_another_engine(dialog, settings, tell):
    settings.use("tts.voice", "am_adam")
    dialog.form.show_values()
    tell(FOUND[2])
    assert box(dialog, "tts.voice").currentText() == "am_adam (not in this voice engine)"
    tell(events.VoicesFound("", (), ERROR))
    assert "no sound server" in dialog.form.rows["tts.voice"].error.text


def test_an_unknown_language_is_shown(dialog, settings):
    settings.use("stt.language", "tlh")
    dialog.form.show_values()
    assert box(dialog, "stt.language").currentText() == "tlh (not known)"
    assert box(dialog, "stt.language").count() == 102


def test_walking_through_a_list_takes_only_where_it_ends(qtbot, dialog, settings, service, tell):
    tell(FOUND[1])
    dialog.form.show_page("recognition")
    field = box(dialog, "stt.model")
    qtbot.keyClick(field, Qt.Key.Key_Down)
    qtbot.keyClick(field, Qt.Key.Key_Down)
    assert settings.get("stt.model") == ""
    qtbot.waitUntil(lambda: settings.get("stt.model") == "whisper-small")
    assert len(service.told("apply")) == 1


@pytest.mark.parametrize("key", [s.key for s in SETTINGS if s.choices])
def test_choices_are_words(dialog, key):
    setting = next(setting for setting in SETTINGS if setting.key == key)
    assert labels(dialog, key) == list(setting.labels)
