"""Walks the whole window: everything that can be used has a name, a role and a place in the tab order."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QApplication,
    QLineEdit,
    QMenuBar,
    QScrollArea,
    QScrollBar,
    QTableWidget,
    QWidget,
)

from starling.core.errors import StarlingError
from starling.pipeline import events
from starling.ui.transcript.row import TurnRow
from starling.ui.window.dialogs import ShortcutsDialog
from tests.ui.window.conftest import visible_children

Role = QAccessible.Role
ROLES = {
    TurnRow: {Role.Grouping},
    QLineEdit: {Role.EditableText},
    QAbstractButton: {Role.Button, Role.RadioButton, Role.CheckBox, Role.ButtonMenu},
    QTableWidget: {Role.Table},
}
MOST_STOPS = 200


@pytest.fixture
def full(stage):
    """Turns, a message, a lost microphone: as many controls as there can be at once."""
    stage.window.resize(1400, 900)
    stage.tell(events.Listening("assistant", "always", False), events.Ready("legacy", "USB"))
    stage.hear("call home", "t0")
    stage.hear()
    stage.tell(events.ReplyBegan("It is ten.", "t1"))
    stage.tell(events.Trouble(StarlingError("history.disk_full", "The disk is full.", "Make room.")))
    stage.tell(events.EngineShown("stt", "ready", "legacy", "tiny.en", why_not_better="No NPU."))
    stage.window.transcript.column.go(0)
    return stage


def interactive(window: QWidget) -> Iterator[tuple[QWidget, set]]:
    for widget in visible_children(window):
        for kind, roles in ROLES.items():
            if isinstance(widget, kind):
                yield widget, roles


def name_of(widget: QWidget) -> str:
    return QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)


def described(widget: QWidget) -> str:
    return f"{type(widget).__name__} {widget.accessibleName()!r} in {type(widget.parentWidget()).__name__}"


def test_everything_has_a_name_and_a_role(full):
    found = list(interactive(full.window))
    assert len(found) > 20
    assert [described(widget) for widget, _ in found if not name_of(widget).strip()] == []
    wrong = [
        described(widget) for widget, roles in found if QAccessible.queryAccessibleInterface(widget).role() not in roles
    ]
    assert wrong == []


def test_nothing_that_takes_the_focus_is_unknown_to_this_test(full):
    known = (*ROLES, QAbstractSlider, QMenuBar, QScrollArea)  # the last scrolls with the arrow keys
    takers = [child for child in visible_children(full.window) if child.focusPolicy() & Qt.FocusPolicy.TabFocus]
    assert [described(taker) for taker in takers if not isinstance(taker, known)] == []


def stops(qtbot, window: QWidget, key: Qt.Key) -> list[QWidget]:
    """Where the focus goes until it comes back to where it began."""
    found = []
    for _ in range(MOST_STOPS):
        qtbot.keyClick(QApplication.focusWidget(), key)
        focus = QApplication.focusWidget()
        if focus in found:
            return found
        found.append(focus)
    pytest.fail("the focus never comes back")


@pytest.mark.parametrize("key", [Qt.Key.Key_Tab, Qt.Key.Key_Backtab])
def test_tab_reaches_everything(qtbot, full, key):
    window = full.window
    window.composer.field.setFocus()
    reached = {id(stop) for stop in stops(qtbot, window, key)}
    current = window.transcript.column.row(window.transcript.column.current.key)
    missed = []
    for widget, _ in interactive(window):
        by_arrows = widget.property("part") == "segment" and not widget.isChecked()
        other_row = isinstance(widget, TurnRow) and widget is not current
        # A row's buttons come with its focus, so backwards the row is met first.
        backwards = key == Qt.Key.Key_Backtab and current.isAncestorOf(widget)
        if not (by_arrows or other_row or backwards or id(widget) in reached) and widget.isEnabled():
            missed.append(described(widget))
    assert missed == []


def test_tab_goes_from_top_to_bottom(qtbot, full):
    window = full.window
    window.header.preferences.setFocus()
    order = []
    for stop in stops(qtbot, window, Qt.Key.Key_Tab):
        left = (window.rail, window.state_line, window.banners, window.transcript, window.composer)
        parts = (window.header, *left, window.status)
        part = next(part for part in parts if part.isAncestorOf(stop))
        if not order or order[-1] is not part:
            order.append(part)
    expected = [window.rail, window.banners, window.transcript, window.composer, window.status, window.header]
    assert [type(part).__name__ for part in order] == [type(part).__name__ for part in expected]


def test_menus_have_mnemonics_and_their_keys_are_unique(full):
    actions = full.window.menus.all()
    assert all("&" in action.text() for action in actions)
    keys = [action.shortcut().toString() for action in actions if not action.shortcut().isEmpty()]
    assert len(keys) == len(set(keys))
    for menu in full.window.menuBar().actions():
        letters = [text[text.index("&") + 1].lower() for action in menu.menu().actions() if (text := action.text())]
        assert len(letters) == len(set(letters)), menu.text()


def test_scroll_bars_do_not_stop_the_focus(full):
    bars = [bar for bar in full.window.findChildren(QScrollBar) if bar.isVisible()]
    assert all(bar.focusPolicy() == Qt.FocusPolicy.NoFocus or not bar.hasFocus() for bar in bars)


def test_the_shortcuts_dialog_is_named_too(qtbot, full):
    full.window.menus.shortcuts.trigger()
    dialog = full.window.findChild(ShortcutsDialog)
    assert [described(widget) for widget, _ in interactive(dialog) if not name_of(widget).strip()] == []
    dialog.close()
