"""How loud it is: bars that move, or steps where nothing is to move. Pure but for the painting."""

from __future__ import annotations

from collections import deque

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from starling.ui.look.palettes import Theme

FLOOR_DBFS = -60.0
BARS = 14
PITCH, BAR_WIDTH = 6.0, 3.6
STEPS = 5
LEAST = 0.12
"""Share of the height that silence has, so that the bars' place is seen."""


def fraction(dbfs: float | None) -> float:
    """A level from 0 (silence, or nothing known) to 1 (full scale)."""
    return 0.0 if dbfs is None else 1 - min(0.0, max(FLOOR_DBFS, dbfs)) / FLOOR_DBFS


def steps(level: float) -> int:
    """How many of the steps are lit: some sound lights one, only full scale lights all."""
    return min(STEPS, int(level * STEPS + 0.5))


class Level:
    """The last levels.

    Attributes:
        moves: whether they are shown as bars that pass by; otherwise the last one in steps.
    """

    def __init__(self) -> None:
        self.moves = True
        self._last: deque[float] = deque([0.0] * BARS, BARS)

    def clear(self) -> None:
        """Nothing has been heard."""
        self._last.extend([0.0] * BARS)

    def add(self, dbfs: float | None) -> bool:
        """Take one more; whether something else is to be painted."""
        before = steps(self._last[-1])
        self._last.append(fraction(dbfs))
        return self.moves or steps(self._last[-1]) != before

    def paint(self, painter: QPainter, place: QRectF, theme: Theme) -> None:
        """Draw them into their place."""
        painter.setPen(Qt.PenStyle.NoPen)
        if self.moves:
            _bars(painter, place, [(max(LEAST, level), theme.accent) for level in self._last])
            return
        lit = steps(self._last[-1])
        colours = [theme.accent] * lit + [theme.border_strong] * (STEPS - lit)
        heights = [(number + 1) / STEPS for number in range(STEPS)]
        _bars(painter, place, list(zip(heights, colours, strict=True)), hollow_from=lit)


def _bars(painter: QPainter, place: QRectF, bars: list[tuple[float, str]], hollow_from: int | None = None) -> None:
    """In steps the dark ones are low: how many are lit is told by height, not by colour alone."""
    pitch = min(PITCH, place.width() / len(bars))
    place = place.adjusted(place.width() - pitch * len(bars), 0, 0, 0)
    for number, (share, colour) in enumerate(bars):
        high = place.height() * (LEAST if hollow_from is not None and number >= hollow_from else share)
        bar = QRectF(place.left() + number * pitch, place.center().y() - high / 2, BAR_WIDTH, high)
        painter.setBrush(QColor(colour))
        painter.drawRoundedRect(bar, BAR_WIDTH / 2, min(BAR_WIDTH / 2, high / 2))
