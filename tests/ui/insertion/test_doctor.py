"""The doctor over ways that type by a signal, fail or are not there; and the scratchpad below it."""

from __future__ import annotations

import threading

import pytest
import shiboken6
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMainWindow, QMessageBox

from starling.core.errors import StarlingError
from starling.dictation.insertion.base import Availability
from starling.dictation.insertion.inserter import Inserter
from starling.dictation.insertion.scratchpad import Scratchpad
from starling.dictation.surroundings import Session
from starling.pipeline.inserting import scratchpad_of_user
from starling.settings import store
from starling.ui.insertion.doctor import WAYS, InsertionDoctor
from starling.ui.insertion.opening import InsertionFoot, InsertionMenu
from starling.ui.insertion.words import sample
from starling.ui.window.menus import Menus

SWAY = Session("wayland", "sway", wayland="w")


class Keyboard(QObject):
    typed = Signal(str)


class Typing:
    """``result``: None types what it is given, a text types that, an error fails."""

    def __init__(self, name, keyboard, result=None, told=None) -> None:
        self.name, self._keyboard, self._result = name, keyboard, result
        self._told = told or Availability(True)
        self.threads, self.closed = [], False

    def available(self):
        return self._told

    def insert(self, text, target):
        self.threads.append(threading.current_thread())
        if isinstance(self._result, StarlingError):
            raise self._result
        self._keyboard.typed.emit(text if self._result is None else self._result)

    def undo(self, characters) -> None:
        pass

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def keyboard(qapp):
    return Keyboard()


@pytest.fixture
def opened(qtbot, tmp_path, keyboard):
    made = []

    def open_with(*ways):
        tool = Inserter(tmp_path / "insertion", of=SWAY, ways={way.name: way for way in ways})
        dialog = InsertionDoctor(store.load(), make=lambda: tool)
        keyboard.typed.connect(dialog.field.insertPlainText)
        made.append(dialog)
        dialog.show()
        dialog.activateWindow()
        qtbot.waitUntil(lambda: dialog.session.text() != "" and dialog.isActiveWindow())
        return dialog, tool

    yield open_with
    for dialog in made:
        if shiboken6.isValid(dialog):
            dialog.close()


def test_each_way_is_shown_as_it_is_found(opened, keyboard) -> None:
    missing = Typing(
        "ydotool", keyboard, told=Availability(False, "ydotool is not installed.", "sudo apt install ydotool")
    )
    dialog, _ = opened(Typing("wtype", keyboard), missing)
    assert dialog.session.text() == "This is a Wayland session with sway."
    assert dialog.rows["wtype"].badge.text == "Not tested yet"
    assert dialog.rows["ydotool"].badge.text == "Not here"
    assert dialog.rows["ydotool"].reason.text() == "ydotool is not installed."
    assert not dialog.rows["ydotool"].test.isEnabled()
    assert dialog.rows["wtype"].test.isEnabled()
    assert not dialog.rows["xtest"].isVisible()  # this inserter has none


def test_all_are_tested_off_the_windows_thread(opened, keyboard, qtbot) -> None:
    failing = Typing("portal", keyboard, StarlingError("insert.x", "The desktop said no.", "Allow it."))
    ways = [Typing("wtype", keyboard), failing, Typing("paste", keyboard, "Starling: other")]
    dialog, _ = opened(*ways)
    qtbot.mouseClick(dialog.all, Qt.MouseButton.LeftButton)
    assert dialog.rows["wtype"].badge.text == "Being tested"
    assert not dialog.all.isEnabled()
    qtbot.waitUntil(lambda: dialog.rows["paste"].badge.kind == "bad", timeout=10_000)
    assert dialog.rows["wtype"].badge.text == "Works"
    assert (dialog.rows["portal"].badge.text, dialog.rows["portal"].reason.text()) == (
        "Does not work",
        "The desktop said no.",
    )
    assert dialog.rows["paste"].reason.text().startswith("Another text arrived")
    threads = {thread for way in ways for thread in way.threads}
    assert threads
    assert threading.main_thread() not in threads
    qtbot.waitUntil(dialog.all.isEnabled)


def test_a_way_of_which_nothing_arrives(opened, keyboard, qtbot) -> None:
    dialog, _ = opened(Typing("wtype", keyboard, ""))
    dialog.rows["wtype"].test.click()
    qtbot.waitUntil(lambda: dialog.rows["wtype"].badge.kind == "bad", timeout=10_000)
    assert dialog.rows["wtype"].reason.text() == "No text arrived."


def test_the_samples() -> None:
    assert all(sample(name) for name in WAYS)
    assert sample("portal").isascii()
    assert not sample("wtype").isascii()


