"""One row of the transcript, as a widget."""

from __future__ import annotations

from PySide6.QtCore import QDate, QEvent, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QEnterEvent, QFocusEvent, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGroupBox, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from starling.ui.kit.badge import Badge
from starling.ui.kit.buttons import IconButton
from starling.ui.kit.glyph import Glyph
from starling.ui.kit.text import ElidedLabel, label, restyle, wrapped
from starling.ui.look import theme as look
from starling.ui.look.tokens import CONTROL_HEIGHT, RADIUS, SPACE_L, SPACE_M, SPACE_S, SPACE_XS
from starling.ui.transcript import phrases
from starling.ui.transcript.turns import State, Turn, Who

GLYPH_SIZE = 18
BUTTON_SIZE = CONTROL_HEIGHT


def estimated_height(turn: Turn, width: int, metrics: QFontMetrics, heading: bool) -> int:
    """About how high a row will be, before there is a widget to ask."""
    inner = max(1, width - 2 * SPACE_M - GLYPH_SIZE - SPACE_M)
    lines = 1 + metrics.averageCharWidth() * len(turn.text) // inner if turn.text else 0
    return 2 * SPACE_S + CONTROL_HEIGHT + (lines + 1 + 2 * heading) * metrics.lineSpacing()


class TurnRow(QGroupBox):
    """Shows one turn. A group to assistive technology, named by the whole turn; its actions are buttons in it."""

    action = Signal(str)
    """``copy``, ``replay``, ``say_again``, ``retry`` or ``delete``."""
    entered = Signal()
    """The keyboard focus came to the row or into it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.turn: Turn | None = None
        self.setFlat(True)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._heading = label("", "caption", "muted")
        self._heading.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._glyph = Glyph("microphone", "text_muted", GLYPH_SIZE)
        self._who = _name_label()
        self._time = label("", "caption", "muted")
        self._badge = Badge()
        self._text = wrapped()
        self._problem = wrapped("caption", "danger")
        self._figures = wrapped("caption", "muted")
        for text in (self._text, self._problem, self._figures):
            # A click on a text is one on its row: keys then act on that row, and its menu is the row's.
            text.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            text.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
            text.installEventFilter(self)
        self._actions = QWidget()
        self._buttons = self._make_buttons()
        self._lay_out()
        self._actions.hide()

    # -- content -------------------------------------------------------------------------------------------------

    def show_turn(self, turn: Turn, *, heading: bool, current: bool) -> None:
        """Show a turn; ``heading``: the first of its day; ``current``: the row that Tab enters."""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if current else Qt.FocusPolicy.ClickFocus)
        self._show_heading(phrases.day_word(turn.at, QDate.currentDate()) if heading else "")
        if turn is self.turn:
            return
        self.turn = turn
        muted = turn.who is Who.OVERHEARD or not turn.settled
        self._glyph.set_icon(phrases.WHO_ICONS[turn.who], "accent" if turn.is_reply else "text_muted")
        self._who.setText(phrases.who_word(turn.who))
        self._time.setText(phrases.clock_word(turn.at))
        self._badge.show_state(phrases.state_kind(turn), phrases.state_word(turn))
        self._badge.setVisible(bool(phrases.state_word(turn)))
        restyle(self._text, "tone", "muted" if muted else "")
        _show_text(self._text, turn.text)
        _show_text(self._problem, phrases.problem_line(turn))
        parts = (phrases.inserted_line(turn), phrases.figures_line(turn.figures), phrases.retried_line(turn))
        _show_text(self._figures, phrases.SEPARATOR.join(part for part in parts if part))
        self._figures.setToolTip(phrases.details(turn))
        self._show_actions(turn)
        self.setAccessibleName(phrases.summary(turn))
        self.setAccessibleDescription(self._figures.text())
        self.update()

    def height_at(self, width: int) -> int:
        """How high it is at a width."""
        for child in self.findChildren(QWidget):
            child.ensurePolished()  # also the hidden buttons, for which there is room
        self._actions.updateGeometry()
        for layout in self._layouts:  # a changed text invalidates the outermost only
            layout.invalidate()
        return self._layouts[0].totalHeightForWidth(width)

    def selected_text(self) -> str:
        """What the user has selected in it."""
        texts = (self._text, self._problem, self._figures)
        return next((text.selectedText() for text in texts if text.hasSelectedText()), "")

    def button(self, name: str) -> IconButton:
        """The button of an action."""
        return self._buttons[name]

    @property
    def buttons(self) -> tuple[IconButton, ...]:
        """All buttons, in their order."""
        return tuple(self._buttons.values())

    def _show_heading(self, text: str) -> None:
        self._heading.setText(text)
        self._heading.setVisible(bool(text))

    def _show_actions(self, turn: Turn) -> None:
        shown = {
            "copy": bool(turn.text),
            "replay": turn.replayable and bool(turn.turn) and not turn.is_reply,
            "say_again": turn.is_reply and bool(turn.turn),
            "retry": turn.replayable and bool(turn.turn) and not turn.is_reply,
            "delete": turn.settled,
        }
        for name, button in self._buttons.items():
            button.setVisible(shown[name])
        self._buttons["retry"].setEnabled(turn.can_retry)
        self._buttons["say_again"].setEnabled(turn.can_say_again)

    # -- parts ---------------------------------------------------------------------------------------------------

    def _make_buttons(self) -> dict[str, IconButton]:
        named = {
            "copy": ("copy", self.tr("Copy"), self.tr("Copy (Ctrl+C)")),
            "replay": ("replay", self.tr("Play the recording"), self.tr("Play the recording (R)")),
            "say_again": ("speaker", self.tr("Say again"), self.tr("Say again (R)")),
            "retry": (
                "retry",
                self.tr("Recognise again with another model"),
                self.tr("Recognise again with another model (T)"),
            ),
            "delete": ("delete", self.tr("Delete"), self.tr("Delete this turn and its recording (Del)")),
        }
        made = {}
        for key, (icon, name, tooltip) in named.items():
            button = IconButton(icon, name, self._actions)
            button.setToolTip(tooltip)
            button.setFixedSize(BUTTON_SIZE, BUTTON_SIZE)
            button.clicked.connect(lambda _=False, key=key: self.action.emit(key))
            button.installEventFilter(self)
            made[key] = button
        return made

    def _lay_out(self) -> None:
        actions = QHBoxLayout(self._actions)
        actions.setContentsMargins(0, 0, 0, 0)
        actions.setSpacing(0)
        for button in self._buttons.values():
            actions.addWidget(button)
        policy = self._actions.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self._actions.setSizePolicy(policy)
        head = QHBoxLayout()
        head.setSpacing(SPACE_S)
        head.addStrut(BUTTON_SIZE)  # as high without buttons
        for widget in (self._who, self._time, self._badge):
            head.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)
        head.addStretch(1)
        head.addWidget(self._actions)
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addLayout(head)
        for text in (self._text, self._problem, self._figures):
            column.addWidget(text)
        body = QHBoxLayout()
        body.setSpacing(SPACE_M)
        rail = QVBoxLayout()
        rail.setContentsMargins(0, (BUTTON_SIZE - GLYPH_SIZE) // 2, 0, 0)
        rail.addWidget(self._glyph, 0, Qt.AlignmentFlag.AlignTop)
        body.addLayout(rail)
        body.addLayout(column, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(SPACE_L, SPACE_XS // 2, SPACE_S, SPACE_S)
        outer.setSpacing(SPACE_S)
        outer.addWidget(self._heading)
        outer.addLayout(body)
        self._layouts = (outer, body, rail, column, head, actions)

    # -- Qt ------------------------------------------------------------------------------------------------------

    def changeEvent(self, event: QEvent) -> None:
        """Keep the room that a group box reserves for its title."""
        super().changeEvent(event)
        self.setContentsMargins(0, 0, 0, 0)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look after the buttons' focus, and clicks on texts."""
        if event.type() == QEvent.Type.MouseButtonPress and isinstance(watched, QLabel):
            self.setFocus(Qt.FocusReason.MouseFocusReason)
        elif event.type() == QEvent.Type.FocusIn:
            self._focus_came()
        elif event.type() == QEvent.Type.FocusOut:
            self._show_or_hide_actions()
        return super().eventFilter(watched, event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Offer what can be done."""
        super().focusInEvent(event)
        self._focus_came()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take it back, unless the focus went to it."""
        super().focusOutEvent(event)
        if event.reason() in (Qt.FocusReason.MouseFocusReason, Qt.FocusReason.OtherFocusReason):
            for text in (self._text, self._problem, self._figures):
                text.setSelection(0, 0)
        self._show_or_hide_actions()

    def enterEvent(self, event: QEnterEvent) -> None:
        """Offer what can be done."""
        super().enterEvent(event)
        self._show_or_hide_actions()

    def leaveEvent(self, event: QEvent) -> None:
        """Take it back."""
        super().leaveEvent(event)
        self._show_or_hide_actions()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A ground for replies, a ring for the focus."""
        theme = look.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        place = QRectF(self.rect())
        if self._heading.isVisibleTo(self):
            place.setTop(self._heading.geometry().bottom() + SPACE_XS)
        focused = self.hasFocus()
        if focused or (self.turn is not None and self.turn.is_reply):
            width = theme.focus_width if focused else theme.border_width
            painter.setPen(QPen(QColor(theme.focus if focused else theme.border), width))
            is_reply = self.turn is not None and self.turn.is_reply
            painter.setBrush(QColor(theme.surface) if is_reply else Qt.BrushStyle.NoBrush)
            inset = width / 2
            painter.drawRoundedRect(place.adjusted(inset, inset, -inset, -inset), RADIUS, RADIUS)
        painter.end()

    def _focus_came(self) -> None:
        self._show_or_hide_actions()
        self.entered.emit()

    def _show_or_hide_actions(self) -> None:
        focused = self.hasFocus() or any(button.hasFocus() for button in self._buttons.values())
        settled = self.turn is not None and self.turn.state not in (State.HEARING, State.TRANSCRIBING)
        for button in self._buttons.values():  # those of a row that is only pointed at are not for Tab
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus if focused else Qt.FocusPolicy.NoFocus)
        self._actions.setVisible(settled and (focused or self.underMouse()))
        self.update()


def _name_label() -> ElidedLabel:
    made = ElidedLabel()
    made.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
    strong = made.font()
    strong.setWeight(strong.Weight.DemiBold)
    made.setFont(strong)
    return made


def _show_text(shown: QLabel, text: str) -> None:
    if shown.text() != text:
        shown.setText(text)
    shown.setVisible(bool(text))
