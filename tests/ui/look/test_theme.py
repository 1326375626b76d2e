import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QLineEdit, QPushButton, QVBoxLayout, QWidget

from starling.ui.kit import IconButton, SegmentedSwitch
from starling.ui.look import theme as look
from starling.ui.look.palettes import CONTRAST_DARK, CONTRAST_LIGHT, DARK, LIGHT, Scheme


@pytest.mark.parametrize("choice", ["light", "dark", "contrast"])
def test_a_choice_is_taken_at_once(styled, qtbot, choice):
    styled("light" if choice == "dark" else "dark")
    with qtbot.waitSignal(look.theme_notifier().changed):
        styled(choice)
    theme = look.current()
    assert theme.scheme is Scheme(choice)
    palette = QApplication.palette()
    assert palette.color(QPalette.ColorRole.Window).name() == theme.window
    assert palette.color(QPalette.ColorRole.Text).name() == theme.text


def test_the_same_choice_again_restyles_nothing(styled, qtbot):
    styled("dark")
    with qtbot.assertNotEmitted(look.theme_notifier().changed):
        styled("dark")


@pytest.fixture
def desktop(monkeypatch):
    """Changes what the desktop says, as platforms without a desktop never do."""

    def change(*, dark: bool | None = None, high_contrast: bool = False) -> None:
        monkeypatch.setattr(look, "_dark_desktop", lambda: dark)
        monkeypatch.setattr(look, "_high_contrast", lambda: high_contrast)
        hints = QGuiApplication.styleHints()
        hints.colorSchemeChanged.emit(hints.colorScheme())

    return change


def test_system_follows_the_desktop_live(styled, desktop):
    styled("system")
    for wish, expected in (
        ({"dark": True}, DARK),
        ({"dark": False}, LIGHT),
        ({"dark": False, "high_contrast": True}, CONTRAST_LIGHT),
        ({"high_contrast": True}, CONTRAST_DARK),
        ({}, LIGHT),
    ):
        desktop(**wish)
        assert look.current() is expected


def test_a_change_of_contrast_alone_is_followed(styled, monkeypatch):
    styled("system")
    monkeypatch.setattr(look, "_high_contrast", lambda: True)
    accessibility = QGuiApplication.styleHints().accessibility()
    accessibility.contrastPreferenceChanged.emit(Qt.ContrastPreference.HighContrast)
    assert look.current().scheme is Scheme.CONTRAST


def test_a_choice_does_not_follow_the_desktop(styled, desktop):
    styled("light")
    desktop(dark=True, high_contrast=True)
    assert look.current() is LIGHT


def test_a_larger_system_font_makes_a_larger_scale(styled, qapp):
    before = qapp.font()
    larger = qapp.font()
    larger.setPointSizeF(before.pointSizeF() * 2)
    try:
        styled("light")
        qapp.setFont(larger)
        assert look.font("title").pointSizeF() == pytest.approx(larger.pointSizeF() * 1.15)
        button = QPushButton("Ag")
        button.ensurePolished()
        assert button.minimumHeight() >= QFontMetrics(larger).height()
    finally:
        qapp.setFont(before)


@pytest.mark.parametrize("choice", ["light", "dark", "contrast"])
def test_focus_can_be_seen_and_moves_nothing(styled, qtbot, choice):
    styled(choice)
    window = QWidget()
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    switch = SegmentedSwitch()
    switch.set_options([("a", "Alpha", ""), ("b", "Beta", "")])
    plain = QPushButton("Plain")
    checked = IconButton("microphone-off", "Mute", text=True, checkable=True)
    checked.setChecked(True)
    controls = [plain, checked, QLineEdit("text"), QComboBox(), QCheckBox("Check"), IconButton("copy", "Copy")]
    for widget in [switch, *controls]:
        column.addWidget(widget)
    window.show()
    qtbot.waitExposed(window)
    window.activateWindow()
    controls.append(switch.findChild(QPushButton))
    for control in controls:
        rest = next(other for other in controls if other is not control)
        rest.setFocus()
        before, size = control.grab().toImage(), control.sizeHint()
        control.setFocus(Qt.FocusReason.TabFocusReason)
        qtbot.waitUntil(control.hasFocus)
        after = control.grab().toImage()
        assert after != before, control
        assert control.sizeHint() == size, control
        ring = look.current().focus
        seen = {
            after.pixelColor(x, y).name() for x in range(6) for y in range(after.height() // 4, after.height() // 2)
        }
        assert ring in seen, (control, seen)
