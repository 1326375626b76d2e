from dataclasses import replace

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLineEdit, QWidget

from starling import locate
from starling.core.errors import StarlingError
from starling.core.placement import Placement
from starling.pipeline import events
from starling.settings import store
from starling.ui.bridge import Bridge
from starling.ui.firstrun.dialog import FirstRun
from starling.ui.firstrun.due import MARKER
from starling.ui.firstrun.presenter import STEPS
from starling.ui.preferences.surroundings import Surroundings
from tests.helpers.fake_service import FakeService
from tests.ui.window.conftest import utterance
from tests.ui.window.test_translation import Brackets, _without_brackets, brackets, untranslated

__all__ = ["Brackets", "brackets"]
STARTER = events.Measurement(4.8, 0.05, full_s=0.2)
BASE = events.ModelShown(
    "whisper-base", "Whisper base", "whisper-ct2", False, 148_000_000, True, 190_000_000, "MIT", ("de", "en"), True
)
RUNS = events.ModelWork("whisper-base", "install", "running", "downloading", 37_000_000, 148_000_000, True, 2.5e6, 44.4)
MACHINE = events.MachineShown("AMD Ryzen 7", 8, 16, 32_000_000_000, 20_000_000_000, "/models", 80_000_000_000)


class Stage:
    def __init__(self):
        self.settings = store.load()
        self.bridge = Bridge()
        self.service = FakeService(self.bridge.emit_from_any_thread)
        self.dialog = FirstRun(Surroundings(self.settings, self.service, self.bridge))
        self.left = []
        self.dialog.left.connect(lambda: self.left.append(True))
        self.dialog.show()

    def tell(self, *told):
        for event in told:
            self.bridge.emit_from_any_thread(event)
        QCoreApplication.processEvents()

    def at(self, step):
        self.dialog.show_step(step)
        return self.dialog.views[step]


@pytest.fixture
def stage(qtbot):
    made = Stage()
    writer = made.dialog._writer
    yield made
    if not made.left:
        made.dialog.close()
    qtbot.waitUntil((locate.data_dir() / MARKER).exists)
    QCoreApplication.sendPostedEvents(None, 52)  # the dialog deletes itself
    made.bridge.close()
    assert writer.flush(5.0)


def test_enter_leads_through_all_steps_and_the_end_is_remembered(qtbot, stage):
    seen = []
    for _ in STEPS:
        seen.append(stage.dialog.step)
        stage.dialog.onward.setFocus()
        qtbot.keyClick(stage.dialog.onward, Qt.Key.Key_Return)
    assert tuple(seen) == STEPS
    assert stage.left == [True]


def test_every_step_can_be_left_and_gone_back_from(stage):
    for step in STEPS:
        stage.at(step)
        assert stage.dialog.onward.isEnabled()
        assert stage.dialog.back.isEnabled() is (step != "machine")
    stage.dialog.go(-1)
    assert stage.dialog.step == "voice"
    stage.dialog.later.click()
    assert stage.left == [True]


def test_nothing_is_downloaded_unless_the_button_is_pressed(stage):
    for step in STEPS:
        stage.at(step)
    stage.tell(MACHINE, events.ModelsShown((BASE,)), events.ModelMeasured("starter", STARTER))
    assert stage.service.told("install_model") == []


def test_the_starter_is_measured_once_and_recommends_by_what_was_measured(stage):
    view = stage.at("model")
    assert view.measured.text().startswith("Being measured")
    assert view.download.isHidden()
    stage.tell(MACHINE, events.ModelsShown((BASE,)), events.ModelMeasured("starter", STARTER))
    assert "Recommended: Whisper base" in view.advice.text()
    assert view.download.text() == "&Download Whisper base (148 MB)"
    stage.at("machine")
    stage.at("model")
    assert stage.service.told("test_model") == [("test_model", "starter")]


def test_a_measurement_that_failed_says_why(stage):
    view = stage.at("model")
    error = {"code": "engine.x", "message": "No voice.", "fix": "Install one."}
    stage.tell(events.ModelWork("starter", "test", "failed", error=error))
    assert view.measured.text() == "No voice. Install one."
    assert "Nothing is recommended" in view.advice.text()


ENDED = events.Stopped(StarlingError("app.x", "It broke.", "Start again."))


