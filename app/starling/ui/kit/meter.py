"""Meters that paint themselves, as the microphone is shown twenty times a second."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QProgressBar, QSizePolicy, QWidget

from starling.ui.look import theme as look
from starling.ui.look.tokens import SPACE_S

BAR_HEIGHT = 8
MARK = 5
"""Half the width of the threshold's arrow head, and its height."""
FLOOR_DBFS = -60.0
LOUD_DBFS = -3.0
"""From here on a microphone is about to clip."""
PERCENT = 100


class Meter(QProgressBar):
    """A bar with its value as text at the right, in a place as wide as the widest value.

    A progress bar to assistive technology, which reads the whole number nearest to the value.
    """

    widest = "-100 dB"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextVisible(False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._fraction = 0.0
        self._shown = ""
        self._painted = False

    def value_text(self) -> str:
        """The value as people read it; a dash while there is none."""
        return self._shown

    def sizeHint(self) -> QSize:  # noqa: D102 - Qt's
        return QSize(160, max(self.fontMetrics().height(), BAR_HEIGHT + 2 * MARK))

    def minimumSizeHint(self) -> QSize:  # noqa: D102 - Qt's
        return QSize(80, self.sizeHint().height())

    def _show(self, value: int, fraction: float, shown: str) -> None:
        bar = max(1.0, self._bar().width())
        moved = round(fraction * bar) != round(self._fraction * bar) or shown != self._shown
        self._fraction, self._shown, self._painted = fraction, shown, False
        self.setValue(value)  # may paint at once
        if moved and not self._painted:
            self.update()

    def _bar(self) -> QRectF:
        text = self.fontMetrics().horizontalAdvance(self.widest) + SPACE_S
        return QRectF(0, (self.height() - BAR_HEIGHT) / 2, self.width() - text, BAR_HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: D102 - Qt's
        self._painted = True
        theme = look.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        bar = self._bar()
        edge = theme.border_width if theme.border_width > 1 else 0
        painter.setPen(QPen(QColor(theme.border), edge) if edge else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.sunken))
        painter.drawRoundedRect(bar, BAR_HEIGHT / 2, BAR_HEIGHT / 2)
        filled = QRectF(bar.left(), bar.top(), bar.width() * self._fraction, bar.height())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._colour()))
        painter.drawRoundedRect(filled, min(BAR_HEIGHT, filled.width()) / 2, BAR_HEIGHT / 2)
        self._paint_marks(painter, bar)
        painter.setPen(QColor(theme.text if self.isEnabled() else theme.text_disabled))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self._shown)
        painter.end()

    def _colour(self) -> str:
        return look.current().accent

    def _paint_marks(self, painter: QPainter, bar: QRectF) -> None:
        """For what stands on the bar."""


class LevelMeter(Meter):
    """A level in decibels below full scale, from -60 to 0."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setRange(round(FLOOR_DBFS), 0)
        self.setAccessibleName(self.tr("Microphone level in decibels below full scale"))
        self._loud = False
        self.set_level(None)

    def set_level(self, dbfs: float | None) -> None:
        """Show a level; None: nothing is heard."""
        if dbfs is None:
            self._loud = False
            self._show(round(FLOOR_DBFS), 0.0, "–")  # noqa: RUF001 - stands for a number
            return
        kept = min(0.0, max(FLOOR_DBFS, dbfs))
        self._loud = dbfs >= LOUD_DBFS
        self._show(round(kept), 1 - kept / FLOOR_DBFS, self.tr("{level} dB").format(level=round(dbfs)))

    def _colour(self) -> str:
        theme = look.current()
        return theme.danger if self._loud else theme.accent


class ProbabilityMeter(Meter):
    """A probability of speech with the threshold from which on it counts."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setRange(0, PERCENT)
        self.setAccessibleName(self.tr("Probability of speech in percent"))
        self._threshold = -1.0
        self.set_value(None, 0.5)

    @property
    def threshold(self) -> float:
        """Where the mark stands, 0..1."""
        return self._threshold

    def set_value(self, p: float | None, threshold: float) -> None:
        """Show a probability, None for no sound, and the threshold, both 0..1."""
        if threshold != self._threshold:
            self._threshold = threshold
            said = self.tr("Speech from {threshold} percent on").format(threshold=round(threshold * PERCENT))
            self.setAccessibleDescription(said)
            self.update()
        if p is None:
            self._show(0, 0.0, "–")  # noqa: RUF001 - stands for a number
        else:
            kept = min(1.0, max(0.0, p))
            self._show(round(kept * PERCENT), kept, f"{kept:.2f}")

    def _colour(self) -> str:
        theme = look.current()
        return theme.accent if self._fraction >= self._threshold else theme.border_strong

    def _paint_marks(self, painter: QPainter, bar: QRectF) -> None:
        at = bar.left() + bar.width() * self._threshold
        painter.setBrush(QColor(look.current().text))
        painter.drawRect(QRectF(at - 1, bar.top() - 2, 2, bar.height() + 4))
        top = bar.top() - 2
        head = [QPointF(at - MARK + 1, top - MARK + 1), QPointF(at + MARK - 1, top - MARK + 1), QPointF(at, top)]
        painter.drawPolygon(QPolygonF(head))
