"""The page of keys: how they stand, and the choice of another."""

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtTest import QTest

from starling.pipeline.events import KeysShown
from starling.settings.schema import SETTINGS
from starling.settings.store import load
from starling.ui.bridge import Bridge
from starling.ui.keys.card import KeysCard
from starling.ui.keys.editor import ChordEditor
from starling.ui.keys.pressed import pressed
from starling.ui.keys.words import state_sentence, way_word
from starling.ui.preferences.surroundings import Surroundings
from tests.helpers.fake_service import FakeService

KEY, MOD = Qt.Key, Qt.KeyboardModifier
GRABBED = KeysShown("x11", "Ctrl+Alt+Space", others=(("cancel", "Escape"), ("mode", "F8")))
TAKEN = KeysShown("x11", problem="Ctrl+Alt+Space is taken by another program.", fix="Choose another key.")
DENIED = KeysShown("portal", problem="The desktop was told no.", fix="Ask again.", advice="Put this there.",
                   lines=("starling ptt toggle",))  # fmt: skip
OWNED = KeysShown("portal", "Press F9")
SWAY = KeysShown("command", problem="There is no portal.", advice="Put these lines there.", lines=("one", "two"))


@pytest.fixture
def bridge(qtbot):
    bridge = Bridge()
    yield bridge
    bridge.close()


@pytest.fixture
def service(bridge):
    return FakeService(bridge.emit_from_any_thread)


@pytest.fixture
def card(qtbot, service):
    card = KeysCard(service)
    qtbot.addWidget(card)
    card.show()
    return card


@pytest.fixture
def editor(qtbot, service, bridge):
    setting = next(setting for setting in SETTINGS if setting.key == "keys.talk")
    editor = ChordEditor(setting, Surroundings(load(), service, bridge))
    qtbot.addWidget(editor)
    editor.show()
    editor.sent = []
    editor.changed.connect(editor.sent.append)
    return editor


def test_a_card_asks_when_it_is_seen_and_shows_nothing_it_does_not_know(card, service):
    assert service.told("look_at_keys")
    assert card.state.text() == "Looking at the keys."
    assert not card.way.isVisible()
    assert not card.by_hand.isVisible()


def test_grabbed_keys_are_named(card):
    card.on_event(GRABBED)
    assert card.way.value.text() == "X11"
    assert card.talk.value.text() == "Ctrl+Alt+Space"
    assert "Hold Ctrl+Alt+Space" in card.state.text()
    assert "Escape forgets" in card.state.text()
    assert "F8 switches" in card.state.text()
    assert not card.problem.isVisible()
    assert not card.again.isVisible()


def test_a_problem_stands_with_its_fix(card):
    card.on_event(TAKEN)
    assert card.problem.text() == "Ctrl+Alt+Space is taken by another program. Choose another key."
    assert card.talk.value.text() == "none"
    assert not card.again.isVisible()


def test_what_the_desktop_refused_can_be_asked_again(card, service):
    card.on_event(DENIED)
    card.again.click()
    assert service.told("ask_for_keys")
    assert card.lines.text() == "starling ptt toggle"


def test_the_lines_for_the_compositor_are_copied_as_they_are(card):
    card.on_event(SWAY)
    card.copy.click()
    assert QGuiApplication.clipboard().text() == "one\ntwo"


@pytest.mark.parametrize(
    "shown",
    [None, GRABBED, KeysShown("x11", waiting=True), KeysShown("portal", waiting=True), KeysShown("off"), OWNED],
)
def test_every_state_without_a_problem_has_a_sentence(shown):
    assert state_sentence(shown).endswith(".")


def test_every_way_has_a_word():
    assert len({way_word(way) for way in ("x11", "portal", "command", "off")}) == 4
    assert way_word("telepathy") == "telepathy"