def test_what_failed_is_measured_again_when_the_step_is_entered_again(stage):
    view = stage.at("model")
    stage.tell(events.ModelWork("starter", "test", "failed", error={"code": "x", "message": "No voice.", "fix": ""}))
    stage.at("machine")
    stage.at("model")
    assert len(stage.service.told("test_model")) == 2
    assert view.measured.text().startswith("Being measured")


def test_no_step_stays_busy_when_the_service_ends(stage):
    view, voice = stage.at("model"), stage.at("voice")
    question = stage.at("question")
    stage.tell(MACHINE, events.ModelsShown((BASE,)), RUNS, events.PreviewLoading(events.Preview("Hello.")))
    stage.tell(events.Asked("1", "What time is it?", 0.0), events.ReplyBegan("It is", "1"))
    stage.tell(ENDED)
    assert view.measured.text() == "It broke. Start again."
    assert view.bar.isHidden()
    assert voice.told.text() == ""
    assert question.state.isHidden()


def test_another_models_installation_changes_no_choice(stage):
    stage.at("model")
    stage.tell(MACHINE, events.ModelsShown((BASE,)), events.ModelMeasured("starter", STARTER))
    stage.settings.use("stt.model", "mine")
    stage.tell(events.ModelWork("kokoro", "install", "done"))
    assert stage.settings.get("stt.model") == "mine"


def test_the_download_is_shown_paused_and_used_and_measured_when_it_is_there(stage):
    view = stage.at("model")
    stage.tell(MACHINE, events.ModelsShown((BASE,)), events.ModelMeasured("starter", STARTER))
    view.download.click()
    assert stage.service.told("install_model") == [("install_model", "whisper-base")]
    stage.tell(RUNS)
    assert view.bar.value() == 250
    assert "37 MB of 148 MB" in view.progress.text()
    assert view.download.isHidden()
    view.pause.click()
    stage.tell(replace(RUNS, stage="paused"))
    assert view.download.text() == "&Go on with Whisper base"
    assert stage.service.told("pause_model") == [("pause_model", "whisper-base")]
    stage.settings.use("stt.model", "starter")
    stage.tell(RUNS, replace(RUNS, stage="done"), events.ModelsShown((replace(BASE, installed=True),)))
    assert stage.settings.get("stt.model") == ""
    assert stage.service.told("test_model")[-1] == ("test_model", "whisper-base")
    assert view.progress.text() == "It is installed."


def test_a_failed_download_says_why_and_that_the_rest_works(stage):
    view = stage.at("model")
    stage.tell(MACHINE, events.ModelsShown((BASE,)), events.ModelMeasured("starter", STARTER), RUNS)
    error = {"code": "download.no_network", "message": "There is no network.", "fix": ""}
    stage.tell(replace(RUNS, stage="failed", error=error))
    assert view.progress.text().startswith("There is no network.")
    assert "works without the network" in view.progress.text()
    assert not view.download.isHidden()


def test_the_starter_can_be_tried_without_a_download(stage):
    stage.at("model").starter.click()
    assert stage.settings.get("stt.model") == "starter"
    assert stage.service.told("apply")


def test_what_the_machine_lacks_has_its_fix_beside_it(stage):
    view = stage.at("machine")
    stage.tell(events.MicrophoneChanged("lost", "", "There is no microphone.", "Connect one."), MACHINE)
    assert view.lines[0].text.text() == "There is no microphone."
    assert view.lines[0].fix.text() == "Connect one."
    assert stage.service.told("look_at_machine")
    view.speaker.button.click()
    assert stage.service.told("test_speaker")


def test_a_microphone_is_chosen_and_what_it_hears_is_shown(qtbot, stage):
    view = stage.at("microphone")
    stage.tell(events.DevicesFound((events.Device("usb", "USB"), events.Device("jack", "Jack"))))
    view.device.box.setCurrentIndex(2)
    qtbot.waitUntil(lambda: stage.settings.get("audio.microphone") == "jack")
    stage.tell(events.Heard(utterance("what time is it")))
    assert view.heard.text() == "Understood: “what time is it”"


def test_the_talk_key_is_tried_with_the_space_bar(qtbot, stage):
    view = stage.at("talk")
    qtbot.keyPress(view.button, Qt.Key.Key_Space)
    QCoreApplication.processEvents()
    assert stage.service.told("press")
    assert view.button.text() == "Talking"
    qtbot.keyRelease(view.button, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: bool(stage.service.told("release")))
    stage.tell(events.Heard(utterance("call home")))  # not by the key
    assert view.heard.text() == ""
    stage.tell(events.Heard(utterance("call home", held=True)))
    assert view.heard.text() == "Understood: “call home”"
    stage.tell(events.SpeechDropped("silence", held=True))
    assert view.heard.text() == "Nothing was said while the key was held."