def test_failures_are_shown_and_forgotten(opened, keyboard, qtbot, tmp_path) -> None:
    Inserter(tmp_path / "insertion", of=SWAY, ways={}).memory.remember("gedit", "wtype", "c", "r")
    dialog, tool = opened(Typing("wtype", keyboard))
    assert "gedit" in dialog.failures.text()
    dialog.forget.click()
    qtbot.waitUntil(lambda: not dialog.forget.isVisible())
    assert tool.memory.failures == ()


def test_closing_lets_go(opened, keyboard, qtbot) -> None:
    way = Typing("wtype", keyboard)
    dialog, _ = opened(way)
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    assert way.closed


def test_what_is_edited_is_on_disk(opened, keyboard, qtbot) -> None:
    pad = scratchpad_of_user()
    pad.add("dictated", "No way.")
    dialog, _ = opened(Typing("wtype", keyboard))
    card = dialog.scratchpad
    qtbot.waitUntil(lambda: card.field.toPlainText() == "dictated\n")
    assert card.reason.text().endswith("No way.")
    qtbot.keyClicks(card.field, "more")
    qtbot.waitUntil(lambda: pad.read().text == "dictated\nmore")
    card.copy.click()
    assert QGuiApplication.clipboard().text() == "dictated\nmore"


def test_what_comes_while_somebody_edits_is_kept(opened, keyboard, qtbot) -> None:
    dialog, _ = opened(Typing("wtype", keyboard))
    card = dialog.scratchpad
    qtbot.waitUntil(lambda: card._loaded)
    scratchpad_of_user().add("first", "r")
    qtbot.waitUntil(lambda: card.field.toPlainText() == "first\n")
    card.field.moveCursor(card.field.textCursor().MoveOperation.Start)
    qtbot.keyClicks(card.field, "A ")
    scratchpad_of_user().add("second", "r")
    qtbot.waitUntil(lambda: card.field.toPlainText() == "A first\nsecond\n")
    qtbot.waitUntil(lambda: scratchpad_of_user().read().text == "A first\nsecond\n")


def test_closing_saves_what_was_just_typed(opened, keyboard, qtbot) -> None:
    dialog, _ = opened(Typing("wtype", keyboard))
    qtbot.waitUntil(lambda: dialog.scratchpad._loaded)
    qtbot.keyClicks(dialog.scratchpad.field, "at the last moment")
    dialog.close()
    path = scratchpad_of_user()._path
    assert Scratchpad(path).read().text == "at the last moment"


def test_it_is_cleared_only_after_a_yes(opened, keyboard, qtbot) -> None:
    scratchpad_of_user().add("dictated", "r")
    dialog, _ = opened(Typing("wtype", keyboard))
    card = dialog.scratchpad
    qtbot.waitUntil(lambda: card.clear.isEnabled())
    card.clear.click()
    box = card.findChild(QMessageBox)
    assert card.field.toPlainText()
    next(button for button in box.buttons() if "Delete" in button.text()).click()
    qtbot.waitUntil(lambda: scratchpad_of_user().read().text == "")
    assert not card.copy.isEnabled()


@pytest.mark.qt_log_ignore("This plugin does not support raise")
def test_it_is_in_the_help_menu_and_the_preferences(qtbot) -> None:
    """The dialog itself is shown in the end-to-end test."""
    window = QMainWindow()
    qtbot.addWidget(window)
    window.menus = Menus(window)
    menu = InsertionMenu(store.load(), window)
    texts = [action.text() for each in window.menuBar().actions() for action in each.menu().actions()]
    assert "&Insertion doctor" in texts
    assert "S&cratchpad" in texts
    menu.open_scratchpad()
    first = menu.dialog
    menu.doctor.trigger()
    assert menu.dialog is first
    assert first.isVisible()
    menu.close()
    qtbot.waitUntil(lambda: menu.dialog is None)
    foot = InsertionFoot(store.load())
    qtbot.addWidget(foot)
    foot.button.click()
    assert foot._opener.dialog.isVisible()
    foot._opener.close()


def test_everything_has_a_name(opened, keyboard) -> None:
    dialog, _ = opened(*(Typing(name, keyboard) for name in WAYS))
    assert {row.test.accessibleName() for row in dialog.rows.values()} == {
        "Test: Keys on X11 (XTEST)",
        "Test: Keys on Wayland (wtype)",
        "Test: Keys by the desktop's portal",
        "Test: Keys by ydotool",
        "Test: Pasting",
    }
    assert dialog.field.accessibleName()
    assert dialog.scratchpad.field.accessibleName()
