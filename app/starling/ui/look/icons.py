"""Starling's own icons: drawings with one stroke colour, which is put in when they are painted.

The engine asks for the theme on every painting, so icons change colour with it and nobody needs to set them again.
Only what leaves the application as pixels, the tray icon, has to be set anew on ``theme_notifier().changed``.
"""

from __future__ import annotations

from functools import lru_cache

import shiboken6
from PySide6.QtCore import QByteArray, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from starling.locate import shipped
from starling.ui.look import theme as look

STROKE = b"currentColor"
KEPT_PIXMAPS = 256
KEPT_DRAWINGS = 128
_clones: list[ThemedEngine] = []
"""Qt takes a clone without telling Python, which would delete it when its last name is gone."""


def icon(name: str, role: str = "text") -> QIcon:
    """The icon of that name in a colour role of the theme; raises ValueError when there is none."""
    _drawing(name)
    return QIcon(ThemedEngine(name, role))


def pixmap(name: str, role: str, size: int, scale: float) -> QPixmap:
    """The icon as pixels: ``size`` logical pixels square, ``scale`` device pixels each."""
    return _pixmap(name, getattr(look.current(), role), size, size, scale)


class ThemedEngine(QIconEngine):
    """Paints one drawing in a role's colour, at whatever size and pixel density is asked for."""

    def __init__(self, name: str, role: str) -> None:
        super().__init__()
        self.name = name
        self.role = role

    def clone(self) -> QIconEngine:  # noqa: D102 - Qt's
        made = ThemedEngine(self.name, self.role)
        _clones[:] = [clone for clone in _clones if shiboken6.isValid(clone)]
        _clones.append(made)
        return made

    def key(self) -> str:  # noqa: D102 - Qt's
        return "starling"

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:  # noqa: D102 - Qt's
        scale = painter.device().devicePixelRatioF()
        painter.drawPixmap(rect.topLeft(), _pixmap(self.name, self._colour(mode), rect.width(), rect.height(), scale))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:  # noqa: D102 - Qt's
        return _pixmap(self.name, self._colour(mode), size.width(), size.height(), 1.0)

    def scaledPixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float) -> QPixmap:  # noqa: D102 - Qt's
        return _pixmap(self.name, self._colour(mode), size.width(), size.height(), scale)

    def _colour(self, mode: QIcon.Mode) -> str:
        theme = look.current()
        role = "text_disabled" if mode is QIcon.Mode.Disabled else self.role
        return str(getattr(theme, role))


@lru_cache(KEPT_DRAWINGS)
def _drawing(name: str) -> bytes:
    path = shipped("resources", "icons", f"{name}.svg")
    try:
        return path.read_bytes()
    except OSError as error:
        raise ValueError(f"no icon is called {name}") from error


@lru_cache(KEPT_PIXMAPS)
def _pixmap(name: str, colour: str, width: int, height: int, scale: float) -> QPixmap:
    made = QPixmap(round(width * scale), round(height * scale))
    made.fill(Qt.GlobalColor.transparent)
    side = min(made.width(), made.height())
    place = QRectF((made.width() - side) / 2, (made.height() - side) / 2, side, side)
    painter = QPainter(made)
    QSvgRenderer(QByteArray(_drawing(name).replace(STROKE, colour.encode()))).render(painter, place)
    painter.end()
    made.setDevicePixelRatio(scale)
    return made
