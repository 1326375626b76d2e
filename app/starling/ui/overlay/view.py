"""The overlay itself: painted by hand, always as large, passed through by mouse and keyboard."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEasingCurve, QPropertyAnimation, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QCursor,
    QFont,
    QFontMetrics,
    QGuiApplication,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QRegion,
    QResizeEvent,
)
from PySide6.QtWidgets import QApplication, QStyle, QWidget

from starling.ui.look import icons
from starling.ui.look import theme as look_of
from starling.ui.look.tokens import RADIUS, SPACE_L, SPACE_M, SPACE_XS
from starling.ui.overlay import words
from starling.ui.overlay.level import Level
from starling.ui.overlay.state import Look

CHARACTERS = 56
"""Width of the text in average characters."""
GLYPH_SIZE = 28
LEVEL_WIDTH = 84
EDGE = 48
"""Between the overlay and the edge of the screen, where docks and players' controls are."""
FADE_MS = 120
MASK_ROOM = 2
"""Masks have no half pixels: theirs are a little less round than the line, which they would cut."""
DESTINATION_SHARE = 3
"""The destination takes this part of the text's width at most."""


class OverlayView(QWidget):
    """Shows one look after another.

    Nobody manages the window: on X11 that keeps it above full screen, out of the task bar and away from the focus.
    """

    def __init__(self) -> None:
        flag = Qt.WindowType
        super().__init__(
            None,
            flag.ToolTip
            | flag.FramelessWindowHint
            | flag.WindowStaysOnTopHint
            | flag.WindowTransparentForInput
            | flag.WindowDoesNotAcceptFocus
            | flag.BypassWindowManagerHint,
        )
        self.setWindowTitle(self.tr("Dictation overlay"))
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setAttribute(Qt.WidgetAttribute.WA_X11NetWmWindowTypeNotification)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._look: Look | None = None
        self._shown = Look("listening")  # also while it fades
        self._level = Level()
        self._moves = self._top = False
        self._fade = QPropertyAnimation(self, b"windowOpacity", self)
        self._fade.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._fade.setDuration(FADE_MS)
        self._fade.finished.connect(self._faded)
        self.use(animations=True, top=False)
        look_of.theme_notifier().changed.connect(self._restyled)

    def use(self, *, animations: bool, top: bool) -> None:
        """What the user chose; the desktop's wish for little motion counts too."""
        self._moves, self._top = animations and desktop_moves(), top
        self._level.moves = self._moves

    def show_look(self, look: Look | None) -> None:
        """Show this; None: go."""
        if look == self._look:
            return
        came, self._look = self._look is None, look
        if look is None:
            self._go()
            return
        self._shown = look
        self.setAccessibleName(words.word(look.kind))
        self.setAccessibleDescription(words.detail(look))
        if came:
            self._level.clear()
            self._come()
        self.update()

    def set_level(self, dbfs: float | None) -> None:
        """How loud it is now."""
        if self._level.add(dbfs) and self.isVisible() and self._shown.live:
            self.update(self._places().level)

    # -- coming and going --------------------------------------------------------------------------------------

    def _come(self) -> None:
        self.resize(self.sizeHint())
        self._place()
        self._fade.stop()
        if not self.isVisible():
            self.setWindowOpacity(0.0 if self._moves else 1.0)
        self.show()
        self.raise_()
        self._turn(1.0)

    def _go(self) -> None:
        if self._moves and self.isVisible():
            self._turn(0.0)
        else:
            self._fade.stop()
            self.hide()

    def _turn(self, opacity: float) -> None:
        if not self._moves:
            self.setWindowOpacity(opacity)
            return
        self._fade.stop()
        self._fade.setStartValue(self.windowOpacity())
        self._fade.setEndValue(opacity)
        self._fade.start()

    def _faded(self) -> None:
        if self._look is None:
            self.hide()

    def _place(self) -> None:
        screen = QGuiApplication.screenAt(QCursor.pos()) or QGuiApplication.primaryScreen()
        self.setScreen(screen)
        room = screen.availableGeometry()
        edge = min(EDGE, max(0, room.height() - self.height()))
        y = room.top() + edge if self._top else room.bottom() + 1 - edge - self.height()
        self.move(room.left() + (room.width() - self.width()) // 2, y)

    # -- measures ----------------------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        """The same for every look."""
        high = max(_title().height() + SPACE_XS + _body().height(), GLYPH_SIZE) + 2 * SPACE_M
        wide = CHARACTERS * _body().averageCharWidth() + GLYPH_SIZE + 2 * SPACE_L + SPACE_M
        room = QGuiApplication.primaryScreen().availableGeometry().width()
        return QSize(min(wide, room), high)

    def _places(self) -> Places:
        return Places(self.rect())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Round corners without a compositor too."""
        super().resizeEvent(event)
        path = QPainterPath()
        path.addRoundedRect(QRectF(self.rect()), RADIUS - MASK_ROOM, RADIUS - MASK_ROOM)
        self.setMask(QRegion(path.toFillPolygon().toPolygon()))

    # -- painting ----------------------------------------------------------------------------------------------

    def _restyled(self) -> None:
        if self.isVisible():
            self.resize(self.sizeHint())
            self._place()
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Everything at once: it is small."""
        theme, places, look = look_of.current(), self._places(), self._shown
        icon, role = words.SHAPES[look.kind]
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width = theme.border_width
        painter.fillRect(self.rect(), QColor(theme.border_strong))  # the edge, as far as the mask lets it be seen
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.raised))
        inner = QRectF(self.rect()).adjusted(width, width, -width, -width)
        painter.drawRoundedRect(inner, RADIUS - width, RADIUS - width)
        painter.drawPixmap(places.glyph.topLeft(), icons.pixmap(icon, role, GLYPH_SIZE, self.devicePixelRatioF()))
        _write(painter, places.word, words.word(look.kind), look_of.font("title"), theme.text)
        self._paint_detail(painter, places, look)
        if look.live:
            self._level.paint(painter, QRectF(places.level), theme)
        painter.end()

    def _paint_detail(self, painter: QPainter, places: Places, look: Look) -> None:
        theme, place = look_of.current(), QRect(places.detail)
        destination = words.destination(look.application)
        if destination:
            wide = min(_body().horizontalAdvance(destination) + SPACE_XS, place.width() // DESTINATION_SHARE)
            right = QRect(place.right() + 1 - wide, place.top(), wide, place.height())
            shown = _body().elidedText(destination, Qt.TextElideMode.ElideRight, wide)
            _write(painter, right, shown, look_of.font("body"), theme.text_muted, Qt.AlignmentFlag.AlignRight)
            place.setRight(right.left() - SPACE_M)
        text, metrics = words.detail(look), _body()
        if look.kind == "error":
            text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, place.width())
        else:
            text = last_words(text, lambda part: metrics.horizontalAdvance(part) <= place.width())
        _write(painter, place, text, look_of.font("body"), theme.text if look.text else theme.text_muted)


