"""The question before a change: what is shown, who may answer it, and that nothing disturbs what is being typed."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QApplication, QLabel

from starling.assistant.conversation import Assistant
from starling.core.errors import StarlingError
from starling.pipeline import events
from starling.ui.connection import confirm_banner, words
from starling.ui.look.tokens import FOCUS_ROOM
from starling.ui.voices.page import VoicesPage
from starling.ui.window.dialogs import ShortcutsDialog
from tests.ui.window.conftest import make_stage, no_plots, stage
from tests.ui.window.test_every_control import described, interactive, name_of, stops
from tests.ui.window.test_translation import Brackets, _without_brackets, brackets, untranslated

__all__ = ["Brackets", "brackets", "make_stage", "no_plots", "stage"]
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

TIMER = events.ConfirmAsked(
    "t1", "Shall I set a pasta timer for 10 minutes? Yes or no?", "set_timer", (("minutes", "10"), ("name", "pasta"))
)
NASTY = "<b>bold</b> <img src='file:///etc/passwd'> &amp; %1 {0} \u202e\n" * 40
NOTE = events.ConfirmAsked("t2", NASTY, "add_note", (("text", NASTY),))


@pytest.fixture
def banner(stage):
    stage.window.resize(1100, 760)
    stage.tell(events.Listening("assistant", "always", False), events.Ready("legacy", "USB"))
    return stage.window._frame.confirm


def shown(banner) -> list[str]:
    return [label.text() for label in banner.findChildren(QLabel) if label.isVisibleTo(banner)]


def test_nothing_is_asked_at_first(stage, banner):
    assert banner.isHidden()
    assert not stage.window.menus.allow.isEnabled()
    assert not stage.window.menus.refuse.isEnabled()


def test_it_says_what_would_be_done(stage, banner):
    stage.tell(TIMER)
    assert banner.isVisible()
    assert [text for text in shown(banner) if text != banner.hint.text()] == [
        "Set a timer?",
        "Shall I set a pasta timer for 10 minutes? Yes or no?",
        "Minutes",
        "10",
        "Name",
        "pasta",
    ]
    assert "Ctrl+Shift+Y allows it, Ctrl+Shift+N refuses it" in banner.hint.text()
    assert banner.accessibleName() == "The language model asks"
    assert "Minutes: 10. Name: pasta." in banner.accessibleDescription()


@pytest.mark.parametrize("yes", [True, False])
def test_a_button_answers_once(qtbot, stage, banner, yes):
    stage.tell(TIMER)
    for _ in range(2):
        qtbot.mouseClick(banner.allow if yes else banner.refuse, Qt.MouseButton.LeftButton)
    assert stage.told("confirm") == [("confirm", "t1", yes)]
    assert banner.isVisible()
    assert not stage.window.menus.allow.isEnabled()
    stage.tell(events.ConfirmEnded("t1", "yes" if yes else "no"))
    assert banner.isHidden()


@pytest.mark.parametrize(("key", "yes"), [(Qt.Key.Key_Y, True), (Qt.Key.Key_N, False)])
def test_its_keys_work_while_something_is_typed(qtbot, stage, banner, key, yes):
    field = stage.window.composer.field
    field.setFocus()
    stage.tell(TIMER)
    qtbot.keyClicks(field, "what else")
    assert QApplication.focusWidget() is field
    qtbot.keyClick(field, key, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert stage.told("confirm") == [("confirm", "t1", yes)]
    assert field.text() == "what else"


def test_enter_and_space_answer_nothing_by_chance(qtbot, stage, banner):
    field = stage.window.composer.field
    field.setFocus()
    stage.tell(TIMER)
    qtbot.keyClicks(field, "a b")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert stage.told("confirm") == []
    assert stage.told("ask") == [("ask", "a b")]


def test_it_is_reached_by_tab_and_everything_has_a_name(qtbot, stage, banner):
    stage.tell(NOTE)
    QCoreApplication.processEvents()
    assert [described(each) for each, _ in interactive(banner) if not name_of(each).strip()] == []
    stage.window.composer.field.setFocus()
    reached = [stop for stop in stops(qtbot, stage.window, Qt.Key.Key_Tab) if banner.isAncestorOf(stop)]
    assert reached == [banner.details, banner.allow, banner.refuse]
    left = stage.window
    order = [
        next((part for part in (left.rail, banner, left.transcript, left.composer) if part.isAncestorOf(stop)), None)
        for stop in stops(qtbot, stage.window, Qt.Key.Key_Tab)
    ]
    assert order.index(left.rail) < order.index(banner) < order.index(left.composer)


def test_the_focus_goes_on_when_it_ends(qtbot, stage, banner):
    stage.tell(TIMER)
    banner.refuse.setFocus()
    qtbot.keyClick(banner.refuse, Qt.Key.Key_Space)
    assert stage.told("confirm") == [("confirm", "t1", False)]
    assert QApplication.focusWidget() is stage.window.composer.field
    stage.tell(events.ConfirmEnded("t1", "no"))
    assert QApplication.focusWidget() is stage.window.composer.field


@pytest.mark.parametrize(
    "event",
    [
        events.ConfirmEnded("t1", "yes"),
        events.ConfirmEnded("t1", "no"),
        events.ConfirmEnded("t1", "unanswered"),
        events.Stopped(StarlingError("app.ended", "It ended.", "Start it.")),
    ],
)
def test_voice_time_and_the_end_close_it(stage, banner, event):
    stage.tell(TIMER, event)
    assert banner.isHidden()
    stage.window.menus.allow.trigger()
    banner.answer(True)
    assert stage.told("confirm") == []


def test_the_next_question_takes_the_place_of_one(stage, banner):
    stage.tell(TIMER, NOTE)
    banner.answer(True)
    assert stage.told("confirm") == [("confirm", "t2", True)]
    stage.tell(events.ConfirmEnded("t2", "yes"), TIMER)
    assert banner.allow.isEnabled()


def test_data_stays_data_and_leaves_room(stage, banner):
    stage.tell(NOTE)
    QCoreApplication.processEvents()
    labels = banner.findChildren(QLabel)
    assert {label.textFormat() for label in labels} == {Qt.TextFormat.PlainText}
    assert NASTY in [label.text().replace("\u200b", "") for label in labels]
    lines = confirm_banner.MOST_LINES * banner.details.fontMetrics().lineSpacing()
    assert lines <= banner.details.height() <= lines + 2 * FOCUS_ROOM
    assert banner.details.widget().height() > lines  # it scrolls
    assert banner.height() < stage.window.height() * 0.6
    stage.tell(TIMER)
    QCoreApplication.processEvents()
    assert banner.details.widget().height() <= banner.details.viewport().height() < lines  # all is seen


@pytest.mark.parametrize("size", [(760, 480), (1100, 760)])
def test_no_word_is_too_long_to_be_seen(stage, banner, size):
    stage.window.resize(*size)
    stage.tell(replace(NOTE, question="y" * 5000, arguments=(("text", "x" * 1000),)))
    QCoreApplication.processEvents()
    value = next(each for each in banner.details.findChildren(QLabel) if each.text().startswith("xx"))
    assert value.text().replace("\u200b", "") == "x" * 1000
    words = value.text().split("\u200b")
    assert max(value.fontMetrics().horizontalAdvance(word) for word in words) <= value.width()
    assert banner.height() < stage.window.height() * 0.7


def test_it_is_shown_above_every_page(stage, banner):
    stage.tell(TIMER)
    assert banner.parentWidget().isAncestorOf(stage.window.pages)
    assert not stage.window.pages.isAncestorOf(banner)


def test_every_change_has_plain_words(tmp_path):
    toolbox = Assistant(tmp_path).toolbox
    changing = [name for name in toolbox.names if toolbox.changes(name)]
    assert changing
    assert [name for name in changing if words.tool_title(name) in ("", name, name.replace("_", " "))] == []
    schemas = {schema["function"]["name"]: schema["function"]["parameters"] for schema in toolbox.schemas()}
    arguments = {argument for name in changing for argument in schemas[name]["properties"]}
    assert [each for each in arguments if words.argument_title(each) == each] == []
    assert words.tool_title("launch_rocket") == "launch rocket"


def test_every_text_is_translated(brackets, qtbot, make_stage):
    made = make_stage()
    made.window.show()
    made.tell(events.ConfirmAsked("t", "[?]", "set_timer", (("minutes", "10"),)))
    confirm = made.window._frame.confirm
    for text in untranslated(confirm):
        rest = _without_brackets(text).replace("Ctrl+Shift+Y", "").replace("Ctrl+Shift+N", "")
        assert not any(letter.isalpha() for letter in rest), text


def test_the_keys_are_in_the_list_of_keys(qtbot, stage):
    stage.window.add_page("voices", VoicesPage(stage.service, stage.bridge, stage.settings))
    qtbot.keyClick(stage.window, Qt.Key.Key_F1)
    table = stage.window.findChild(ShortcutsDialog).table
    listed = {table.item(row, 0).text(): table.item(row, 1).text() for row in range(table.rowCount())}
    assert listed["Allow what is asked"] == "Ctrl+Shift+Y"
    assert listed["Refuse what is asked"] == "Ctrl+Shift+N"
    assert (listed["Talk"], listed["Voices"], listed["Voices: Search"]) == ("Alt+1", "Alt+2", "Ctrl+F")
    stage.window.findChild(ShortcutsDialog).reject()
