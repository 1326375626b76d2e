"""The talk key: space bar, button, and the ways in which neither must stay down."""

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

from starling.ui.window.talk_key import REPEAT_GAP_MS

SPACE = Qt.Key.Key_Space


def talk(stage) -> list[str]:
    return [call[0] for call in stage.service.calls if call[0] in ("press", "release", "cancel", "stop")]


def repeat(window) -> None:
    for kind in (QEvent.Type.KeyRelease, QEvent.Type.KeyPress):
        event = QKeyEvent(kind, SPACE, Qt.KeyboardModifier.NoModifier, " ", True)
        QApplication.sendEvent(QApplication.focusWidget() or window, event)


@pytest.fixture
def unfocused(stage):
    """Nothing in the window has the focus but the window."""
    stage.window.setFocus()
    return stage


def test_space_holds_the_talk_key(qtbot, unfocused):
    window = unfocused.window
    qtbot.keyPress(window, SPACE)
    assert talk(unfocused) == ["press"]
    repeat(window)
    assert talk(unfocused) == ["press"]
    qtbot.keyRelease(window, SPACE)
    qtbot.waitUntil(lambda: talk(unfocused) == ["press", "release"])


def test_a_repeat_that_looks_like_a_release_and_a_press_is_none(qtbot, unfocused):
    window = unfocused.window
    qtbot.keyPress(window, SPACE)
    for _ in range(3):
        qtbot.keyRelease(window, SPACE)
        qtbot.keyPress(window, SPACE)
        qtbot.wait(2 * REPEAT_GAP_MS)
    assert talk(unfocused) == ["press"]
    qtbot.keyRelease(window, SPACE)
    qtbot.waitUntil(lambda: talk(unfocused) == ["press", "release"])


def test_space_is_the_talk_key_on_a_turn_too(qtbot, unfocused):
    unfocused.hear()
    unfocused.window.transcript.column.go(0)
    row = QApplication.focusWidget()
    assert unfocused.window.transcript.isAncestorOf(row)
    qtbot.keyClick(row, SPACE)
    qtbot.waitUntil(lambda: talk(unfocused) == ["press", "release"])


def test_space_is_a_space_in_the_text_field(qtbot, stage):
    field = stage.window.composer.field
    field.setFocus()
    qtbot.keyClicks(field, "a b")
    assert field.text() == "a b"
    assert talk(stage) == []


def test_space_presses_a_button_that_has_the_focus(qtbot, stage):
    stage.window.header.mute.setFocus()
    qtbot.keyClick(stage.window.header.mute, SPACE)
    assert talk(stage) == []
    assert stage.told("set_muted") == [("set_muted", True)]


def test_space_with_a_modifier_is_not_the_talk_key(qtbot, unfocused):
    qtbot.keyClick(unfocused.window, SPACE, Qt.KeyboardModifier.ControlModifier)
    assert talk(unfocused) == []


def test_the_key_is_let_go_when_the_focus_moves(qtbot, unfocused):
    qtbot.keyPress(unfocused.window, SPACE)
    unfocused.window.composer.field.setFocus()
    qtbot.waitUntil(lambda: talk(unfocused) == ["press", "release"])
    qtbot.keyRelease(unfocused.window.composer.field, SPACE)
    qtbot.waitUntil(lambda: talk(unfocused) == ["press", "release"])


def test_the_key_is_let_go_when_the_window_is_left(qtbot, unfocused):
    other = QWidget()
    qtbot.addWidget(other)
    qtbot.keyPress(unfocused.window, SPACE)
    other.show()
    other.activateWindow()
    qtbot.waitUntil(lambda: talk(unfocused) == ["press", "release"])


def test_the_key_is_let_go_when_the_window_is_hidden(qtbot, unfocused):
    qtbot.mousePress(unfocused.window.composer.talk, Qt.MouseButton.LeftButton)
    unfocused.window.hide()
    qtbot.waitUntil(lambda: talk(unfocused) == ["press", "release"])


def test_the_button_holds_the_talk_key_wherever_the_pointer_goes(qtbot, stage):
    button = stage.window.composer.talk
    qtbot.mousePress(button, Qt.MouseButton.LeftButton)
    qtbot.mouseMove(button, QPoint(-200, -200))
    assert talk(stage) == ["press"]
    qtbot.mouseRelease(button, Qt.MouseButton.LeftButton, pos=QPoint(-200, -200))
    qtbot.waitUntil(lambda: talk(stage) == ["press", "release"])


def test_the_button_by_keyboard(qtbot, stage):
    button = stage.window.composer.talk
    button.setFocus()
    qtbot.keyPress(button, SPACE)
    assert talk(stage) == ["press"]
    repeat(stage.window)
    qtbot.keyRelease(button, SPACE)
    qtbot.waitUntil(lambda: talk(stage) == ["press", "release"])
    qtbot.keyClick(button, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: talk(stage) == ["press", "release"] * 2)


def test_space_and_button_are_one_key(qtbot, unfocused):
    button = unfocused.window.composer.talk
    qtbot.keyPress(unfocused.window, SPACE)
    qtbot.mousePress(button, Qt.MouseButton.LeftButton)
    qtbot.keyRelease(unfocused.window, SPACE)
    assert talk(unfocused) == ["press"]
    qtbot.mouseRelease(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: talk(unfocused) == ["press", "release"])


def test_the_button_says_that_the_key_is_held(qtbot, stage):
    button = stage.window.composer.talk
    assert button.text() == "Talk"
    width = button.width()
    with qtbot.waitSignal(stage.bridge.panel_changed):
        stage.service.press()
    assert button.text() == "Talking"
    assert button.width() == width
    with qtbot.waitSignal(stage.bridge.panel_changed):
        stage.service.release()
    assert button.text() == "Talk"
