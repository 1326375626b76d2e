import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QLineEdit, QPushButton, QVBoxLayout, QWidget

from starling.ui.kit import SegmentedSwitch

OPTIONS = [("assistant", "Assistant", "assistant"), ("dictation", "Dictation", "dictation"), ("off", "Off", "off")]


@pytest.fixture
def switch(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    before, switch, after = QLineEdit(), SegmentedSwitch(), QLineEdit()
    before.setObjectName("before")
    after.setObjectName("after")
    switch.set_options(OPTIONS)
    for widget in (before, switch, after):
        column.addWidget(widget)
    window.show()
    qtbot.waitExposed(window)
    before.setFocus()
    yield switch
    window.close()


def focused(switch) -> str:
    widget = switch.window().focusWidget()
    return getattr(widget, "key", widget.objectName())


def test_the_first_option_is_chosen_and_nothing_told(qtbot):
    switch = SegmentedSwitch()
    qtbot.addWidget(switch)
    assert switch.value == ""
    with qtbot.assertNotEmitted(switch.chosen):
        switch.set_options(OPTIONS)
        switch.set_value("off")
        switch.set_value("nonsense")
    assert switch.value == "off"


def test_a_click_chooses(qtbot, switch):
    with qtbot.waitSignal(switch.chosen) as told:
        qtbot.mouseClick(switch.findChildren(QPushButton)[1], Qt.MouseButton.LeftButton)
    assert told.args == ["dictation"]
    assert switch.value == "dictation"


def test_arrow_keys_choose_and_go_round(qtbot, switch):
    told: list[str] = []
    switch.chosen.connect(told.append)
    qtbot.keyClick(switch.window().focusWidget(), Qt.Key.Key_Tab)
    assert focused(switch) == "assistant"
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_Up):
        qtbot.keyClick(switch.window().focusWidget(), key)
    assert told == ["dictation", "off", "assistant", "off", "dictation"]
    assert (switch.value, focused(switch)) == ("dictation", "dictation")


def test_tab_enters_at_what_is_chosen_and_leaves_at_once(qtbot, switch):
    switch.set_value("off")
    order = []
    for _ in range(3):
        qtbot.keyClick(switch.window().focusWidget(), Qt.Key.Key_Tab)
        order.append(focused(switch))
    assert order == ["off", "after", "before"]


def test_disabled_options_are_passed_over(qtbot, switch):
    switch.findChildren(QPushButton)[1].setEnabled(False)
    qtbot.keyClick(switch.window().focusWidget(), Qt.Key.Key_Tab)
    qtbot.keyClick(switch.window().focusWidget(), Qt.Key.Key_Right)
    assert switch.value == "off"


def test_options_are_radio_buttons_with_names(switch):
    seen = [QAccessible.queryAccessibleInterface(button) for button in switch.findChildren(QPushButton)]
    assert {interface.role() for interface in seen} == {QAccessible.Role.RadioButton}
    assert [interface.text(QAccessible.Text.Name) for interface in seen] == ["Assistant", "Dictation", "Off"]
    assert [interface.state().checked for interface in seen] == [1, 0, 0]


def test_choosing_moves_nothing(switch):
    places = {}
    for key, _, _ in OPTIONS:
        switch.set_value(key)
        switch.layout().activate()
        places[key] = (switch.sizeHint(), [button.geometry() for button in switch.findChildren(QPushButton)])
    assert places["assistant"] == places["dictation"] == places["off"]


def test_new_options_replace_the_old(qtbot, switch):
    switch.set_options([("a", "A", "")])
    assert switch.value == "a"
    qtbot.waitUntil(lambda: len(switch.findChildren(QPushButton)) == 1)
