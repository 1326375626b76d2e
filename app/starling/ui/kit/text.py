"""Labels on the type scale, and one that elides."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractSpinBox, QLabel, QLineEdit, QSizePolicy, QStyle, QWidget

from starling.ui.look.tokens import SPACE_S, Step

ELIDED_LEAST_CHARACTERS = 4


def label(text: str = "", step: Step = "body", tone: str = "", parent: QWidget | None = None) -> QLabel:
    """A plain-text label at a step of the type scale; ``tone`` is empty or a role, as ``muted`` or ``danger``."""
    made = QLabel(text, parent)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setProperty("step", step)
    made.setProperty("tone", tone)
    return made


def wrapped(step: Step = "body", tone: str = "", parent: QWidget | None = None) -> QLabel:
    """A label for whole sentences: it wraps, and its text can be selected with the mouse and copied."""
    made = label("", step, tone, parent)
    made.setWordWrap(True)
    made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    made.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    return made


def restyle(widget: QWidget, name: str, value: object) -> None:
    """Set a property that the style sheet looks at, and let it look."""
    if widget.property(name) == value:
        return
    widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


def inset(spin_box: QAbstractSpinBox) -> None:
    """Give a spin box's text its distance from the edge: style sheets cannot, its left padding counts for nothing."""
    field = spin_box.findChild(QLineEdit)
    if field is not None:
        field.setTextMargins(SPACE_S - 1, 0, 0, 0)


class ElidedLabel(QLabel):
    """One line that ends in an ellipsis where there is no room; the tooltip then has the whole text.

    Assistive technology reads the whole text, which is what :meth:`text` returns.
    """

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._own_tooltip = ""
        self.setText(text)

    def setText(self, text: str) -> None:  # noqa: D102 - Qt's
        if text != self.text():
            super().setText(text)
            self._show_tooltip()

    def set_tooltip(self, text: str) -> None:
        """A tooltip of its own, below the whole text."""
        self._own_tooltip = text
        self._show_tooltip()

    def elided(self) -> str:
        """What is painted."""
        line = " ".join(self.text().split())
        return self.fontMetrics().elidedText(line, Qt.TextElideMode.ElideRight, self.contentsRect().width())

    def minimumSizeHint(self) -> QSize:  # noqa: D102 - Qt's
        metrics = self.fontMetrics()
        return QSize(metrics.averageCharWidth() * ELIDED_LEAST_CHARACTERS, metrics.height())

    def sizeHint(self) -> QSize:  # noqa: D102 - Qt's
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self.text()) + 1, metrics.height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: D102 - Qt's
        super().resizeEvent(event)
        self._show_tooltip()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: D102 - Qt's
        painter = QPainter(self)
        alignment = QStyle.visualAlignment(self.layoutDirection(), self.alignment())
        self.style().drawItemText(
            painter,
            self.contentsRect(),
            alignment,
            self.palette(),
            self.isEnabled(),
            self.elided(),
            self.foregroundRole(),
        )
        painter.end()

    def _show_tooltip(self) -> None:
        line = self.text() if self.elided() != self.text() else ""
        self.setToolTip("\n".join(part for part in (line, self._own_tooltip) if part))
