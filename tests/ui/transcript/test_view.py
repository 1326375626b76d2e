import time
from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QMenu

from starling.ui.look import theme as look
from starling.ui.transcript.column import AT_END
from starling.ui.transcript.reducer import Transcript
from starling.ui.transcript.row import TurnRow
from starling.ui.transcript.turns import Figures, Problem, Recogniser, State, Turn, Who
from starling.ui.transcript.view import TranscriptView

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # popups grab the keyboard

DAY_S = 86_400
LONG = "a text that goes on and on over several lines of the row it stands in " * 5


def turn(number: int, **more) -> Turn:
    facts = dict(who=Who.YOU, at=1_700_000_000.0 + number, state=State.DONE, turn=f"t{number}", text=f"text {number}")
    facts |= dict(replayable=True, figures=Figures("legacy", "tiny.en"))
    return Turn(f"k{number}", **(facts | more))


def many(count: int) -> Transcript:
    return Transcript(tuple(turn(number, text=LONG if number % 7 == 0 else "short") for number in range(count)))


@pytest.fixture
def view(qtbot):
    view = TranscriptView()
    qtbot.addWidget(view)
    view.resize(700, 400)
    view.show()
    view.activateWindow()
    qtbot.waitUntil(view.isActiveWindow)
    return view


def rows(view) -> list[TurnRow]:
    shown = [row for row in view.findChildren(TurnRow) if row.isVisible()]
    return sorted(shown, key=lambda row: row.y())


def texts(row: TurnRow) -> list[str]:
    return [label.text() for label in row.findChildren(QLabel) if label.isVisible() and label.text()]


def bar(view):
    return view.column.verticalScrollBar()


def at_end(view) -> bool:
    return bar(view).value() >= bar(view).maximum() - AT_END


def test_a_row_shows_all_that_is_known(view):
    figures = Figures("legacy", "tiny.en", "", "cpu", ("ctranslate2",), 0.1, 84.0, None, 0.9, ("a note",))
    view.show_transcript(Transcript((turn(1, figures=figures, retried=Recogniser("legacy", "base.en"), before="old"),)))
    (row,) = rows(view)
    assert "You" in texts(row)
    assert "text 1" in texts(row)
    line = (
        "Legacy · tiny.en · CPU · RTF 0.10 · text after 84 ms · confidence 90 % · Recognised again with Legacy base.en"
    )
    assert line in texts(row)
    assert row.accessibleName().startswith("You, ")
    assert row.accessibleName().endswith(": text 1")
    assert row.accessibleDescription() == line


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (dict(state=State.HEARING, text="so fa"), ["Hearing", "so fa"]),
        (dict(state=State.TRANSCRIBING), ["Transcribing"]),
        (dict(state=State.NOTHING, text=""), ["Nothing was heard"]),
        (dict(state=State.ANSWERING), ["Answering"]),
        (dict(state=State.FAILED, text="", problem=Problem("It broke.", "Mend it.")), ["Failed", "It broke. Mend it."]),
        (dict(who=Who.STARLING, state=State.SPEAKING), ["Starling", "Speaking"]),
        (dict(who=Who.STARLING, state=State.STOPPED), ["Stopped"]),
        (dict(who=Who.TIMER), ["Starling, reminding you"]),
        (dict(who=Who.TYPED), ["You, typed"]),
        (dict(who=Who.OVERHEARD), ["Heard, not addressed to Starling"]),
        (dict(who=Who.RECOVERED), ["You, recovered from an earlier run"]),
        (dict(replaying=True), ["Playing the recording"]),
        (dict(who=Who.STARLING, replaying=True), ["Speaking it again"]),
        (dict(retrying="base.en"), ["Recognising again with base.en"]),
    ],
)
def test_states_of_a_row(view, changes, expected):
    view.show_transcript(Transcript((Turn("k", **(dict(who=Who.YOU, at=0.0, state=State.DONE, text="x") | changes)),)))
    (row,) = rows(view)
    assert set(expected) <= set(texts(row))
    assert all(word in row.accessibleName() for word in expected)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (dict(retried=Recogniser("demo"), before="old"), "Legacy · tiny.en · Recognised again with Demo"),
        (
            dict(retried=Recogniser("legacy", "base.en"), silent=True),
            "Legacy · tiny.en · Nothing was heard in it by Legacy base.en",
        ),
    ],
)
def test_a_retry_says_what_did_it_and_whether_it_heard_anything(view, changes, expected):
    view.show_transcript(Transcript((turn(1, **changes),)))
    (row,) = rows(view)
    assert expected in texts(row)
    assert ("Before: old" in row._figures.toolTip()) is ("before" in changes)


