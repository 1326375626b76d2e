"""The overlay's window: that it is left alone, its place, its looks."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from starling.ui.look import theme
from starling.ui.look.palettes import THEMES
from starling.ui.overlay import view as overlay_view
from starling.ui.overlay import words
from starling.ui.overlay.level import BARS, STEPS, Level, fraction, steps
from starling.ui.overlay.state import Look
from starling.ui.overlay.view import OverlayView

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # of the offscreen platform
LOOKS = [
    Look("listening", "we meet at nine " * 12, "org.gnome.TextEditor", live=True),
    Look("transcribing", "we meet"),
    Look("error", "The application did not take the text, " * 5, lasts_s=4.0),
    Look("paused"),
]


@pytest.fixture
def view(qtbot, monkeypatch):
    monkeypatch.setattr(overlay_view, "desktop_moves", lambda: True)
    made = OverlayView()
    qtbot.addWidget(made)
    return made


def test_it_takes_neither_keyboard_nor_mouse(view):
    flags = view.windowFlags()
    for flag in ("WindowTransparentForInput", "WindowDoesNotAcceptFocus", "BypassWindowManagerHint"):
        assert flags & getattr(Qt.WindowType, flag)
    assert view.testAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
    assert view.focusPolicy() == Qt.FocusPolicy.NoFocus


def test_it_comes_and_goes(view, qtbot):
    view.show_look(LOOKS[0])
    assert view.isVisible()
    qtbot.waitUntil(lambda: view.windowOpacity() == 1.0)
    view.show_look(None)
    qtbot.waitUntil(lambda: not view.isVisible())


def test_what_comes_again_while_it_goes_stays(view, qtbot):
    view.show_look(LOOKS[0])
    view.show_look(None)
    view.show_look(LOOKS[1])
    qtbot.waitUntil(lambda: view.windowOpacity() == 1.0)
    assert view.isVisible()


@pytest.mark.parametrize("animations", [True, False])
def test_nothing_moves_where_nothing_is_to_move(view, monkeypatch, animations):
    monkeypatch.setattr(overlay_view, "desktop_moves", lambda: not animations)
    view.use(animations=animations, top=False)
    view.show_look(LOOKS[0])
    assert view.windowOpacity() == 1.0
    view.show_look(None)
    assert not view.isVisible()


def test_it_never_changes_its_size(view):
    sizes = set()
    for look in LOOKS:
        view.show_look(look)
        sizes.add((view.size().toTuple(), view.pos().toTuple()))
    assert len(sizes) == 1


@pytest.mark.parametrize("top", [True, False])
def test_its_place(view, top):
    view.use(animations=False, top=top)
    view.show_look(LOOKS[0])
    room, place = QGuiApplication.primaryScreen().availableGeometry(), view.geometry()
    assert abs(place.center().x() - room.center().x()) <= 1
    assert (place.top() - room.top() if top else room.bottom() - place.bottom()) == overlay_view.EDGE


@pytest.mark.parametrize("scheme", THEMES, ids=lambda theme: f"{theme.scheme.value}-{theme.dark}")
@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.kind)
def test_it_is_painted_in_every_appearance(view, monkeypatch, scheme, look):
    monkeypatch.setattr(theme.theme_notifier(), "theme", scheme)
    view.show_look(look)
    view.set_level(-20.0)
    image = view.grab().toImage()
    colours = {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(0, image.height(), 3)}
    assert scheme.raised in colours
    assert len(colours) > 3


def test_assistive_technology_is_told(view):
    view.show_look(LOOKS[0])
    assert view.accessibleName() == "Listening"
    assert view.accessibleDescription().startswith("we meet at nine")


def test_every_state_has_a_word_and_a_drawing():
    kinds = list(words.SHAPES)
    assert len({words.word(kind) for kind in kinds}) == len(kinds)
    assert words.detail(Look("listening")) == "Speak now"
    assert words.detail(Look("typed", "a\nb")) == "a b"
    assert words.destination("org.gnome.TextEditor") == "to TextEditor"
    assert words.destination("mousepad") == "to Mousepad"
    assert words.destination("") == ""


@pytest.mark.parametrize(
    ("text", "characters", "shown"),
    [
        ("we meet", 7, "we meet"),
        ("we meet at nine", 9, "… at nine"),
        ("we meet at nine", 8, "… nine"),
        ("incomprehensibilities", 5, "… incomprehensibilities"),
        ("", 0, ""),
    ],
)
def test_the_last_words_are_seen(text, characters, shown):
    assert overlay_view.last_words(text, lambda part: len(part) <= characters) == shown


@pytest.mark.parametrize(
    ("dbfs", "share", "lit"),
    [(None, 0.0, 0), (-90, 0.0, 0), (-60, 0.0, 0), (-30, 0.5, 3), (0, 1.0, STEPS), (6, 1.0, STEPS)],
)
def test_levels(dbfs, share, lit):
    assert fraction(dbfs) == share
    assert steps(fraction(dbfs)) == lit


def test_steps_are_painted_only_when_they_change():
    level = Level()
    level.moves = False
    assert level.add(-30.0)
    assert not level.add(-29.0)
    level.moves = True
    assert level.add(-31.0)
    assert len(level._last) == BARS