class Places:
    """Where everything is: the same for every look, so that nothing jumps."""

    def __init__(self, whole: QRect) -> None:
        inner = whole.adjusted(SPACE_L, SPACE_M, -SPACE_L, -SPACE_M)
        self.glyph = QRect(inner.left(), whole.center().y() + 1 - GLYPH_SIZE // 2, GLYPH_SIZE, GLYPH_SIZE)
        left = self.glyph.right() + 1 + SPACE_M
        title = _title().height()
        self.level = QRect(inner.right() + 1 - LEVEL_WIDTH, inner.top(), LEVEL_WIDTH, title)
        self.word = QRect(left, inner.top(), self.level.left() - SPACE_M - left, title)
        top = self.word.bottom() + 1 + SPACE_XS
        self.detail = QRect(left, top, inner.right() + 1 - left, inner.bottom() + 1 - top)


def desktop_moves() -> bool:
    """Whether the desktop lets things move, as far as it tells Qt."""
    style = QApplication.style()
    return style is None or style.styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration) > 0


def _title() -> QFontMetrics:
    return QFontMetrics(look_of.font("title"))


def _body() -> QFontMetrics:
    return QFontMetrics(look_of.font("body"))


def last_words(text: str, fits: Callable[[str], bool]) -> str:
    """As many of the last words as fit: those that somebody who speaks wants to see; the last one always."""
    if fits(text):
        return text
    words_left = text.split(" ")
    for first in range(1, len(words_left)):
        shown = "… " + " ".join(words_left[first:])
        if fits(shown):
            return shown
    return "… " + words_left[-1]


def _write(
    painter: QPainter,
    place: QRect,
    text: str,
    font: QFont,
    colour: str,
    side: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
) -> None:
    painter.setFont(font)
    painter.setPen(QColor(colour))
    painter.drawText(place, side | Qt.AlignmentFlag.AlignVCenter, text)
