import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAccessible, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QFileDialog, QLineEdit

from starling.history.bulk import fill, made_up
from starling.history.store import History
from starling.pipeline import events
from starling.ui.history import undo
from tests.ui.history.conftest import say

AT = 1_788_000_000.0
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def three(history):
    return [
        say(history, "buy milk", AT),
        say(history, "what is the time", AT + 60, reply="It is noon."),
        say(history, "Straße nach Köln", AT + 120, "dictation", audio=True),
    ]


def test_entries_are_listed_newest_first(three, stage):
    stage.shows("Straße nach Köln", "what is the time", "buy milk")
    assert stage.view.footer.told.text() == "Entries: 3"
    assert stage.view.list.hasFocus() or stage.view.filters.search.hasFocus()


def test_search_as_one_types(qtbot, three, stage):
    qtbot.keyClick(stage.window, Qt.Key.Key_F, CTRL)
    assert stage.view.filters.search.hasFocus()
    qtbot.keyClicks(stage.view.filters.search, "strasse")
    stage.shows("Straße nach Köln")
    assert stage.view.footer.told.text() == "Found: 1"
    qtbot.keyClicks(stage.view.filters.search, " nothing")
    stage.shows()
    assert stage.view.stack.currentWidget() is stage.view.empty
    assert stage.view.empty.title.text() == "Nothing was found"
    stage.view.filters.search.setText("noon")
    stage.shows("what is the time")
    qtbot.keyClick(stage.view.filters.search, Qt.Key.Key_Down)
    assert stage.view.list.hasFocus()
    assert len(stage.view.details.text.extraSelections()) == 1


def test_filters(three, stage):
    filters = stage.view.filters
    filters.mode.setCurrentIndex(filters.mode.findData("dictation"))
    stage.shows("Straße nach Köln")
    filters.state.setCurrentIndex(filters.state.findData("failed"))
    stage.shows()
    filters.clear()
    stage.shows("Straße nach Köln", "what is the time", "buy milk")
    filters.day.setCurrentIndex(filters.day.findData("yesterday"))
    stage.shows()


def test_the_entry_is_shown_whole(three, stage):
    stage.shows("Straße nach Köln", "what is the time", "buy milk")
    stage.view.list.go(1)
    assert stage.view.details.text.toPlainText() == "what is the time\n\n→ It is noon."
    assert stage.view.details.state.text == "Done"
    assert not stage.view.details.play.isEnabled()
    stage.view.list.go(0)
    assert stage.view.details.play.isEnabled()


def test_why_a_text_was_not_inserted_is_read(history, stage):
    name = say(history, "secret", AT, "dictation")
    history.not_inserted(name, "insert.excluded", "It is a password field.")
    stage.tell(events.HistoryChanged(name))
    stage.shows("secret")
    assert stage.view.details.fault.text() == "It is a password field."
    assert not stage.view.details.fault.isHidden()


