"""Where the window goes when it is closed, started minimised or toggled: never away with no way back."""

import os

import pytest
from PySide6.QtCore import Qt

from starling.ui.shell.presence import Presence
from tests.ui.shell.stand_ins import Place, Window


class Desk:
    def __init__(self, qtbot, tray: bool, quits: bool = False) -> None:
        self.window, self.place, self.told = Window(), Place(tray), []
        qtbot.addWidget(self.window)
        self.presence = Presence(self.window, self.place, lambda: quits, self.told.append)
        self.window.close_policy = self.presence.may_quit

    @property
    def hidden(self) -> bool:
        return not self.window.isVisible()

    @property
    def minimized(self) -> bool:
        return self.window.isVisible() and self.window.isMinimized()


def test_closing_quits_where_the_user_wants_that(qtbot):
    desk = Desk(qtbot, tray=True, quits=True)
    desk.presence.show(minimized=False)
    with qtbot.waitSignal(desk.window.quit_requested):
        assert desk.window.close()


def test_closing_goes_to_the_tray_and_says_so_once(qtbot):
    desk = Desk(qtbot, tray=True)
    for _ in range(2):
        desk.presence.bring()
        assert not desk.window.close()
        qtbot.waitUntil(lambda: desk.hidden)
    assert len(desk.place.said) == 1
    assert desk.told == []
    assert desk.place.closely[-1] is True


def test_without_a_tray_closing_minimizes_and_says_so_once(qtbot):
    desk = Desk(qtbot, tray=False)
    for _ in range(2):
        desk.presence.bring()
        assert not desk.window.close()
        qtbot.waitUntil(lambda: desk.minimized)
    assert len(desk.told) == 1
    assert "Ctrl+Q" in desk.told[0]


def test_a_window_that_hid_itself_is_minimized_all_the_same(qtbot):
    desk = Desk(qtbot, tray=False)
    desk.presence.show(minimized=False)
    desk.window.close()
    desk.window.hide()
    qtbot.waitUntil(lambda: desk.minimized)


@pytest.mark.parametrize(("tray", "hidden"), [(True, True), (False, False)])
def test_a_minimized_start(qtbot, tray, hidden):
    desk = Desk(qtbot, tray)
    desk.presence.show(minimized=True)
    assert desk.hidden is hidden
    assert desk.minimized is not hidden


def test_a_late_tray_takes_over_what_started_minimized(qtbot):
    desk = Desk(qtbot, tray=False)
    desk.presence.show(minimized=True)
    desk.presence.tray_changed(True)
    assert desk.hidden


def test_a_late_tray_leaves_what_the_user_opened(qtbot):
    desk = Desk(qtbot, tray=False)
    desk.presence.show(minimized=True)
    desk.presence.bring()
    desk.presence.tray_changed(True)
    assert desk.presence.seen


def test_when_the_tray_goes_the_hidden_window_comes_back(qtbot):
    desk = Desk(qtbot, tray=True)
    desk.presence.show(minimized=True)
    desk.presence.tray_changed(False)
    assert desk.minimized


def test_when_the_tray_goes_an_open_window_stays(qtbot):
    desk = Desk(qtbot, tray=True)
    desk.presence.show(minimized=False)
    desk.presence.tray_changed(False)
    assert desk.presence.seen


def test_the_tray_toggles(qtbot):
    desk = Desk(qtbot, tray=True)
    desk.presence.show(minimized=False)
    desk.presence.toggle()
    assert desk.hidden
    desk.presence.toggle()
    assert desk.presence.seen
    desk.window.setWindowState(Qt.WindowState.WindowMinimized)
    desk.presence.toggle()
    assert desk.presence.seen


@pytest.mark.parametrize(("token", "expected"), [("abc_TIME12", "abc_TIME12"), ("", None), ("a b", None)])
def test_the_desktops_permission_reaches_qt(qtbot, monkeypatch, token, expected):
    monkeypatch.delenv("XDG_ACTIVATION_TOKEN", raising=False)
    desk = Desk(qtbot, tray=False)
    desk.presence.bring(token)
    assert os.environ.get("XDG_ACTIVATION_TOKEN") == expected
    monkeypatch.delenv("XDG_ACTIVATION_TOKEN", raising=False)