@pytest.mark.parametrize(
    ("key", "modifiers", "text"),
    [
        (KEY.Key_Space, MOD.ControlModifier | MOD.AltModifier, "ctrl+alt+space"),
        (KEY.Key_F9, MOD.NoModifier, "F9"),
        (KEY.Key_M, MOD.MetaModifier | MOD.ShiftModifier, "shift+super+m"),
        (KEY.Key_1, MOD.AltModifier | MOD.KeypadModifier, "alt+1"),
        (KEY.Key_Control, MOD.ControlModifier, ""),
        (KEY.Key_AltGr, MOD.NoModifier, ""),
        (KEY.Key_Udiaeresis, MOD.ControlModifier, ""),
        (KEY.Key_unknown, MOD.NoModifier, ""),
    ],
)
def test_a_pressed_key_is_written_as_the_settings_do(key, modifiers, text):
    assert pressed(QKeyEvent(QEvent.Type.KeyPress, key, modifiers)) == text


def test_a_key_is_chosen_by_pressing_it(editor):
    editor.capture.click()
    QTest.keyClick(editor.capture, KEY.Key_Control)
    assert editor.capture.isChecked()
    QTest.keyClick(editor.capture, KEY.Key_F7, MOD.ControlModifier)
    assert editor.sent == ["ctrl+F7"]
    assert not editor.capture.isChecked()


def test_tab_and_space_are_keys_while_one_is_waited_for(editor):
    editor.capture.setFocus()
    QTest.keyClick(editor.capture, KEY.Key_Space)  # as any button
    assert editor.capture.isChecked()
    QTest.keyClick(editor.capture, KEY.Key_Tab, MOD.ControlModifier)
    assert editor.sent == ["ctrl+Tab"]


def test_escape_and_leaving_give_up(editor):
    editor.capture.click()
    QTest.keyClick(editor.capture, KEY.Key_Escape)
    assert not editor.capture.isChecked()
    editor.capture.setFocus()
    editor.capture.click()
    editor.field.setFocus()
    assert not editor.capture.isChecked()
    assert editor.sent == []


def test_a_key_that_types_is_not_taken_and_the_reason_is_said(editor):
    editor.capture.click()
    QTest.keyClick(editor.capture, KEY.Key_A)
    assert editor.sent == []
    assert "needed for typing" in editor.verdict.text
    editor.field.setText("ctrl+alt+a")
    editor.commit()
    assert editor.sent == ["ctrl+alt+a"]
    assert editor.verdict.isHidden()


def test_none_can_be_chosen_and_writing_is_put_in_order(editor):
    editor.field.setText(" ALT+control+F2 ")
    editor.commit()
    editor.field.clear()
    editor.commit()
    assert editor.sent == ["ctrl+alt+F2", ""]


def test_where_the_desktop_owns_the_keys_they_are_not_changed_here(editor, bridge, qtbot):
    for shown, owned in ((OWNED, True), (DENIED, False), (OWNED, True), (GRABBED, False)):
        with qtbot.waitSignal(bridge.event):
            bridge.emit_from_any_thread(shown)
        assert editor.field.isReadOnly() is owned
        assert editor.capture.isVisible() is not owned
        assert ("desktop owns" in editor.verdict.text and not editor.verdict.isHidden()) is owned


def test_a_key_that_the_portal_has_not_given_can_be_chosen_and_escape_is_explained(qtbot, service, bridge):
    setting = next(setting for setting in SETTINGS if setting.key == "keys.cancel")
    editor = ChordEditor(setting, Surroundings(load(), service, bridge))
    qtbot.addWidget(editor)
    for shown, readonly, said in (
        (OWNED, False, "gives no key just for a while"),
        (KeysShown("portal", "Press F9", others=(("cancel", "F8"),)), True, "desktop owns"),
        (GRABBED, False, ""),
    ):
        with qtbot.waitSignal(bridge.event):
            bridge.emit_from_any_thread(shown)
        assert editor.field.isReadOnly() is readonly
        assert said in editor.verdict.text
        assert editor.verdict.isHidden() is (not said)
