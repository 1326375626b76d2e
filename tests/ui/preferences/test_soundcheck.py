import dataclasses

import pytest

from starling.pipeline import events
from starling.pipeline.panel import DeviceView, Panel
from starling.ui.preferences.soundcheck import why_no_sound
from tests.ui.preferences.controls import operate


def sound(level=-20.0, probability=0.8, peak=0.3):
    return events.Sound(level, probability, 0.5, ((-peak, peak),), 0.05)


READY = Panel(ready=True)


@pytest.mark.parametrize(
    ("panel", "expected"),
    [
        (READY, "No sound arrives"),
        (Panel(), "Starling is starting"),
        (Panel(failed="no"), "Starling is not running"),
        (
            dataclasses.replace(READY, listening=events.Listening("assistant", "always", True)),
            "The microphone is muted",
        ),
        (dataclasses.replace(READY, listening=events.Listening("off", "always", False)), "Listening is off"),
        (
            dataclasses.replace(READY, listening=events.Listening("assistant", "hold", False)),
            "The microphone waits for the talk key",
        ),
        (dataclasses.replace(READY, microphone=DeviceView("lost", message="It was unplugged.")), "It was unplugged."),
        (dataclasses.replace(READY, microphone=DeviceView("lost")), "No microphone"),
    ],
)
def test_why_there_is_no_sound(qapp, panel, expected):
    assert why_no_sound(panel) == expected


@pytest.mark.parametrize(
    ("heard", "kind", "words"),
    [
        (sound(), "good", "Sound arrives"),
        (sound(-100.0, peak=0.0), "warning", "The device sends silence only: is it switched off?"),
        (sound(-2.0, peak=1.0), "warning", "Too loud: turn the microphone down"),
    ],
)
def test_the_microphone_is_checked(dialog, tell, heard, kind, words):
    dialog.form.show_page("sound")
    tell(heard)
    check = dialog.form.rows["audio.microphone"].editor.extra
    assert (check.state.kind, check.state.text) == (kind, words)
    assert check.meter.value_text() == f"{heard.level_dbfs:.0f} dB"


def test_silence_of_a_second_is_told(qtbot, dialog, tell):
    dialog.form.show_page("sound")
    check = dialog.form.rows["audio.microphone"].editor.extra
    tell(events.Ready("x", "y"))
    tell(sound())
    qtbot.waitUntil(lambda: check.state.text == "No sound arrives")
    tell(events.Listening("assistant", "always", True))
    assert check.state.text == "The microphone is muted"


def test_nothing_is_painted_on_a_page_that_is_not_shown(dialog, tell):
    dialog.form.show_page("window")
    tell(sound())
    assert dialog.form.rows["audio.microphone"].editor.extra.state.kind == "off"


def test_the_threshold_judges_what_is_heard(qtbot, dialog, settings, tell):
    dialog.form.show_page("listening")
    editor = dialog.form.rows["vad.threshold"].editor
    tell(sound(probability=0.53))
    assert editor.watch.state.text == "Speech"
    with qtbot.waitSignal(dialog.changes.changed):
        operate(editor.slider, 0.55)
        assert editor.watch.state.text == "Silence"  # at once, before it is applied
        assert editor.watch.meter.threshold == editor.value() == 0.55
    assert settings.get("vad.threshold") == 0.55
    tell(sound(probability=0.56))
    assert editor.watch.state.text == "Speech"


@pytest.mark.parametrize("width", [700, 820, 1400])
def test_the_handle_stands_below_the_mark(qtbot, dialog, width):
    dialog.form.show_page("listening")
    dialog.resize(width, 600)
    dialog.form.inside.layout().activate()
    editor = dialog.form.rows["vad.threshold"].editor
    qtbot.waitUntil(lambda: editor.watch.width() > 0)
    slider, meter = editor.slider, editor.watch.meter
    centre = slider.mapTo(editor.watch, slider.rect().center()).x()
    assert centre == pytest.approx(meter.x() + meter._bar().width() / 2, abs=2)


def test_the_speaker_can_be_tried(dialog, service, tell):
    dialog.form.show_page("sound")
    check = dialog.form.rows["audio.speaker"].editor.extra
    check.button.click()
    assert service.told("test_speaker") == [("test_speaker",)]
    tell(events.SpeakerChanged("open", "Laptop"))
    assert check.state.text() == "Plays on Laptop"
    tell(events.SpeakerChanged("lost", message="It is gone.", fix="Plug it in."))
    assert check.state.text() == "It is gone. Plug it in."


def test_sound_is_watched_while_the_dialog_is_shown(dialog, service):
    assert service.told("watch_sound") == [("watch_sound", True, "window")]
    dialog.close()
    assert service.told("watch_sound")[1:] == [("watch_sound", False, "window")]


def test_sound_stays_watched_for_a_main_window(qtbot, settings, service, bridge):
    from PySide6.QtWidgets import QMainWindow

    from starling.ui.preferences.dialog import Preferences

    window = QMainWindow()
    qtbot.addWidget(window)
    window.show()
    dialog = Preferences(settings, service, bridge, window)
    dialog.show()
    dialog.close()
    assert service.told("watch_sound") == [("watch_sound", True, "window"), ("watch_sound", True, "window")]


def test_the_window_that_goes_to_the_tray_leaves_the_meters_running(qtbot, settings, service, bridge):
    from PySide6.QtWidgets import QMainWindow

    from starling.ui.preferences.dialog import Preferences

    window = QMainWindow()
    qtbot.addWidget(window)
    window.show()
    dialog = Preferences(settings, service, bridge, window)
    dialog.show()
    window.hide()
    service.watch_sound(False)
    assert dialog.isVisible()
    qtbot.waitUntil(lambda: service.told("watch_sound")[-1] == ("watch_sound", True, "window"))
    dialog.close()
    assert service.told("watch_sound")[-1] == ("watch_sound", False, "window")
