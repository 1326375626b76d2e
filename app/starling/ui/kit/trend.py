"""The course of a measurement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from starling.ui.kit.numbers import ceiling, compact, summary
from starling.ui.kit.plots import PlotPlace
from starling.ui.kit.row import NAME_SHARE, VALUE_SHARE
from starling.ui.kit.text import ElidedLabel, restyle
from starling.ui.look import theme as look
from starling.ui.look.tokens import SPACE_S, SPACE_XS

HEIGHT = 56
LINES = 3
"""At least so many lines of text high, as two stand at its axis."""
SHOWN_VALUES = 60
LINE_PX = 1.75
DOT_PX = 5
LAST_DOT_PX = 8


class _Course(PlotPlace):
    """The plot itself."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(HEIGHT, parent)
        self.setFixedHeight(max(HEIGHT, LINES * self.fontMetrics().height()))
        self.values: tuple[float, ...] = ()
        self._line: Any = None
        self._zero: Any = None
        self._last: Any = None

    def make(self) -> None:
        import pyqtgraph

        self.plot.hideAxis("bottom")
        axis = self.plot.getAxis("left")
        axis.setStyle(tickLength=0, tickTextOffset=SPACE_XS, autoExpandTextSpace=False)
        axis.setTickFont(look.font("caption"))
        axis.setWidth(self.fontMetrics().horizontalAdvance("10000"))
        self._line = pyqtgraph.PlotDataItem()
        self._last = pyqtgraph.ScatterPlotItem(size=LAST_DOT_PX)
        self._zero = pyqtgraph.InfiniteLine(0, angle=0)
        self.plot.addItem(self._zero)
        self.plot.addItem(self._line)
        self.plot.addItem(self._last)
        self.plot.setXRange(-0.5, SHOWN_VALUES - 0.5, padding=0)

    def recolour(self) -> None:
        theme = look.current()
        self._line.setPen(self.pen(theme.plot, LINE_PX))
        self._last.setPen(None)
        self._last.setBrush(QColor(theme.plot))
        axis = self.plot.getAxis("left")
        axis.setPen(None)
        self._zero.setPen(self.pen(theme.plot_grid, 1))
        axis.setTextPen(QColor(theme.text_muted))

    def redraw(self) -> None:
        top = ceiling(max(self.values, default=1.0))
        places = list(range(SHOWN_VALUES - len(self.values), SHOWN_VALUES))
        self._line.setData(places, list(self.values))
        self._last.setData(places[-1:], list(self.values[-1:]))
        line = self.fontMetrics().height()
        margin = top * line / 2 / (self.height() - line)  # half a line, for the figures at the axis
        self.plot.setYRange(-margin, top + margin, padding=0)
        names = [(0.0, "0"), (top, compact(top))] if self.values else []
        self.plot.getAxis("left").setTicks([names])


class TrendPlot(QWidget):
    """The last value in figures, and the last sixty as a line over an axis from zero."""

    def __init__(self, title: str, unit: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title, self._unit = title, unit
        self.setAccessibleName(title)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.course = _Course()
        self.value = ElidedLabel()
        self.value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._build(title)
        self._show_value()

    @property
    def values(self) -> tuple[float, ...]:
        """What is shown, oldest first."""
        return self.course.values

    def set_values(self, values: Sequence[float]) -> None:
        """Show the last sixty of these, oldest first."""
        kept = tuple(values[-SHOWN_VALUES:])
        if kept != self.course.values:
            self.course.values = kept
            self._show_value()
            self.course.show_values()

    def load(self) -> None:
        """Load the plot, in the background."""
        self.course.load()

    def _build(self, title: str) -> None:
        name = ElidedLabel(title)
        name.setProperty("tone", "muted")
        head = QHBoxLayout()
        head.setSpacing(SPACE_S)
        head.addWidget(name, NAME_SHARE)
        head.addWidget(self.value, VALUE_SHARE)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_XS)
        column.addLayout(head)
        column.addWidget(self.course)

    def _show_value(self) -> None:
        values = self.course.values
        restyle(self.value, "tone", "" if values else "muted")
        if not values:
            self.value.setText(self.tr("not measured yet"))
            self.setAccessibleDescription(self.tr("not measured yet"))
            return
        least, middle, last = summary(values)
        self.value.setText(f"{last} {self._unit}".rstrip())
        said = self.tr("{count} values: smallest {least}, median {middle}, last {last} {unit}")
        filled = said.format(count=len(values), least=least, middle=middle, last=last, unit=self._unit)
        self.setAccessibleDescription(filled.rstrip())
