"""The life around a window: what starts when, what the tray's commands do, and that the end is complete."""

import threading
import time

import pytest
from PySide6.QtCore import QObject, Signal

from starling.core.errors import StarlingError
from starling.pipeline import events
from starling.settings import store
from starling.ui.bridge import Bridge
from starling.ui.shell import shell as shells
from starling.ui.shell.shell import Shell
from tests.helpers.fake_service import FakeService
from tests.helpers.pulse import wait_until
from tests.ui.shell.stand_ins import Window


class Deadline:
    armed = 0

    def arm(self) -> None:
        self.armed += 1


class Desk:
    def __init__(self, monkeypatch) -> None:
        self.settings = store.load()
        self.bridge = Bridge()
        self.service = FakeService(self.bridge.emit_from_any_thread, self.settings)
        self.window = Window()
        self.deadline = Deadline()
        self.exits: list[int] = []
        monkeypatch.setattr(shells.QApplication, "exit", self.exits.append)
        self.shell = Shell(self.settings, self.service, self.bridge, self.window, self.deadline)

    def told(self, name):
        return self.service.told(name)


@pytest.fixture
def desk(qtbot, monkeypatch):
    made = Desk(monkeypatch)
    yield made
    made.shell.finish()


def test_the_service_starts_after_the_first_paint(qtbot, desk):
    desk.shell.show(minimized=False)
    assert desk.told("start") == []
    qtbot.waitUntil(lambda: desk.told("start") == [("start",)])


def test_it_starts_minimized_too(qtbot, desk):
    desk.shell.show(minimized=True)
    qtbot.waitUntil(lambda: desk.told("start") == [("start",)])
    desk.shell.presence.bring()
    qtbot.waitUntil(lambda: desk.window._painted)
    assert desk.told("start") == [("start",)]


def test_quitting_hides_at_once_and_closes_the_service_elsewhere(qtbot, desk):
    threads = []
    desk.service.close = lambda timeout_s: threads.append((threading.current_thread(), timeout_s))
    desk.shell.show(minimized=False)
    qtbot.waitUntil(lambda: desk.window._painted)
    with qtbot.waitSignal(desk.shell.ends):
        desk.shell.quit()
    assert not desk.window.isVisible()
    qtbot.waitUntil(lambda: desk.exits == [0])
    ((thread, timeout_s),) = threads
    assert thread is not threading.main_thread()
    assert timeout_s < 2
    assert desk.deadline.armed


def test_quitting_twice_is_quitting_once(qtbot, desk):
    desk.shell.quit()
    desk.shell.quit()
    desk.window.quit_requested.emit()
    qtbot.waitUntil(lambda: desk.exits == [0])
    desk.shell.finish()
    assert len(desk.told("close")) == 1


def test_a_loop_that_ended_by_itself_still_closes_everything(qtbot, desk):
    desk.shell.show(minimized=False)
    desk.shell.finish()
    assert len(desk.told("close")) == 1


def test_a_quit_before_the_first_paint_starts_nothing(qtbot, desk):
    desk.shell.show(minimized=False)
    desk.shell.quit()
    qtbot.waitUntil(lambda: desk.exits == [0])
    assert desk.told("start") == []


def test_a_close_that_fails_ends_the_loop_all_the_same(qtbot, desk, monkeypatch):
    failed = []
    monkeypatch.setattr(threading, "excepthook", lambda args: failed.append(args.exc_type))

    def close(timeout_s):
        raise OSError("no")

    desk.service.close = close
    desk.shell.quit()
    qtbot.waitUntil(lambda: desk.exits == [0])
    assert wait_until(lambda: failed == [OSError], 2)


def test_closing_the_window_quits_when_set(qtbot, desk):
    desk.settings.use("window.close", "quit")
    desk.shell.show(minimized=False)
    desk.window.close()
    qtbot.waitUntil(lambda: desk.exits == [0])


def test_closing_the_window_keeps_it_otherwise(qtbot, desk):
    desk.settings.use("window.close", "tray")
    desk.shell.show(minimized=False)
    with qtbot.waitSignal(desk.bridge.event, check_params_cb=lambda event: isinstance(event, events.Notice)):
        desk.window.close()
    assert desk.window.isMinimized()  # no tray here
    assert desk.exits == []