@pytest.mark.parametrize(
    ("changes", "buttons"),
    [
        ({}, {"copy", "replay", "retry", "delete"}),
        (dict(replayable=False), {"copy", "delete"}),
        (dict(who=Who.STARLING, replayable=False), {"copy", "say_again", "delete"}),
        (dict(who=Who.TIMER, turn="", replayable=False), {"copy", "delete"}),
        (dict(state=State.HEARING, turn="", replayable=False), set()),
    ],
)
def test_what_can_be_done_is_offered_to_the_focus(qtbot, view, changes, buttons):
    view.show_transcript(Transcript((turn(1, **changes),)))
    view.column.go(0)
    (row,) = rows(view)
    assert row.hasFocus()
    names = ("copy", "replay", "say_again", "retry", "delete")
    assert {name for name in names if row.button(name).isVisible()} == buttons


@pytest.fixture
def theme(qapp):
    """Starling's look, and what was before it."""
    before = qapp.palette()
    look.apply(qapp, "light")
    yield
    qapp.setStyleSheet("")
    qapp.setPalette(before)


def test_buttons_come_and_go_without_moving_anything(theme, view):
    view.show_transcript(many(3))
    before = [row.geometry() for row in rows(view)]
    view.column.go(-1)
    assert [row.geometry() for row in rows(view)] == before
    focused = rows(view)[1]
    assert focused.height_at(focused.width()) == focused.height()


def test_a_partial_text_grows_in_its_row(view):
    view.show_transcript(Transcript((turn(1, state=State.HEARING, text="a"),)))
    (row,) = rows(view)
    low = row.height()
    view.show_transcript(Transcript((turn(1, state=State.HEARING, text=LONG),)))
    assert rows(view) == [row]
    assert row.height() > low
    view.show_transcript(Transcript((turn(1, text=LONG),)))
    assert rows(view) == [row]


def test_days_are_told_apart(view):
    now = time.time()
    turns = (turn(1, at=now - DAY_S), turn(2, at=now), turn(3, at=now))
    view.show_transcript(Transcript(turns))
    headings = [{"Today", "Yesterday"} & set(texts(row)) for row in rows(view)]
    assert headings == [{"Yesterday"}, {"Today"}, set()]


