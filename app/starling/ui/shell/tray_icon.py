"""The tray's icons: a light drawing on a dark ground, to be seen on a panel of any colour."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from starling.locate import shipped
from starling.pipeline.panel import Activity

SIZES = (16, 22, 24, 32, 48, 64)
"""Pixels; trays ask for one of these."""
GROUND = "#10303f"
DRAWING = b"#ffffff"
CORNER = 0.22
MARGIN = 0.1
"""Shares of the icon's side."""
_NAMES = {
    Activity.STARTING: "tray-idle",
    Activity.NO_MICROPHONE: "tray-problem",
    Activity.MUTED: "tray-muted",
    Activity.OFF: "tray-off",
    Activity.READY: "tray-idle",
    Activity.WAITING: "tray-idle",
    Activity.HEARING: "tray-hearing",
    Activity.PAUSED: "tray-paused",
    Activity.TRANSCRIBING: "tray-hearing",
    Activity.SPEAKING: "tray-speaking",
    Activity.RESTARTING: "tray-problem",
    Activity.FAILED: "tray-problem",
}


def icon_name(activity: Activity) -> str:
    """The drawing whose shape stands for an activity."""
    return _NAMES[activity]


@lru_cache(len(set(_NAMES.values())))
def tray_icon(name: str) -> QIcon:
    """The icon as pixels of every size: another process shows it."""
    drawing = shipped("resources", "icons", f"{name}.svg").read_bytes().replace(b"currentColor", DRAWING)
    renderer = QSvgRenderer(QByteArray(drawing))
    made = QIcon()
    for size in SIZES:
        made.addPixmap(_painted(renderer, size))
    return made


def _painted(renderer: QSvgRenderer, size: int) -> QPixmap:
    pixmap = QPixmap(size, size)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(GROUND))
    painter.drawRoundedRect(QRectF(0, 0, size, size), CORNER * size, CORNER * size)
    edge = round(MARGIN * size)
    renderer.render(painter, QRectF(edge, edge, size - 2 * edge, size - 2 * edge))
    painter.end()
    return pixmap