def test_when_the_session_ends_closing_ends(qtbot, desk):
    desk.shell.show(minimized=False)
    desk.shell.session_ends()
    assert desk.window.close()
    qtbot.waitUntil(lambda: desk.exits == [0])


@pytest.mark.parametrize(
    ("name", "value", "key"),
    [("set_mode", "dictation", "listen.mode"), ("set_activation", "hold", "listen.activation")],
)
def test_the_trays_choices_hold_and_are_remembered(qtbot, desk, name, value, key):
    getattr(desk.shell, name)(value)
    assert desk.told(name) == [(name, value)]
    assert desk.settings.get(key) == value
    assert wait_until(lambda: store.load().get(key) == value, 5)


def test_muting_and_stopping_reach_the_service(qtbot, desk):
    desk.shell.set_muted(True)
    desk.shell.stop()
    assert desk.service.calls == [("set_muted", True)]
    assert desk.window.stopped == 1


def entry(desk, text):
    return next(action for action in desk.shell.tray.menu.actions() if action.text().replace("&", "") == text)


def test_what_the_tray_mutes_is_shown_before_anything_runs(desk):
    desk.service.answers = False
    mute = entry(desk, "Mute microphone")
    mute.trigger()
    assert (mute.isChecked(), desk.bridge.panel.listening.muted) == (True, True)
    desk.bridge.suppose(muted=False)  # as from the window
    assert not mute.isChecked()


def test_the_tray_shows_from_the_start_what_is_set(qtbot, desk):
    desk.bridge.suppose(activation="hold")
    shell = Shell(desk.settings, desk.service, desk.bridge, Window(), desk.deadline)
    hold = next(action for action in shell.tray.menu.actions() if action.text() == "Push to talk")
    assert hold.isChecked()
    shell.finish()


def test_the_tray_stops_what_the_window_could_stop(desk):
    stop = entry(desk, "Stop")
    desk.window.can_stop_changed.emit(True)
    assert stop.isEnabled()
    stop.trigger()
    assert desk.window.stopped == 1


def test_the_window_is_told_of_changed_settings(desk, monkeypatch):
    monkeypatch.setattr(shells, "_preferences", lambda *arguments: Preferences(*arguments))
    monkeypatch.setattr(Preferences, "opened", [])
    desk.window.preferences_requested.emit("")
    desk.shell._preferences.setting_changed.emit("assistant.answer")
    assert desk.window.changes == 1


def test_what_is_wrong_with_the_settings_is_told(qtbot, desk):
    desk.settings.warnings.append(StarlingError("settings.damaged", "They are damaged.", "Mend them."))
    with qtbot.waitSignal(desk.bridge.event, check_params_cb=lambda event: isinstance(event, events.Trouble)) as told:
        desk.shell.show(minimized=False)
    assert told.args[0].error.code == "settings.damaged"


class Preferences(QObject):
    theme_changed = Signal(str)
    setting_changed = Signal(str)
    opened: list[str] = []  # noqa: RUF012 - of the class, so that the test can look

    def __init__(self, settings, service, bridge, parent) -> None:
        super().__init__(parent)

    def open_at(self, key) -> None:
        self.opened.append(key)

    def close(self) -> None:
        pass


def test_preferences_open_once_and_at_the_place(qtbot, desk, monkeypatch):
    made = []
    monkeypatch.setattr(shells, "_preferences", lambda *arguments: made.append(Preferences(*arguments)) or made[-1])
    desk.window.preferences_requested.emit("stt.model")
    desk.shell.open_preferences()
    assert Preferences.opened == ["stt.model", ""]
    assert len(made) == 1


def test_the_window_state_is_followed(qtbot, desk):
    seen = []
    desk.shell.tray.show_window_state = seen.append
    desk.shell.show(minimized=False)
    desk.window.hide()
    assert seen[0] is True
    assert seen[-1] is False


@pytest.mark.alone
def test_it_all_takes_no_time(qtbot, desk):
    """The budget of the end is for the service's threads, not for us."""
    desk.shell.show(minimized=False)
    qtbot.waitUntil(lambda: desk.window._painted)
    began = time.monotonic()
    desk.shell.quit()
    qtbot.waitUntil(lambda: desk.exits == [0])
    assert time.monotonic() - began < 0.5
