"""The last seconds of sound."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from math import copysign, sqrt
from typing import Any

from PySide6.QtWidgets import QWidget

from starling.ui.kit.plots import PlotPlace
from starling.ui.look import theme as look

HEIGHT = 48
SHOWN_S = 3.0
LINE_PX = 1.5
LEAST_HALF = 0.015
"""Silence is a thin line, not nothing."""


class WaveformView(PlotPlace):
    """Lowest and highest sample of each piece of the last seconds, newest at the right.

    Heights are square roots of amplitudes: speech at a usual distance reaches a tenth of full scale only.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(HEIGHT, parent)
        self.setAccessibleName(self.tr("Waveform of the microphone"))
        self._piece_s = 0.0
        self._pieces: deque[tuple[float, float]] = deque(maxlen=1)
        self._curve: Any = None
        self._zero: Any = None

    def add(self, peaks: Sequence[tuple[float, float]], seconds: float) -> None:
        """Append one block: (lowest, highest) of its pieces in [-1, 1], and its length."""
        if not peaks or seconds <= 0:
            return
        piece_s = seconds / len(peaks)
        if abs(piece_s - self._piece_s) > 1e-6:
            self._piece_s = piece_s
            self._pieces = deque(self._pieces, maxlen=max(1, round(SHOWN_S / piece_s)))
        self._pieces.extend((_height(low) - LEAST_HALF, _height(high) + LEAST_HALF) for low, high in peaks)
        self.show_values()

    def clear(self) -> None:
        """Forget what was shown."""
        if self._pieces:
            self._pieces.clear()
            self.show_values()

    def make(self) -> None:
        """One curve, without axes."""
        import pyqtgraph

        self.plot.hideAxis("left")
        self.plot.hideAxis("bottom")
        self.plot.setYRange(-1, 1, padding=0)
        self._curve = pyqtgraph.PlotCurveItem(connect="pairs", skipFiniteCheck=True)
        self._zero = pyqtgraph.InfiniteLine(0, angle=0)
        self.plot.addItem(self._zero)
        self.plot.addItem(self._curve)

    def recolour(self) -> None:
        """Take the theme's plot colour."""
        self._zero.setPen(self.pen(look.current().plot_grid, 1))
        self._curve.setPen(self.pen(look.current().plot, LINE_PX))

    def redraw(self) -> None:
        """Show the pieces kept, the newest at the right edge."""
        import numpy as np

        room = self._pieces.maxlen or 1
        heights = np.array(self._pieces, dtype=np.float32).reshape(-1)
        places = np.repeat(np.arange(room - len(self._pieces), room, dtype=np.float32), 2)
        self._curve.setData(places, heights)
        self.plot.setXRange(-1, room, padding=0)


def _height(sample: float) -> float:
    return copysign(sqrt(min(1.0, abs(sample))), sample)