def test_leaving_the_step_lets_the_talk_key_go(qtbot, stage):
    view = stage.at("talk")
    qtbot.keyPress(view.button, Qt.Key.Key_Space)
    stage.at("voice")
    assert stage.service.told("release")


def test_a_voice_is_chosen_and_heard(qtbot, stage):
    view = stage.at("voice")
    stage.tell(events.VoicesFound("demo", (("en-gb", "en-gb", "male"), ("en-us", "en-us", "male"))))
    view.voice.box.setCurrentIndex(view.voice.box.findData("en-gb"))
    view.listen.click()
    (call,) = stage.service.told("preview")
    assert call[2] == "en-gb"
    assert stage.settings.get("tts.voice") == "en-gb"
    sample = events.Preview("Hello.", "en-gb")
    stage.tell(events.PreviewLoading(sample), events.PreviewBegan(sample, "demo", "en-gb"))
    assert view.told.text() == "en-gb speaks."
    stage.tell(events.PreviewEnded(sample, error={"code": "x", "message": "No sound.", "fix": "Look."}))
    assert view.told.text() == "No sound. Look."
    stage.at("question")
    assert stage.service.told("stop_preview")


def test_the_first_question_is_asked_with_enter_and_answered(qtbot, stage):
    view = stage.at("question")
    qtbot.keyClicks(view.field, "what time is it")
    qtbot.keyClick(view.field, Qt.Key.Key_Return)
    assert stage.service.told("ask") == [("ask", "what time is it")]
    assert stage.dialog.step == "question"
    reply = events.Reply("It is ten.", "demo", "en", Placement(), played=True)
    stage.tell(events.Asked("t1", "what time is it", 1.0), events.ReplyBegan("It is ten.", "t1"))
    stage.tell(events.ReplyEnded(reply, "t1"))
    assert (view.answer.text(), view.state.text) == ("It is ten.", "Answered aloud")
    stage.tell(events.ReplyEnded(replace(reply, text="Other."), "t0"))
    assert view.answer.text() == "It is ten."
    stage.tell(events.ReplyEnded(replace(reply, played=False), "t1"))
    assert view.state.text == "Answered as text"


def controls(dialog):
    kinds = (QAbstractButton, QLineEdit, QComboBox)
    return [child for child in dialog.findChildren(QWidget) if child.isVisible() and isinstance(child, kinds)]


@pytest.mark.parametrize("step", STEPS)
def test_everything_has_a_name_and_tab_reaches_it(qtbot, stage, step):
    stage.at(step)
    stage.tell(MACHINE, events.ModelsShown((BASE,)), events.ModelMeasured("starter", STARTER), RUNS)
    stage.dialog.activateWindow()
    qtbot.waitUntil(stage.dialog.isActiveWindow)
    for control in controls(stage.dialog):
        assert QAccessible.queryAccessibleInterface(control).text(QAccessible.Text.Name).strip(), control
    reached = []
    while (focus := QApplication.focusWidget()) not in reached:
        reached.append(focus)
        qtbot.keyClick(focus, Qt.Key.Key_Tab)
    assert [each for each in controls(stage.dialog) if each.isEnabled() and each not in reached] == []


def test_every_text_is_translated(brackets, request):
    stage = request.getfixturevalue("stage")
    data = {
        "AMD Ryzen 7",
        "hey starling",
        "Ctrl+Alt+Space",
        "Whisper base",
        "what time is it",
        "It is ten.",
        "MB",
        "GB",
        "/models",
    }
    for step in STEPS:
        stage.at(step)
    stage.tell(MACHINE, events.ModelsShown((BASE,)), events.ModelMeasured("starter", STARTER), RUNS)
    stage.tell(events.Heard(utterance("what time is it", held=True)), events.Asked("t1", "what time is it", 1.0))
    stage.tell(events.ReplyEnded(events.Reply("It is ten."), "t1"))
    for text in untranslated(stage.dialog):
        rest = _without_brackets(text)
        for known in sorted(data, key=len, reverse=True):
            rest = rest.replace(known, "")
        assert not any(letter.isalpha() for letter in rest), text
