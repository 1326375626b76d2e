import pytest

from starling.pipeline import events
from tests.ui.preferences.controls import operate


@pytest.fixture
def editor(dialog):
    dialog.form.show_page("assistant")
    return dialog.form.rows["assistant.wake_phrase"].editor


def heard(text):
    return events.Heard(events.Utterance(0.0, 1.0, "legacy", "m", 1.0, 50.0, 600.0, text=text))


def test_a_phrase_is_judged_while_it_is_typed(qtbot, editor, settings):
    assert editor.advice.text == "Can be used. Four syllables or more are heard more surely."
    with qtbot.waitSignal(editor.changed):
        operate(editor.field, "good  morning robin ")
    assert editor.advice.kind == "good"
    assert settings.get("assistant.wake_phrase") == "good morning robin"


def test_a_pause_in_typing_is_enough(qtbot, editor, settings):
    editor.field.selectAll()
    qtbot.keyClicks(editor.field, "okay robin")
    assert settings.get("assistant.wake_phrase") == "hey starling"
    qtbot.waitUntil(lambda: settings.get("assistant.wake_phrase") == "okay robin")


@pytest.mark.parametrize("phrase", ["hal", "?!", "one two three four five six seven"])
def test_a_phrase_that_would_not_do_is_not_taken(qtbot, dialog, editor, settings, service, phrase):
    operate(editor.field, phrase)
    assert editor.advice.kind == "warning"
    assert "In use now: “hey starling”." in editor.advice.text
    assert settings.get("assistant.wake_phrase") == "hey starling"
    assert service.told("apply") == []
    dialog.form.show_values()
    assert editor.value() == "hey starling"


def test_saying_it_shows_whether_it_is_recognised(editor, tell):
    tell(events.Ready("x", "y"))
    test = editor.test
    tell(heard("Hey Starling"))
    assert test.result.text() == ""
    test.button.click()
    assert test.result.text() == "Say “hey starling” now."
    tell(events.SpeechBegan(0.0))
    assert test.result.text() == "Hearing you…"
    tell(events.SpeechEnded())
    assert test.result.text() == "Transcribing…"
    tell(heard("Hay sterling, are you there?"))
    assert test.result.text() == "Heard “Hay sterling, are you there?”: this addresses Starling."
    tell(heard("What time is it?"))
    assert test.result.text() == "Heard “What time is it?”: this does not begin with the phrase."
    tell(heard(""))
    assert test.result.text() == "Nothing was understood. Say it again."
    tell(events.SpeechDropped("too short"))
    assert test.result.text() == "That was no speech. Say “hey starling”."
    test.button.click()
    assert test.result.text() == ""


def test_a_closed_microphone_is_told(editor, tell):
    tell(events.Ready("x", "y"))
    tell(events.Listening("assistant", "always", True))
    editor.test.button.click()
    assert editor.test.result.text() == "It cannot be heard: The microphone is muted."


def test_the_test_ends_with_the_page(dialog, editor):
    editor.test.button.click()
    dialog.form.show_page("voice")
    assert not editor.test.button.isChecked()


def test_the_phrase_that_is_typed_is_the_one_that_is_tried(qtbot, editor, settings, tell):
    tell(events.Ready("x", "y"))
    editor.field.selectAll()
    qtbot.keyClicks(editor.field, "okay robin")
    editor.test.button.click()
    assert settings.get("assistant.wake_phrase") == "okay robin"
    assert editor.test.result.text() == "Say “okay robin” now."
