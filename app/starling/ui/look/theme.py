"""One look for the whole application, and the desktop's wish about it followed live."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from starling.ui.look.palettes import LIGHT, Scheme, Theme, contrast, scheme_for, theme_for
from starling.ui.look.sheet import style_sheet
from starling.ui.look.tokens import TYPE_WEIGHT, Step, points

__all__ = ["Scheme", "Theme", "apply", "contrast", "current", "font", "theme_notifier"]

_FOLLOWED_SCHEMES = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}


class ThemeNotifier(QObject):
    """Keeps the theme in use; ``changed`` is sent after the application has been restyled."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.theme = LIGHT
        self.choice = "system"
        self._watching = False
        self._drawn_by_fusion = False

    def apply(self, app: QApplication, choice: str) -> None:
        """Restyle the application for a choice of the setting ``window.theme``."""
        self.choice = choice
        self._watch(app)
        hints = QGuiApplication.styleHints()
        # The window frame and native dialogs follow what is asked for here.
        if choice in _FOLLOWED_SCHEMES:
            hints.setColorScheme(_FOLLOWED_SCHEMES[choice])
        else:
            hints.unsetColorScheme()
        self._restyle(app)

    def _watch(self, app: QApplication) -> None:
        if self._watching:
            return
        self._watching = True
        hints = QGuiApplication.styleHints()
        hints.colorSchemeChanged.connect(self._desktop_changed)
        app.fontChanged.connect(self._font_changed)
        if hasattr(hints, "accessibility"):  # Qt 6.10 and newer
            hints.accessibility().contrastPreferenceChanged.connect(self._desktop_changed)

    def _desktop_changed(self) -> None:
        app = QApplication.instance()
        if isinstance(app, QApplication) and self.choice in ("system", "contrast"):
            self._restyle(app)

    def _font_changed(self) -> None:
        """The type scale and the heights of controls follow the system's font."""
        app = QApplication.instance()
        if isinstance(app, QApplication):
            self._restyle(app)

    def _restyle(self, app: QApplication) -> None:
        dark = _dark_desktop()
        theme = theme_for(scheme_for(self.choice, dark, _high_contrast()), dark)
        if not self._drawn_by_fusion:  # once: it makes every widget polish itself again
            self._drawn_by_fusion = True
            app.setStyle("Fusion")
        app.setPalette(_palette(theme))
        sheet = style_sheet(theme, app.font().pointSizeF(), QFontMetrics(app.font()).height())
        if theme != self.theme or app.styleSheet() != sheet:
            self.theme = theme
            app.setStyleSheet(sheet)
            self.changed.emit()


_notifier = ThemeNotifier()


def apply(app: QApplication, choice: str) -> None:
    """Take a look: ``system``, ``light``, ``dark`` or ``contrast``; ``system`` goes on following the desktop."""
    _notifier.apply(app, choice)


def current() -> Theme:
    """The theme in use."""
    return _notifier.theme


def theme_notifier() -> ThemeNotifier:
    """Where ``changed`` comes from."""
    return _notifier


def font(step: Step) -> QFont:
    """The system's font at one step of the type scale."""
    made = QFont(QApplication.font())
    made.setPointSizeF(points(step, made.pointSizeF()))
    made.setWeight(QFont.Weight(TYPE_WEIGHT[step]))
    return made


def _dark_desktop() -> bool | None:
    scheme = QGuiApplication.styleHints().colorScheme()
    return None if scheme == Qt.ColorScheme.Unknown else scheme == Qt.ColorScheme.Dark


def _high_contrast() -> bool:
    hints = QGuiApplication.styleHints()
    if not hasattr(hints, "accessibility"):
        return False
    return bool(hints.accessibility().contrastPreference() == Qt.ContrastPreference.HighContrast)


def _palette(theme: Theme) -> QPalette:
    role = QPalette.ColorRole
    colours = {
        role.Window: theme.window,
        role.WindowText: theme.text,
        role.Base: theme.surface,
        role.AlternateBase: theme.sunken,
        role.ToolTipBase: theme.raised,
        role.ToolTipText: theme.text,
        role.PlaceholderText: theme.text_muted,
        role.Text: theme.text,
        role.Button: theme.raised,
        role.ButtonText: theme.text,
        role.BrightText: theme.danger,
        role.Link: theme.accent,
        role.LinkVisited: theme.accent,
        role.Highlight: theme.accent,
        role.HighlightedText: theme.on_accent,
        role.Accent: theme.accent,
        role.Light: theme.raised,
        role.Midlight: theme.border,
        role.Mid: theme.border,
        role.Dark: theme.border_strong,
        role.Shadow: theme.border,
    }
    palette = QPalette()
    for which, colour in colours.items():
        palette.setColor(which, QColor(colour))
    for which in (role.WindowText, role.Text, role.ButtonText, role.HighlightedText):
        palette.setColor(QPalette.ColorGroup.Disabled, which, QColor(theme.text_disabled))
    palette.setColor(QPalette.ColorGroup.Disabled, role.Highlight, QColor(theme.border))
    return palette