def test_several_are_deleted_and_brought_back(qtbot, three, stage):
    stage.shows("Straße nach Köln", "what is the time", "buy milk")
    stage.view.list.setFocus()
    qtbot.keyClick(stage.view.list, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert list(stage.view.list.chosen) == [3, 2]
    assert stage.view.details.moment.text() == "Entries: 2"
    qtbot.keyClick(stage.view.list, Qt.Key.Key_Delete)
    stage.shows("buy milk")
    assert stage.view.undo.isVisible()
    qtbot.keyClick(stage.view.list, Qt.Key.Key_Z, CTRL)
    stage.shows("Straße nach Köln", "what is the time", "buy milk")
    assert not stage.view.undo.isVisible()
    assert stage.service.told("purge") == []


def test_what_is_deleted_is_gone_with_the_page(qtbot, three, stage, tmp_path):
    stage.shows("Straße nach Köln", "what is the time", "buy milk")
    stage.view._delete()
    stage.shows("what is the time", "buy milk")
    with qtbot.waitSignal(stage.bridge.event, check_params_cb=lambda event: isinstance(event, events.TurnDeleted)):
        stage.window.show_page("talk")
    assert list((tmp_path / "history" / "kept").iterdir()) == []


def test_the_time_for_undo_ends(qtbot, three, stage, monkeypatch):
    stage.shows("Straße nach Köln", "what is the time", "buy milk")
    stage.view.undo._time.setInterval(1)
    stage.view._delete()
    qtbot.waitUntil(lambda: stage.service.told("purge") != [])
    assert undo.LASTS_MS >= 5_000


def test_texts_are_copied(qtbot, three, stage):
    stage.shows("Straße nach Köln", "what is the time", "buy milk")
    stage.view.list.selectAll()
    qtbot.keyClick(stage.view.list, Qt.Key.Key_C, CTRL)
    qtbot.waitUntil(lambda: QApplication.clipboard().text() == "buy milk\nwhat is the time\nStraße nach Köln")


def test_recordings_are_played_and_recognised_again(qtbot, three, stage):
    stage.shows("Straße nach Köln", "what is the time", "buy milk")
    stage.view.list.go(0)
    qtbot.keyClick(stage.view.list, Qt.Key.Key_Space)
    assert stage.service.told("replay") == [("replay", three[2])]
    stage.tell(events.ReplayBegan(three[2]))
    assert stage.window._navigation.stops
    qtbot.keyClick(stage.view.list, Qt.Key.Key_Space)
    assert stage.service.told("stop") == [("stop",)]
    stage.tell(events.ReplayEnded(three[2]))
    assert not stage.window._navigation.stops
    stage.tell(events.ModelsFound(("large", "starter"), ()))
    stage.view.details.models.actions()[0].trigger()
    assert stage.service.told("retry") == [("retry", three[2], "large")]
    stage.tell(events.Retried(three[2], error={"code": "x", "message": "No such model.", "fix": ""}))
    assert "No such model." in stage.view.footer.told.text()


def test_what_is_said_meanwhile_appears(history, three, stage):
    stage.shows("Straße nach Köln", "what is the time", "buy milk")
    stage.view.list.go(1)
    stage.tell(events.HistoryChanged(say(history, "new words", AT + 500)))
    stage.shows("new words", "Straße nach Köln", "what is the time", "buy milk")
    assert stage.view.list.current.text == "what is the time"


def test_what_is_listed_is_saved(qtbot, three, stage, tmp_path):
    stage.view.filters.search.setText("milk")
    stage.shows("buy milk")
    qtbot.keyClick(stage.view.list, Qt.Key.Key_S, CTRL)
    dialog = stage.view.saving.dialog
    assert isinstance(dialog, QFileDialog)
    dialog.fileSelected.emit(str(tmp_path / "out.txt"))
    qtbot.waitUntil(lambda: "Saved as" in stage.view.footer.told.text())
    assert "buy milk" in (tmp_path / "out.txt").read_text("utf-8")
    assert "time" not in (tmp_path / "out.txt").read_text("utf-8")
    dialog.reject()
    assert stage.view.saving.dialog is None


def test_private_mode_is_switched_everywhere(qtbot, stage):
    assert not stage.window.state_line.private.isVisible()
    qtbot.mouseClick(stage.view.footer.private, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: stage.window.state_line.private.isVisible())
    assert stage.service.told("set_private") == [("set_private", True)]
    assert stage.window.menus.private.isChecked()
    assert stage.view.empty.title.text() == "Private mode is on"
    stage.window.menus.private.trigger()
    qtbot.waitUntil(lambda: not stage.view.footer.private.isChecked())
    assert not stage.window.state_line.private.isVisible()


def test_texts_that_are_not_kept_are_explained(make_stage):
    stage = make_stage(history__keep=False)
    stage.qtbot.waitUntil(lambda: stage.view.stack.currentWidget() is stage.view.empty)
    assert stage.view.empty.title.text() == "Texts are not kept"


def test_everything_is_named_and_reached_by_tab(three, stage):
    stage.shows("Straße nach Köln", "what is the time", "buy milk")
    for control in (*stage.view.findChildren(QAbstractButton), *stage.view.findChildren(QComboBox)):
        inside = isinstance(control.parent(), QLineEdit)  # Qt's own, passed by with the field
        assert inside or control.accessibleName() or getattr(control, "text", str)(), control
    reached, widget = set(), stage.view.filters.search
    widget.setFocus()
    for _ in range(30):
        stage.window.focusNextChild()
        reached.add(QApplication.focusWidget())
    wanted = {stage.view.list, stage.view.details.text, stage.view.details.delete, stage.view.footer.save}
    assert wanted <= reached
    assert QAccessible.queryAccessibleInterface(stage.view.list).text(QAccessible.Text.Name) == "History"


@pytest.mark.parametrize("size", [(760, 480), (1160, 760), (1900, 1000)])
def test_it_fits(make_stage, three, size):
    stage = make_stage(size)
    stage.shows("Straße nach Köln", "what is the time", "buy milk")
    assert stage.view.list.width() > 150
    assert (stage.window.width(), stage.window.height()) == size


def test_a_hundred_thousand_are_scrolled_through_without_reading_all(qtbot, tmp_path, make_stage, history):
    """5,000 here: the list reads what is seen; the bench has the figures for 100,000."""
    history.close()
    fill(tmp_path / "history", made_up(5_000))
    history.__init__(tmp_path / "history")  # the fixture closes it
    assert isinstance(history, History)
    stage = make_stage()
    entries = stage.view.list.entries
    qtbot.waitUntil(lambda: len(entries.numbers) == 5_000)
    stage.view.list.scrollToBottom()
    qtbot.waitUntil(lambda: entries.known(entries.numbers[-1]) is not None)
    assert entries.known(entries.numbers[2_500]) is None
    read = [call for call in stage.service.told("read_history") if call[1]]
    assert sum(len(call[1]) for call in read) < 500
    QGuiApplication.sendEvent(stage.view.list, QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_A, CTRL))
    assert len(stage.view.list.chosen) == 5_000
