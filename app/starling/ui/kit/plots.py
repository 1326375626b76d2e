"""Places for plots: of fixed height from the start, filled with pyqtgraph by :meth:`PlotPlace.load`."""

from __future__ import annotations

from typing import Any

import shiboken6
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from starling.ui.kit.lazy import when_loaded
from starling.ui.look import theme as look

LEAST_WIDTH = 80


class PlotPlace(QWidget):
    """A place of fixed height; a plain line until its plot is there."""

    def __init__(self, height: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(height)
        self.setMinimumWidth(LEAST_WIDTH)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.plot: Any = None
        self._asked = False
        self._scale = 0.0
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        look.theme_notifier().changed.connect(self._theme_changed)

    def sizeHint(self) -> QSize:  # noqa: D102 - Qt's
        return QSize(LEAST_WIDTH, self.height())

    def load(self) -> None:
        """Load the plotting library in the background, then put the plot into its place."""
        if not self._asked:
            self._asked = True
            when_loaded(self._fill)

    def _fill(self) -> None:
        if not shiboken6.isValid(self):
            return  # the window was closed meanwhile
        self.plot = _bare_plot()
        self._column.addWidget(self.plot)
        self.make()
        self.show_values()

    def make(self) -> None:
        """Put items into ``plot``."""

    def recolour(self) -> None:
        """Take the theme's colours into ``plot``."""

    def redraw(self) -> None:
        """Show the values in ``plot``."""

    def show_values(self) -> None:
        """Draw them, once there is a plot; its pens are as wide as the screen asks for."""
        if self.plot is None:
            return
        if self._scale != self.devicePixelRatioF():
            self._scale = self.devicePixelRatioF()
            self.recolour()
        self.redraw()

    def pen(self, colour: str, width_px: float) -> Any:
        """A pen of a width in logical pixels; pyqtgraph's own count device pixels."""
        import pyqtgraph

        return pyqtgraph.mkPen(QColor(colour), width=width_px * self._scale)

    def _theme_changed(self) -> None:
        self._scale = 0.0
        self.show_values()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: D102 - Qt's
        if self.plot is None:
            painter = QPainter(self)
            painter.setPen(QPen(QColor(look.current().plot_grid), 1))
            middle = self.height() // 2
            painter.drawLine(0, middle, self.width(), middle)
            painter.end()


def _bare_plot() -> Any:
    """A plot that is only looked at: no mouse, no menu, no focus, no frame of its own."""
    import pyqtgraph

    pyqtgraph.setConfigOptions(antialias=True, exitCleanup=False)
    plot = pyqtgraph.PlotWidget(background=None, enableMenu=False)
    plot.setMouseEnabled(False, False)
    plot.hideButtons()
    plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    plot.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    plot.setFrameShape(plot.Shape.NoFrame)
    plot.viewport().setAutoFillBackground(False)
    plot.setCacheMode(plot.CacheModeFlag(0))  # a kept background would be filled with the window's colour
    plot.getPlotItem().setContentsMargins(0, 0, 0, 0)
    plot.getPlotItem().vb.setDefaultPadding(0)
    plot.getPlotItem().disableAutoRange()
    return plot
