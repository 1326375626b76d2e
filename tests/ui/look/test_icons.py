import subprocess
import sys

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QIcon, QImage

from starling.locate import shipped
from starling.ui.look import icons
from starling.ui.look import theme as look

PINNED = (
    "microphone microphone-off send stop settings copy replay retry delete clear assistant dictation off speaker chip "
    "bolt gauge warning error info check close more search reset tray-idle tray-hearing tray-speaking tray-muted "
    "tray-off tray-paused tray-problem starling"
).split()
TRAY = [name for name in PINNED if name.startswith("tray-")]
EVERY = sorted(path.stem for path in shipped("resources", "icons").glob("*.svg"))


def covered(image: QImage) -> list[tuple[int, int]]:
    return [(x, y) for x in range(image.width()) for y in range(image.height()) if image.pixelColor(x, y).alpha() > 40]


def test_every_pinned_icon_is_there():
    assert set(PINNED) <= set(EVERY)


def test_a_name_that_is_none_is_said():
    with pytest.raises(ValueError, match="no icon is called nightingale"):
        icons.icon("nightingale")


@pytest.mark.parametrize("scale", [1.0, 1.25, 2.0])
@pytest.mark.parametrize("name", EVERY)
def test_icons_are_drawn_at_the_screens_density(qapp, name, scale):
    pixels = icons.icon(name).pixmap(QSize(24, 24), scale)
    assert (pixels.width(), pixels.height()) == (24 * scale, 24 * scale)
    assert pixels.devicePixelRatio() == scale
    marks = covered(pixels.toImage())
    assert len(marks) > 20 * scale * scale
    # Drawn anew rather than enlarged: the strokes of a 200 % icon differ from each enlarged pixel of the 100 % one.
    if scale == 2.0:
        small = icons.icon(name).pixmap(QSize(24, 24), 1.0).toImage()
        assert small.scaled(48, 48) != pixels.toImage()


@pytest.mark.parametrize("choice", ["light", "dark", "contrast"])
def test_icons_take_the_themes_colour_live(styled, choice):
    icon = icons.icon("stop", "danger")
    styled(choice)
    image = icon.pixmap(QSize(48, 48), 1.0).toImage()
    x, y = max(covered(image), key=lambda at: image.pixelColor(*at).alpha())
    assert image.pixelColor(x, y).name() == look.current().danger


def test_a_disabled_icon_is_pale(styled):
    styled("light")
    image = icons.icon("off").pixmap(QSize(48, 48), 1.0, QIcon.Mode.Disabled).toImage()
    x, y = max(covered(image), key=lambda at: image.pixelColor(*at).alpha())
    assert image.pixelColor(x, y).name() == look.current().text_disabled


def test_a_copied_icon_lives_on(styled):
    styled("light")
    first = icons.icon("copy")
    second = QIcon(first)
    second.addPixmap(icons.pixmap("send", "text", 16, 1.0))  # detaches, which clones the engine
    del first
    assert covered(second.pixmap(QSize(24, 24), 1.0).toImage())


@pytest.mark.parametrize("size", [16, 22])
def test_tray_icons_differ_by_shape(qapp, size):
    shapes = {name: frozenset(covered(icons.pixmap(name, "text", size, 1.0).toImage())) for name in TRAY}
    for one in TRAY:
        for other in TRAY:
            if one < other:
                union = shapes[one] | shapes[other]
                assert len(shapes[one] ^ shapes[other]) / len(union) > 0.4, (one, other)


def test_the_application_icon_keeps_its_colours(styled):
    styled("light")
    light = icons.pixmap("starling", "text", 64, 1.0).toImage()
    styled("dark")
    assert icons.pixmap("starling", "text", 64, 1.0).toImage() == light


def test_a_process_that_used_icons_ends_well():
    code = (
        "from PySide6.QtWidgets import QApplication\n"
        "from PySide6.QtGui import QIcon\n"
        "from starling.ui.look import icons\n"
        "app = QApplication([])\n"
        "icon = icons.icon('copy'); pixels = icon.pixmap(24, 24)\n"
        "other = QIcon(icon); other.addPixmap(pixels); last = QIcon(other); last.setIsMask(True)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
