"""From events to a surface, and the way to one."""

import pytest

from starling.pipeline import events
from starling.settings.store import Settings
from starling.ui.bridge import Bridge
from starling.ui.overlay.note import OverlayNote
from starling.ui.overlay.overlay import Overlay
from starling.ui.overlay.state import Look
from starling.ui.overlay.surface import Here, Style, packed, unpacked, way
from tests.helpers.fake_service import FakeService

DOWN, UP = events.Listening("dictation", "hold", False, held=True), events.Listening("dictation", "hold", False)
SOUND = events.Sound(-20.0, 0.9, 0.5, (0.1,), 0.064)


class Surface:
    def __init__(self):
        self.looks, self.levels, self.styles, self.closed = [], [], [], 0

    def use(self, style):
        self.styles.append(style)

    def show_look(self, look):
        self.looks.append(look)

    def set_level(self, dbfs):
        self.levels.append(dbfs)

    def close(self):
        self.closed += 1


@pytest.fixture
def desk(qtbot, tmp_path):
    class Desk:
        front, told = False, []

        def __init__(self):
            self.settings, self.bridge, self.surface = Settings(tmp_path / "settings.toml"), Bridge(), Surface()
            self.service = FakeService(self.bridge.emit_from_any_thread, self.settings)

        def open(self, surface=True):
            made = self.surface if surface else None
            self.overlay = Overlay(
                self.settings, self.service, self.bridge, lambda failed: made, lambda: self.front, self.told.append
            )
            return self.overlay

        def happen(self, *happened):
            for event in happened:
                self.overlay.hear(event)

    made = Desk()
    yield made
    made.overlay.close()
    made.bridge.close()
    made.overlay.deleteLater()


def test_it_follows_a_dictation(desk):
    desk.open()
    desk.happen(UP, DOWN, events.Partial("so far"), UP)
    assert desk.surface.looks == [Look("listening", live=True), Look("listening", "so far", live=True), None]
    assert desk.service.told("watch_sound") == [("watch_sound", True, "overlay"), ("watch_sound", False, "overlay")]


def test_levels_are_shown_while_it_listens(desk, qtbot):
    desk.open()
    desk.bridge.emit_from_any_thread(SOUND)
    desk.bridge.emit_from_any_thread(UP)
    desk.bridge.emit_from_any_thread(DOWN)
    qtbot.waitUntil(lambda: desk.surface.looks != [])
    desk.bridge.emit_from_any_thread(SOUND)
    qtbot.waitUntil(lambda: desk.surface.levels == [-20.0])


def test_what_came_of_it_goes_after_its_time(desk, qtbot, monkeypatch):
    monkeypatch.setattr("starling.ui.overlay.overlay.MS", 10)
    desk.open()
    desk.happen(UP, events.DictationSaid("pause", True))
    assert desk.surface.looks[-1].kind == "paused"
    qtbot.waitUntil(lambda: desk.surface.looks[-1] is None)


def test_nothing_appears_over_starling_itself(desk, qtbot, monkeypatch):
    monkeypatch.setattr("starling.ui.overlay.overlay.MS", 10)
    desk.open()
    desk.front = True
    desk.happen(UP, DOWN)
    desk.front = False
    desk.happen(events.Partial("so far"), UP, events.DictationSaid("pause", True))
    assert [look for look in desk.surface.looks if look] == [Look("paused", "", "", 4.0)]


def test_the_setting_hides_it_at_once_and_brings_it_again(desk):
    desk.open()
    desk.happen(UP, DOWN)
    desk.settings.use("window.overlay", False)
    desk.overlay.settings_changed()
    assert desk.surface.looks[-1] is None
    desk.settings.use("window.overlay", True)
    desk.settings.use("window.overlay_position", "top")
    desk.settings.use("window.animations", False)
    desk.overlay.settings_changed()
    assert desk.surface.looks[-1] == Look("listening", live=True)
    assert desk.surface.styles[-1] == Style("system", False, True)


def test_without_a_surface_the_tray_tells_the_level(desk, qtbot):
    desk.told = []
    desk.open(surface=False)
    desk.bridge.emit_from_any_thread(UP)
    desk.bridge.emit_from_any_thread(DOWN)
    desk.bridge.emit_from_any_thread(SOUND)
    desk.bridge.emit_from_any_thread(UP)
    qtbot.waitUntil(lambda: desk.told == [-20.0, None])


def test_it_goes_with_starling(desk):
    desk.open()
    desk.happen(UP, DOWN)
    desk.overlay.close()
    assert desk.surface.looks[-1] is None
    assert desk.surface.closed == 1


@pytest.mark.parametrize(
    ("platform", "env", "expected"),
    [
        ("xcb", {"DISPLAY": ":0"}, "here"),
        ("windows", {}, "here"),
        ("wayland", {"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}, "process"),
        ("wayland-egl", {"DISPLAY": ":0"}, "process"),
        ("wayland", {"WAYLAND_DISPLAY": "wayland-0"}, "none"),
        ("wayland", {"DISPLAY": ""}, "none"),
    ],
)
def test_the_way_to_an_overlay(platform, env, expected):
    assert way(platform, env) == expected


@pytest.mark.parametrize("look", [None, Look("typed", "Köln", "kate", 1.5), Look("listening", live=True)])
def test_a_look_crosses_a_pipe(look):
    assert unpacked(packed(look)) == look


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_in_this_process_nothing_is_built_before_it_is_needed(qtbot):
    here = Here()
    here.use(Style(animations=False))
    here.show_look(None)
    here.set_level(-20.0)
    assert here._view is None
    here.show_look(Look("listening", live=True))
    here.set_level(-20.0)
    here.use(Style(animations=False, top=True))
    assert here._view.isVisible()
    here.close()
    assert here._view is None


@pytest.mark.parametrize(("way", "needed"), [("none", True), ("here", False), ("process", False)])
def test_the_preferences_say_why_there_is_none(qtbot, monkeypatch, way, needed):
    monkeypatch.setattr("starling.ui.overlay.note.way", lambda platform, env: way)
    note = OverlayNote()
    qtbot.addWidget(note)
    assert note.needed is needed
    assert ("Wayland" in note.text.text()) is needed
