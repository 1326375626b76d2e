"""The tray: its shapes and words, its menu, and that it comes and goes with the desktop's."""

import itertools

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QIcon
from PySide6.QtWidgets import QSystemTrayIcon

from starling.pipeline import events
from starling.pipeline.panel import Activity, Panel
from starling.ui.shell import tray as trays
from starling.ui.shell.tray import Tray
from starling.ui.shell.tray_icon import SIZES, icon_name, tray_icon


class Icon(QObject):
    """Qt's tray icon needs a platform with a tray."""

    there = True
    activated = Signal(object)
    ActivationReason = QSystemTrayIcon.ActivationReason

    @classmethod
    def isSystemTrayAvailable(cls) -> bool:
        return cls.there

    def toolTip(self) -> str:
        return self.property("tip") or ""

    def setToolTip(self, text) -> None:
        self.setProperty("tip", text)

    def setIcon(self, icon) -> None:
        self.icon = icon

    def setContextMenu(self, menu) -> None:
        self.menu = menu

    def show(self) -> None:
        assert not self.icon.isNull()

    def hide(self) -> None:
        pass


class Commands:
    def __init__(self) -> None:
        self.calls: list[tuple[object, ...]] = []

    def __getattr__(self, name):
        return lambda *arguments: self.calls.append((name, *arguments))


@pytest.fixture
def commands():
    return Commands()


@pytest.fixture
def available(monkeypatch):
    """The desktop's tray, to be switched."""
    monkeypatch.setattr(trays, "QSystemTrayIcon", Icon)
    monkeypatch.setattr(Icon, "there", True)
    return lambda there: monkeypatch.setattr(Icon, "there", there)


@pytest.fixture
def tray(qtbot, commands, available):
    made = Tray(commands)
    yield made
    made.close()


def listening(mode="assistant", activation="always", muted=False) -> Panel:
    return Panel(ready=True, listening=events.Listening(mode, activation, muted))


def entry(tray, text: str) -> QAction:
    return next(action for action in every_entry(tray.menu) if action.text().replace("&", "") == text)


def every_entry(menu):
    for action in menu.actions():
        yield action
        if action.menu():
            yield from every_entry(action.menu())


@pytest.mark.parametrize("activity", Activity)
def test_every_activity_has_a_shape(qtbot, activity):
    icon = tray_icon(icon_name(activity))
    assert sorted(size.width() for size in icon.availableSizes()) == list(SIZES)


def test_shapes_differ(qtbot):
    names = sorted({icon_name(activity) for activity in Activity})
    images = {name: tray_icon(name).pixmap(32, 32).toImage() for name in names}
    assert len(names) == 7
    assert all(images[one] != images[other] for one, other in itertools.combinations(names, 2))


def test_the_tooltip_says_the_state(tray):
    tray.show_panel(listening(muted=True))
    assert tray.tooltip == "Starling: Muted"
    tray.show_panel(listening(activation="hold"))
    assert tray.tooltip == "Starling: Hold to talk"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Show window", ("toggle_window",)),
        ("Assistant", ("set_mode", "assistant")),
        ("Dictation", ("set_mode", "dictation")),
        ("Off", ("set_mode", "off")),
        ("Private mode", ("set_private", True)),
        ("Mute microphone", ("set_muted", True)),
        ("Push to talk", ("set_activation", "hold")),
        ("Preferences", ("open_preferences",)),
        ("Quit", ("quit",)),
    ],
)
def test_the_menu_does_what_it_says(tray, commands, text, expected):
    entry(tray, text).trigger()
    assert commands.calls == [expected]


def test_stop_is_there_while_something_can_be_stopped(tray, commands):
    stop = entry(tray, "Stop")
    assert not stop.isEnabled()
    tray.show_can_stop(True)
    tray.show_panel(Panel(ready=True))
    stop.trigger()
    assert commands.calls == [("stop",)]
    tray.show_can_stop(False)
    assert not stop.isEnabled()


def test_the_menu_shows_what_is_so(tray):
    tray.show_panel(listening("dictation", "hold", muted=True))
    assert entry(tray, "Dictation").isChecked()
    assert not entry(tray, "Assistant").isChecked()
    assert entry(tray, "Mute microphone").isChecked()
    assert entry(tray, "Push to talk").isChecked()
    entry(tray, "Push to talk").trigger()


def test_its_first_entry_follows_the_window(tray):
    tray.show_window_state(True)
    assert entry(tray, "Hide window")
    tray.show_window_state(False)
    assert entry(tray, "Show window")


def test_it_is_shown_where_there_is_a_tray(qtbot, tray):
    assert not tray.present
    with qtbot.waitSignal(tray.changed) as changed:
        tray.start()
    assert changed.args == [True]
    assert tray.present


def test_it_comes_with_a_late_tray_and_goes_with_it(qtbot, monkeypatch, commands, available):
    monkeypatch.setattr(trays, "WATCH_MS", 10)
    available(False)
    tray = Tray(commands)
    tray.start()
    assert not tray.present
    with qtbot.waitSignal(tray.changed) as changed:
        available(True)
    assert changed.args == [True]
    tray.watch_closely(True)
    with qtbot.waitSignal(tray.changed) as changed:
        available(False)
    assert changed.args == [False]
    assert not tray.present
    tray.close()


def test_it_does_not_watch_for_ever(qtbot, monkeypatch, commands, available):
    monkeypatch.setattr(trays, "WATCH_MS", 1)
    monkeypatch.setattr(trays, "WATCHED_TIMES", 3)
    available(False)
    tray = Tray(commands)
    tray.start()
    qtbot.waitUntil(lambda: not tray.watching)
    tray.close()


def test_a_click_toggles_the_window(tray, commands):
    tray.start()
    tray._icon.activated.emit(QSystemTrayIcon.ActivationReason.Trigger)
    tray._icon.activated.emit(QSystemTrayIcon.ActivationReason.Context)
    assert commands.calls == [("toggle_window",)]


def test_icons_have_no_theme_of_ours(qtbot):
    """Another process shows them: they are pixels, not drawings to be coloured later."""
    assert isinstance(tray_icon("tray-idle"), QIcon)
    assert not tray_icon("tray-idle").pixmap(16, 16).isNull()


@pytest.mark.parametrize(("dbfs", "word"), [(-70.0, "low"), (-20.0, "good"), (-1.0, "too high")])
def test_the_level_is_told_where_no_overlay_shows_it(tray, dbfs, word):
    before = tray.tooltip
    tray.show_level(dbfs)
    assert tray.tooltip == f"{before}, level {word}"
    tray.show_level(-50.5)  # once in a second is enough
    assert tray.tooltip == f"{before}, level {word}"
    tray.show_level(None)
    assert tray.tooltip == before
