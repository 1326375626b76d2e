"""Every event, and what the window shows of it; every control, and what the service is told."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMessageBox

from starling.core.errors import StarlingError
from starling.pipeline import events
from starling.ui.window import memory
from starling.ui.window.dialogs import ShortcutsDialog
from starling.ui.window.main_window import RECENT_TURNS, MainWindow
from tests.ui.window.conftest import CPU, utterance

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # what windows do, and offscreen cannot

NARROW = 800
WIDE = 1300
READY = (events.Listening("assistant", "always", False), events.Ready("legacy", "USB"))
FULL = StarlingError("history.disk_full", "The disk is full.", "Make room.")
LOST = events.MicrophoneChanged("lost", "USB", "The microphone is gone.", "Plug it in.")
RESTARTING = events.EngineShown("stt", "restarting", "legacy", "tiny.en", CPU, reason="It crashed.")


@pytest.mark.parametrize(
    ("told", "word", "detail"),
    [
        ([], "Starting", "The recogniser is being loaded."),
        (READY, "Listening", "Say “hey starling” and ask."),
        ([*READY, events.Listening("dictation", "always", False)], "Listening", "Everything you say is written down."),
        (
            [*READY, events.Listening("assistant", "hold", False)],
            "Hold to talk",
            "Hold Space or the Talk button while you speak.",
        ),
        (
            [*READY, events.Listening("off", "always", False), LOST],
            "Off",
            "Nothing is listened to. Typed questions are answered.",
        ),
        ([*READY, events.SpeechBegan(0.0), events.Partial("hey star")], "Hearing you", "hey star"),
        (
            [*READY, events.SpeechBegan(0.0), events.Partial("hey star"), events.SpeechEnded()],
            "Transcribing",
            "hey star",
        ),
        ([*READY, events.ReplyBegan("Ten.", "t1")], "Speaking", "Escape or the Stop button ends it."),
        (
            [*READY, events.Listening("assistant", "always", True)],
            "Muted",
            "The microphone is closed. Typed questions are answered.",
        ),
        (
            [*READY, events.Listening("off", "always", False)],
            "Off",
            "Nothing is listened to. Typed questions are answered.",
        ),
        ([*READY, events.NotInserted("t1", "x", "It is busy.", "Wait.")], "Listening", "Not typed: It is busy. Wait."),
        ([*READY, LOST], "No microphone", "The microphone is gone. Plug it in."),
        ([*READY, RESTARTING], "Engine restarting", "It crashed."),
        ([events.Stopped(FULL)], "Not running", "The disk is full. Make room. [history.disk_full]"),
    ],
)
def test_the_state_is_one_word_and_an_explanation(stage, told, word, detail):
    stage.tell(*told)
    line = stage.window.state_line
    assert (line.word.text(), line.detail.text()) == (word, detail)
    assert stage.window.windowTitle() == f"{word} - Starling"


def test_no_state_moves_anything(stage):
    window = stage.window
    places = set()
    for told in (
        READY,
        [LOST],
        [events.MicrophoneChanged("back", "USB")],
        [events.ReplyBegan("Ten.", "t1")],
        [RESTARTING],
    ):
        stage.tell(*told)
        parts = (window.header, window.state_line, window.state_line.detail, window.transcript, window.composer)
        places.add(tuple((part.x(), part.y(), part.height()) for part in parts))
    assert len(places) == 1


def test_a_lost_microphone_leads_to_its_setting(qtbot, stage):
    stage.tell(*READY, LOST)
    with qtbot.waitSignal(stage.window.preferences_requested) as asked:
        qtbot.mouseClick(stage.window.state_line.choose, Qt.MouseButton.LeftButton)
    assert asked.args == ["audio.microphone"]


def test_the_transcript_shows_what_is_said_and_answered(stage):
    stage.tell(*READY)
    stage.hear()
    stage.tell(events.ReplyBegan("It is ten.", "t1"))
    assert stage.texts == ["what time is it", "It is ten."]
    assert not stage.window.transcript.empty.isVisible()


def test_without_a_microphone_it_says_what_is_left(stage):
    for told in ([LOST], [events.MicrophoneChanged("back", "USB"), events.Listening("assistant", "always", True)]):
        stage.tell(*told)
        assert stage.window.transcript.empty.text == "No microphone is open: type a question below."


def test_what_does_not_run_promises_nothing(stage):
    stage.tell(events.Stopped(FULL))
    assert stage.window.transcript.empty.text == "Starling is not running; the reason is above."


def test_what_is_typed_stays_while_nothing_runs(qtbot, stage):
    composer = stage.window.composer
    stage.tell(*READY, events.Stopped(FULL))
    qtbot.keyClicks(composer.field, "two plus two")
    qtbot.keyClick(composer.field, Qt.Key.Key_Return)
    assert composer.field.text() == "two plus two"
    assert not composer.send.isEnabled()
    assert stage.told("ask") == []
    qtbot.mouseClick(stage.window.state_line.again, Qt.MouseButton.LeftButton)
    stage.tell(*READY)
    qtbot.keyClick(composer.field, Qt.Key.Key_Return)
    assert stage.told("ask") == [("ask", "two plus two")]


@pytest.mark.parametrize(
    "told", [events.Stopped(FULL), events.Trouble(StarlingError("app.not_running", "It is not running."))]
)
def test_what_was_asked_and_not_taken_comes_back(qtbot, stage, told):
    field = stage.window.composer.field
    for text in ("one", "two", "three"):
        qtbot.keyClicks(field, text)
        qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.keyClicks(field, "four")
    stage.tell(events.Asked("t1", "one", 5.0), told)
    assert field.text() == "two three four"
    stage.tell(told)
    assert field.text() == "two three four"


def test_an_engine_that_failed_is_no_reason_not_to_ask(qtbot, stage):
    stage.tell(*READY, events.EngineShown("stt", "failed", "legacy", "tiny.en", CPU, reason="It broke."))
    qtbot.keyClicks(stage.window.composer.field, "two plus two")
    qtbot.keyClick(stage.window.composer.field, Qt.Key.Key_Return)
    assert stage.told("ask") == [("ask", "two plus two")]
    assert not stage.window.state_line.again.isVisible()


def test_what_has_ended_is_started_again(qtbot, stage):
    window = stage.window
    assert not window.state_line.again.isVisible()
    stage.tell(*READY, RESTARTING, events.Stopped(FULL))
    window.resize(window.minimumSize())
    assert (window.width(), window.state_line.again.isVisible()) == (760, True)
    qtbot.mouseClick(window.state_line.again, Qt.MouseButton.LeftButton)
    assert [call[0] for call in stage.service.calls[-3:]] == ["start", "recent", "watch_sound"]
    assert stage.told("watch_sound")[-1] == ("watch_sound", True, "window")
    assert (window.state_line.word.text(), window.state_line.again.isVisible()) == ("Starting", False)
    assert window.composer.talk.hasFocus()
    stage.tell(*READY)
    assert window.state_line.word.text() == "Listening"
    stage.tell(events.Stopped(FULL))
    assert window.state_line.again.isVisible()


def test_the_space_bar_talks_at_once(qtbot, stage):
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: [call[0] for call in stage.service.calls[-2:]] == ["press", "release"])


def test_a_question_that_waits_for_its_answer_can_be_stopped(qtbot, stage):
    stage.tell(*READY, events.Asked("t1", "two plus two", 5.0))
    qtbot.keyClick(stage.window, Qt.Key.Key_Escape)
    assert stage.told("stop") == [("stop",)]
    qtbot.keyClick(stage.window, Qt.Key.Key_Escape)
    assert len(stage.told("stop")) == 1


@pytest.mark.parametrize(
    ("mode", "activation", "text"),
    [
        ("assistant", "always", "Say “hey starling” and ask, or hold Space and speak."),
        ("dictation", "always", "Just speak: everything you say is written down here."),
        ("assistant", "hold", "Hold Space or the Talk button and speak."),
        ("off", "always", "Nothing is listened to: choose Assistant or Dictation above."),
    ],
)
def test_an_empty_transcript_says_how_to_begin(stage, mode, activation, text):
    stage.tell(events.Listening(mode, activation, False))
    assert stage.window.transcript.empty.isVisible()
    assert stage.window.transcript.empty.text == text


EVERYTHING = "Just speak: everything you say is answered."


def test_no_wake_phrase_is_asked_for_where_everything_is_answered(stage):
    window = stage.window
    stage.tell(*READY)
    stage.settings.use("assistant.answer", "everything")
    window.settings_changed()
    assert (window.state_line.detail.text(), window.transcript.empty.text) == (EVERYTHING, EVERYTHING)
    stage.settings.use("assistant.answer", "addressed")
    stage.settings.use("assistant.wake_phrase", "hello bird")
    window.settings_changed()
    assert window.state_line.detail.text() == "Say “hello bird” and ask."
    assert window.transcript.empty.text == "Say “hello bird” and ask, or hold Space and speak."


def test_a_microphone_means_nothing_while_nothing_is_listened_to(stage):
    empty, line = stage.window.transcript.empty, stage.window.state_line
    for closed in (events.Listening("off", "always", False), events.Listening("assistant", "always", True)):
        stage.tell(*READY, closed)
        before = (empty.text, line.word.text(), line.detail.text(), line.choose.isVisible())
        for state in ("lost", "back", "open", "samples_lost"):
            stage.tell(events.MicrophoneChanged(state, "USB", "A message.", "A fix."))
            assert (empty.text, line.word.text(), line.detail.text(), line.choose.isVisible()) == before


def test_the_start_asks_for_recent_turns_and_sound(stage):
    assert stage.told("recent") == [("recent", RECENT_TURNS)]
    assert stage.told("watch_sound") == [("watch_sound", True, "window")]
    stage.window.hide()
    stage.window.show()
    assert [call[1] for call in stage.told("watch_sound")] == [True, False, True]


def test_a_minimized_window_needs_no_sound(qtbot, stage):
    stage.window.showMinimized()
    qtbot.waitUntil(lambda: stage.told("watch_sound")[-1] == ("watch_sound", False, "window"))
    stage.window.raise_to_front()
    qtbot.waitUntil(lambda: stage.told("watch_sound")[-1] == ("watch_sound", True, "window"))


def test_sound_reaches_the_status_panel(stage, monkeypatch):
    shown = []
    stage.bridge.sound.connect(shown.append)
    monkeypatch.setattr(stage.window.status.microphone, "show_sound", shown.append)
    stage.tell(events.Sound(-20.0, 0.9, 0.5, ((-0.1, 0.1),), 0.03))
    assert len(shown) == 2


@pytest.mark.parametrize(("keys", "mode"), [("1", "assistant"), ("2", "dictation"), ("3", "off")])
def test_a_mode_is_chosen_saved_and_shown(qtbot, stage, keys, mode):
    stage.service.answers = False
    qtbot.keyClick(stage.window, keys, Qt.KeyboardModifier.ControlModifier)
    assert stage.told("set_mode") == [("set_mode", mode)]
    assert stage.settings.get("listen.mode") == mode
    assert stage.window._writer.flush(5.0)
    assert f'mode = "{mode}"' in stage.settings.path.read_text()


def test_switches_show_what_is_so(stage):
    stage.tell(events.Listening("dictation", "hold", True))
    window = stage.window
    assert (window.header.modes.value, window.header.activations.value) == ("dictation", "hold")
    assert (window.header.mute.isChecked(), window.header.mute.text()) == (True, "Muted")
    assert window.menus.modes["dictation"].isChecked()
    assert window.menus.activations["hold"].isChecked()
    assert window.menus.mute.isChecked()


def test_until_something_is_listened_to_the_settings_are_shown(make_stage):
    stage = make_stage(lambda settings: settings.use("listen.mode", "dictation"))
    assert stage.window.header.modes.value == "dictation"
    stage.tell(events.NpuShown(False, False))
    assert stage.window.header.modes.value == "dictation"
    stage.tell(events.Listening("assistant", "always", False))
    assert stage.window.header.modes.value == "assistant"


def test_a_choice_is_shown_everywhere_while_nothing_runs(qtbot, stage):
    stage.service.answers = False
    stage.tell(*READY, events.Stopped(FULL))
    qtbot.keyClick(stage.window, "2", Qt.KeyboardModifier.ControlModifier)
    assert stage.window.header.modes.value == "dictation"
    stage.window.header.activations.chosen.emit("hold")
    assert stage.window.menus.activations["hold"].isChecked()


@pytest.mark.parametrize("chooser", ["header", "menu"])
def test_muting_is_shown_everywhere_before_anything_runs(qtbot, stage, chooser):
    stage.service.answers = False
    header, menus = stage.window.header, stage.window.menus

    def mute() -> None:
        if chooser == "header":
            qtbot.mouseClick(header.mute, Qt.MouseButton.LeftButton)
        else:
            menus.mute.trigger()

    mute()
    assert (header.mute.isChecked(), header.mute.text(), menus.mute.isChecked()) == (True, "Muted", True)
    assert stage.bridge.panel.listening.muted
    stage.tell(events.NpuShown(False, False))
    assert (header.mute.isChecked(), menus.mute.isChecked()) == (True, True)
    assert stage.window.state_line.word.text() == "Muted"
    mute()
    assert (header.mute.isChecked(), header.mute.text(), menus.mute.isChecked()) == (False, "Mute", False)
    mute()
    stage.tell(events.Listening("assistant", "always", False))
    assert (header.mute.isChecked(), menus.mute.isChecked()) == (False, False)


def test_what_was_muted_stays_so_when_everything_ends(stage):
    stage.tell(*READY, events.Listening("assistant", "hold", True, True), events.Stopped(FULL))
    assert stage.window.header.mute.isChecked()
    assert stage.window.composer.talk.text() == "Talk"


def test_activation_is_chosen_and_saved(qtbot, stage):
    stage.window.menus.activations["hold"].trigger()
    assert stage.told("set_activation") == [("set_activation", "hold")]
    assert stage.settings.get("listen.activation") == "hold"


def test_mute(qtbot, stage):
    width = stage.window.header.mute.width()
    qtbot.mouseClick(stage.window.header.mute, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: stage.window.header.mute.text() == "Muted")
    assert stage.window.header.mute.width() == width
    stage.window.menus.mute.trigger()
    assert [call[1] for call in stage.told("set_muted")] == [True, False]


def test_a_question_is_typed(qtbot, stage):
    field = stage.window.composer.field
    qtbot.keyClick(stage.window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert field.hasFocus()
    qtbot.keyClicks(field, "  two plus two ")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert stage.told("ask") == [("ask", "two plus two")]
    assert field.text() == ""
    qtbot.keyClicks(field, "  ")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert not stage.window.composer.send.isEnabled()
    assert len(stage.told("ask")) == 1


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ([], []),
        ([events.ReplyBegan("Ten.", "t1")], ["stop"]),
        ([events.SpeechBegan(0.0)], ["cancel"]),
        ([events.Listening("assistant", "hold", False, True)], ["cancel"]),
        ([events.SpeechBegan(0.0), events.ReplyBegan("Ten.", "t1")], ["stop"]),
        ([events.SpeechEnded()], ["stop"]),
    ],
)
def test_escape_ends_what_goes_on(qtbot, stage, told, expected):
    stage.tell(*READY, *told)
    qtbot.keyClick(stage.window, Qt.Key.Key_Escape)
    assert [call[0] for call in stage.service.calls if call[0] in ("stop", "cancel")] == expected


def test_the_stop_button_is_there_while_something_sounds(qtbot, stage):
    stop = stage.window.composer.stop
    assert not stop.isEnabled()
    stage.tell(events.ReplyBegan("Ten.", "t1"))
    qtbot.mouseClick(stop, Qt.MouseButton.LeftButton)
    assert stage.told("stop") == [("stop",)]
    stage.tell(events.ReplyEnded(events.Reply("Ten.", stopped=True), "t1"))
    assert not stop.isEnabled()


@pytest.mark.parametrize(
    ("told", "call"),
    [
        ([events.ReplyBegan("Ten.", "t1")], "stop"),
        ([events.SpeechBegan(0.0)], "cancel"),
        ([events.Listening("assistant", "hold", False, True)], "cancel"),
        ([events.SpeechEnded()], "stop"),
        ([events.Asked("t1", "two plus two", 5.0)], "stop"),
    ],
)
def test_button_and_menu_stop_alike(qtbot, stage, told, call):
    stops = stage.window.composer.stop, stage.window.menus.stop
    stage.tell(*READY)
    assert [stop.isEnabled() for stop in stops] == [False, False]
    with qtbot.waitSignal(stage.window.can_stop_changed) as changed:
        stage.tell(*told)
    assert changed.args == [True]
    assert [stop.isEnabled() for stop in stops] == [True, True]
    qtbot.mouseClick(stage.window.composer.stop, Qt.MouseButton.LeftButton)
    assert [made[0] for made in stage.service.calls if made[0] in ("stop", "cancel")] == [call]


def test_messages_come_once_and_go_when_dismissed(qtbot, stage):
    stage.tell(events.Trouble(FULL), events.Trouble(FULL), events.Notice("Read this."))
    assert stage.window.banners.texts == ["The disk is full. Make room.", "Read this."]
    first = next(iter(stage.window.banners._banners.values()))
    first.close_button.setFocus()
    qtbot.keyClick(first.close_button, Qt.Key.Key_Space)
    assert stage.window.banners.texts == ["Read this."]
    assert stage.window.composer.field.hasFocus()


def test_a_setting_that_cannot_be_saved_is_told(qtbot, stage):
    stage.settings.path.parent.mkdir(parents=True)
    stage.settings.path.mkdir()
    stage.window.menus.modes["off"].trigger()
    qtbot.waitUntil(lambda: len(stage.window.banners.texts) == 1)
    assert stage.told("set_mode") == [("set_mode", "off")]


def test_turns_are_replayed_retried_and_deleted(qtbot, stage):
    stage.hear()
    stage.tell(events.ReplyBegan("Ten.", "t1"), events.ReplyEnded(events.Reply("Ten."), "t1"))
    view = stage.window.transcript
    view.column.go(-5)
    row = QApplication.focusWidget()
    qtbot.keyClick(row, Qt.Key.Key_R)
    qtbot.keyClick(row, Qt.Key.Key_T)
    assert stage.told("replay") == [("replay", "t1")]
    assert stage.told("find_models") == [("find_models",)]
    stage.tell(events.ModelsFound(("tiny.en", "base.en")))
    menu = view._menu
    assert [action.text() for action in menu.actions()] == ["tiny.en", "base.en"]
    menu.actions()[1].trigger()
    menu.close()
    assert stage.told("retry") == [("retry", "t1", "base.en")]
    qtbot.keyClick(row, Qt.Key.Key_Down)
    reply = QApplication.focusWidget()
    assert reply is not row
    qtbot.keyClick(reply, Qt.Key.Key_R)
    qtbot.keyClick(reply, Qt.Key.Key_Delete)
    assert stage.told("say_again") == [("say_again", "t1", "Ten.")]
    assert stage.told("delete") == [("delete", "t1")]


def test_a_turn_that_the_service_does_not_know_is_only_taken_out(qtbot, stage):
    stage.tell(events.ReplyBegan("Tea is ready."), events.ReplyEnded(events.Reply("Tea is ready.")))
    stage.window.transcript.column.go(0)
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Delete)
    assert stage.texts == []
    assert stage.told("delete") == []


@pytest.mark.parametrize(("key", "cleared"), [(Qt.Key.Key_Return, False), (Qt.Key.Key_Escape, False), (None, True)])
def test_all_turns_go_only_after_a_question(qtbot, stage, key, cleared):
    stage.window.menus.clear.trigger()
    box = stage.window.findChild(QMessageBox)
    if key is None:
        delete = next(button for button in box.buttons() if box.buttonRole(button) is box.ButtonRole.AcceptRole)
        qtbot.mouseClick(delete, Qt.MouseButton.LeftButton)
    else:
        qtbot.keyClick(box, key)
    assert bool(stage.told("clear")) is cleared
    qtbot.waitUntil(lambda: stage.window.findChild(QMessageBox) is None)


def test_f1_lists_the_keys(qtbot, stage):
    qtbot.keyClick(stage.window, Qt.Key.Key_F1)
    dialog = stage.window.findChild(ShortcutsDialog)
    listed = {dialog.table.item(row, 1).text() for row in range(dialog.table.rowCount())}
    assert {"Space", "Esc", "Ctrl+1", "Ctrl+M", "F9", "F1", "R", "Del"} <= listed
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: stage.window.findChild(ShortcutsDialog) is None)


def test_menus_lead_out_of_the_window(qtbot, stage):
    with qtbot.waitSignal(stage.window.quit_requested):
        qtbot.keyClick(stage.window, Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)
    with qtbot.waitSignal(stage.window.preferences_requested) as asked:
        qtbot.keyClick(stage.window, Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
    assert asked.args == [""]


@pytest.mark.parametrize("quits", [True, False])
def test_closing_asks_the_policy(qtbot, stage, quits):
    asked = []
    stage.window.quit_requested.connect(lambda: asked.append("quit"))
    stage.window.close_policy = lambda: quits
    assert stage.window.close() is quits
    assert asked == ["quit"] * quits
    assert stage.window.isVisible() is not quits


def test_the_status_panel_comes_and_goes(qtbot, stage):
    window = stage.window
    window.resize(WIDE, 700)
    assert window.status.isVisible()
    window.resize(NARROW, 700)
    assert not window.status.isVisible()
    qtbot.keyClick(window, Qt.Key.Key_F9)
    assert window.status.isVisible()
    assert window.header.panel.isChecked()
    qtbot.mouseClick(window.header.panel, Qt.MouseButton.LeftButton)
    assert not window.status.isVisible()
    window.resize(WIDE, 700)
    assert window.status.isVisible()


def test_where_there_is_no_room_beside_it_the_status_panel_takes_the_transcripts_place(stage):
    window = stage.window
    window.resize(window.minimumSize())
    window.status.setFixedWidth(560)  # as with large letters
    window.menus.panel.trigger()
    assert (window.status.isVisible(), window.transcript.isVisible()) == (True, False)
    assert window.composer.isVisible()
    assert window.status.mapTo(window, window.status.rect().bottomRight()).x() < window.width()
    window.menus.panel.trigger()
    assert (window.status.isVisible(), window.transcript.isVisible()) == (False, True)
    window.resize(1800, 800)
    assert (window.status.isVisible(), window.transcript.isVisible()) == (True, True)


def test_the_place_is_remembered(qtbot, stage, make_stage):
    stage.window.resize(780, 620)
    qtbot.keyClick(stage.window, Qt.Key.Key_F9)
    stage.window.close()
    qtbot.waitUntil(lambda: memory.path().is_file())
    again = make_stage().window
    assert (again.width(), again.height()) == (780, 620)
    assert again.status.isVisibleTo(again)


@pytest.mark.parametrize(
    "contents",
    [
        *(b"", b"{", b"[]", b"null", b"7", b'{"geometry": "?"}', b'{"other": 1}', b'{"other": null}', b"\xff\x00"),
        *(b'{"panel_wide": "no"}', b'{"panel_wide": 1, "panel_narrow": [1]}', b'{"panel_wide": null}'),
        *(b'{"geometry": 7}', b'{"geometry": null}', b'{"geometry": ["?"]}', b'{"geometry": "aGVsbG8="}'),
        b"[" * 50_000,
    ],
)
def test_a_damaged_memory_is_no_reason_to_fail(make_stage, contents):
    memory.path().parent.mkdir(parents=True)
    memory.path().write_bytes(contents)
    assert isinstance(make_stage().window, MainWindow)
    assert replace(memory.load(memory.path()), geometry="") == memory.Remembered()


def test_what_is_sound_in_a_memory_is_kept():
    memory.path().parent.mkdir(parents=True)
    memory.path().write_text('{"geometry": 7, "panel_wide": false, "panel_narrow": "yes"}')
    assert memory.load(memory.path()) == memory.Remembered(panel_wide=False)


def test_it_fits_a_small_screen_in_every_state(stage):
    window = stage.window
    window.resize(window.minimumSize())
    for told in (READY, [LOST], [events.Notice("Read this.")], [events.Listening("off", "hold", True)]):
        stage.tell(*told)
        assert (window.width(), window.height()) == (760, 480)
        assert window.centralWidget().minimumSizeHint().width() <= window.centralWidget().width()


def test_recognised_again(stage):
    stage.hear()
    stage.tell(events.RetryBegan("t1", "base.en"), events.Retried("t1", utterance("What time is it?", model="base.en")))
    assert stage.texts == ["What time is it?"]
