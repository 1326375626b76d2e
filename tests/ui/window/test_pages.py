"""Pages: what leads to them, when they are built, and what stays while they change."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QLineEdit

from starling.pipeline import events
from starling.ui.window.pages import Page

ALT, CTRL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier


class Other(Page):
    def __init__(self, title="O&ther"):
        super().__init__(title, "speaker")
        self.calls = []

    def build(self):
        self.calls.append("build")
        self.field = QLineEdit()
        self.column.addWidget(self.field)

    def activated(self):
        self.calls.append("activated")

    def left(self):
        self.calls.append("left")

    def take_focus(self):
        self.field.setFocus()

    def stop(self):
        self.calls.append("stop")


@pytest.fixture
def other(stage):
    page = Other()
    stage.window.add_page("other", page)
    return page


def test_a_page_is_built_when_it_is_first_shown(stage, other):
    assert other.calls == []
    stage.window.show_page("other")
    stage.window.show_page("other")
    stage.window.show_page("talk")
    stage.window.show_page("other")
    assert other.calls == ["build", "activated", "left", "activated"]
    assert other.isVisible()


def test_alt_and_a_number_leads_to_a_page(qtbot, stage, other):
    window = stage.window
    number = len(window.menus.pages)
    qtbot.keyClick(window, str(number), ALT)
    assert other.field.hasFocus()
    assert window.menus.pages["other"].isChecked()
    qtbot.keyClick(window, "1", ALT)
    assert window.composer.talk.hasFocus()


def test_arrows_in_the_rail_choose_and_keep_the_keyboard(qtbot, stage, other):
    ways = stage.window.rail.ways
    ways[0].setFocus()
    qtbot.keyClick(ways[0], Qt.Key.Key_Up)
    assert other.isVisible()
    assert ways[-1].hasFocus()
    qtbot.keyClick(ways[-1], Qt.Key.Key_Down)
    assert stage.window.pages.key == "talk"
    assert QApplication.focusWidget() is ways[0]


def test_a_click_in_the_rail_gives_the_page_the_keyboard(qtbot, stage, other):
    qtbot.mouseClick(stage.window.rail.ways[-1], Qt.MouseButton.LeftButton)
    assert other.field.hasFocus()


def test_the_ways_are_radio_buttons_with_names(stage, other):
    interface = QAccessible.queryAccessibleInterface(stage.window.rail.ways[-1])
    assert interface.role() is QAccessible.Role.RadioButton
    assert interface.text(QAccessible.Text.Name) == "Other"


def test_the_state_line_stays_and_the_status_panel_goes(stage, other):
    window = stage.window
    window.resize(1400, 800)
    assert window.status.isVisible()
    window.show_page("other")
    assert (window.state_line.isVisible(), window.status.isVisible()) == (True, False)
    assert not window.menus.panel.isEnabled()
    window.show_page("talk")
    assert window.status.isVisible()
    assert window.header.panel.isEnabled()


def test_escape_ends_what_goes_on_on_the_page_and_nothing_else(qtbot, stage, other):
    window = stage.window
    window.show_page("other")
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    other.stoppable_changed.emit(True)
    stage.tell(events.SpeechBegan(0.0))
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert other.calls[2:] == ["stop"]
    assert stage.told("cancel") == []
    other.stoppable_changed.emit(False)
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert stage.told("cancel") == [("cancel",)]


@pytest.mark.parametrize("key", [Qt.Key.Key_L, Qt.Key.Key_End])
def test_what_belongs_to_talking_leads_back_to_it(qtbot, stage, other, key):
    stage.window.show_page("other")
    qtbot.keyClick(stage.window, key, CTRL)
    assert stage.window.pages.key == "talk"


def test_with_large_letters_the_rail_lies_above(stage, other):
    window = stage.window
    window.resize(window.minimumSize())
    assert window.rail.height() > window.rail.width()
    font = window.font()
    font.setPointSizeF(font.pointSizeF() * 2)
    window.setFont(font)
    window.resize(761, 480)
    QApplication.processEvents()
    assert window.rail.width() > window.rail.height()
    assert window.centralWidget().minimumSizeHint().width() <= window.centralWidget().width()