def test_only_rows_in_view_are_widgets_and_they_do_not_overlap(view):
    view.show_transcript(many(2000))
    assert len(view.findChildren(TurnRow)) < 40
    bar(view).setValue(bar(view).maximum() // 2)
    shown = rows(view)
    assert len(shown) < 40
    assert shown[0].y() <= 0 < shown[-1].y() + shown[-1].height()
    for above, below in pairwise(shown):
        assert above.y() + above.height() < below.y() + 1
    assert all(row.height() >= row.height_at(row.width()) for row in shown)


def test_it_stays_at_the_newest(view):
    view.show_transcript(many(50))
    assert at_end(view)
    view.show_transcript(many(51))
    assert at_end(view)
    assert rows(view)[-1].turn.key == "k50"
    view.resize(400, 300)
    assert at_end(view)


def test_it_stays_where_the_user_has_scrolled(qtbot, view):
    view.show_transcript(many(50))
    bar(view).setValue(bar(view).maximum() // 2)
    seen = next(row for row in rows(view) if row.y() > 0)
    key, y = seen.turn.key, seen.y()
    view.show_transcript(many(60))
    assert (view.column.row(key).y(), at_end(view)) == (y, False)
    assert view.jump.isVisible()
    qtbot.mouseClick(view.jump, Qt.MouseButton.LeftButton)
    assert at_end(view)
    assert not view.jump.isVisible()


def test_scrolling_back_to_the_end_follows_again(view):
    view.show_transcript(many(50))
    bar(view).setValue(0)
    bar(view).setValue(bar(view).maximum())
    view.show_transcript(many(60))
    assert at_end(view)


def test_keys_move_between_rows(qtbot, view):
    view.show_transcript(many(300))
    view.column.go(0)

    def press(key) -> str:
        qtbot.keyClick(QApplication.focusWidget(), key)
        row = QApplication.focusWidget()
        assert isinstance(row, TurnRow)
        assert 0 <= row.y() <= view.height() - row.height()
        return row.turn.key

    assert press(Qt.Key.Key_Up) == "k298"
    assert press(Qt.Key.Key_Down) == "k299"
    assert press(Qt.Key.Key_Down) == "k299"
    assert press(Qt.Key.Key_Home) == "k0"
    assert press(Qt.Key.Key_Up) == "k0"
    assert press(Qt.Key.Key_PageDown) not in ("k0", "k1")
    assert press(Qt.Key.Key_End) == "k299"
    assert at_end(view)


def test_the_focus_stays_on_a_row_while_others_come_and_scroll(view):
    view.show_transcript(many(300))
    view.column.go(-1)
    row = QApplication.focusWidget()
    bar(view).setValue(0)
    view.show_transcript(many(301))
    assert QApplication.focusWidget() is row
    assert view.column.current.key == "k298"


def test_the_focus_goes_on_when_its_row_is_deleted(view):
    view.show_transcript(many(10))
    view.column.go(-5)
    gone = QApplication.focusWidget().turn.key
    rest = tuple(turn for turn in many(10).rows if turn.key != gone)
    view.show_transcript(Transcript(rest))
    assert QApplication.focusWidget().turn.key == "k5"
    view.show_transcript(Transcript())
    assert rows(view) == []
    assert view.empty.isVisible()


def test_copy(qtbot, view):
    view.show_transcript(Transcript((turn(1),)))
    view.column.go(0)
    (row,) = rows(view)
    qtbot.keyClick(row, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "text 1"
    row._text.setSelection(0, 4)
    qtbot.keyClick(row, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "text"


def test_text_is_selected_with_the_mouse(qtbot, view):
    view.show_transcript(Transcript((turn(1), turn(2))))
    view.column.go(0)
    first, second = rows(view)
    text = first._text
    qtbot.mousePress(text, Qt.MouseButton.LeftButton, pos=QPoint(0, text.height() // 2))
    qtbot.mouseMove(text, QPoint(text.width() - 1, text.height() // 2))
    qtbot.mouseRelease(text, Qt.MouseButton.LeftButton, pos=QPoint(text.width() - 1, text.height() // 2))
    assert (first.selected_text(), first.hasFocus(), view.column.current.key) == ("text 1", True, "k1")
    qtbot.keyClick(first, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "text 1"
    qtbot.mouseClick(second._text, Qt.MouseButton.LeftButton)
    assert (first.selected_text(), view.column.current.key) == ("", "k2")


def test_actions_by_their_buttons(qtbot, view):
    asked = []
    view.replay_requested.connect(lambda name: asked.append(("replay", name)))
    view.delete_requested.connect(lambda turn: asked.append(("delete", turn.turn)))
    view.show_transcript(Transcript((turn(1),)))
    view.column.go(0)
    (row,) = rows(view)
    for name in ("replay", "delete"):
        qtbot.mouseClick(row.button(name), Qt.MouseButton.LeftButton)
    assert asked == [("replay", "t1"), ("delete", "t1")]


def test_the_used_model_is_marked(qtbot, view):
    view.set_models(("base.en", "tiny.en"))
    view.show_transcript(Transcript((turn(1),)))
    view.column.go(0)
    with qtbot.waitSignal(view.models_wanted):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_T)
    assert [action.isChecked() for action in view._menu.actions()] == [False, True]
    view._menu.close()


def test_while_models_are_looked_for_the_menu_says_so(qtbot, view):
    view.show_transcript(Transcript((turn(1),)))
    view.column.go(0)
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_T)
    (only,) = view._menu.actions()
    assert (only.text(), only.isEnabled()) == ("Looking for models", False)
    view._menu.close()


@pytest.mark.parametrize("reason", [QContextMenuEvent.Reason.Mouse, QContextMenuEvent.Reason.Keyboard])
def test_the_context_menu_has_all_actions(view, reason):
    view.show_transcript(Transcript((turn(1), turn(2, who=Who.STARLING))))
    view.column.go(0)
    place = rows(view)[1].rect().center()
    event = QContextMenuEvent(reason, QPoint(), rows(view)[1].mapToGlobal(place))
    QApplication.sendEvent(rows(view)[1]._text, event)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    assert [action.text().replace("&", "") for action in menu.actions()] == ["Copy", "Say again", "Delete"]
    menu.close()


def test_shift_f10_opens_the_menu(qtbot, view):
    view.show_transcript(Transcript((turn(1),)))
    view.column.go(0)
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_F10, Qt.KeyboardModifier.ShiftModifier)
    menu = QApplication.activePopupWidget()
    assert len(menu.actions()) == 4
    menu.close()


def test_nothing_can_be_done_with_what_is_in_progress(qtbot, view):
    view.delete_requested.connect(lambda turn: pytest.fail("deleted"))
    view.show_transcript(Transcript((turn(1, state=State.HEARING, text="so far"),)))
    view.column.go(0)
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Delete)
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_T)
    assert QApplication.activePopupWidget() is None


BUSY_MS = 50


@pytest.mark.alone
def test_two_thousand_turns_do_not_hold_up_the_window(qtbot, view):
    """The middle of several, as other programs run here too."""
    view.show_transcript(many(2000))
    took_ms = []
    for number in range(21):
        began = time.perf_counter()
        view.show_transcript(Transcript((*many(2000).rows[:-1], turn(1999, text=f"so far {number}"))))
        QApplication.processEvents()
        bar(view).setValue(bar(view).value() - 300 * (number % 2))
        took_ms.append(1000 * (time.perf_counter() - began))
    assert sorted(took_ms)[10] < BUSY_MS
