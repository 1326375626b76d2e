"""The question before the language model changes something: what would be done, and two buttons."""

from __future__ import annotations

import re

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from starling.pipeline import events
from starling.ui.connection import words
from starling.ui.kit.glyph import Glyph
from starling.ui.kit.text import label, restyle, wrapped
from starling.ui.look.tokens import FOCUS_ROOM, SPACE_L, SPACE_M, SPACE_S, SPACE_XS
from starling.ui.preferences.announce import announce

GLYPH_SIZE = 24
MOST_LINES = 5
"""Of arguments that are seen without scrolling: a note may be as long as the window."""


LONGEST_QUESTION = 300
"""Characters that are shown of it; the arguments are shown whole."""
LONGEST_WORD = 40
_BREAK_HERE = "\u200b"  # zero width space: labels break lines at spaces only, and what is not seen is not allowed


class ConfirmBanner(QFrame):
    """Shown while a question is open; it never takes the focus by itself.

    All of it is plain text: arguments are what a model wrote.

    Attributes:
        answered: the turn, and whether it may be done.
        left: it went away while it had the focus.
    """

    answered = Signal(str, bool)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._turn = ""
        self.setProperty("part", "banner")
        self.setProperty("kind", "warning")
        self.title, self.question, self.hint = label("", "title"), wrapped(), wrapped("caption", "muted")
        self.details = Details()
        self.allow, self.refuse = QPushButton(self.tr("Allow")), QPushButton(self.tr("Refuse"))
        restyle(self.allow, "kind", "primary")
        for button, yes in ((self.allow, True), (self.refuse, False)):
            button.setAutoDefault(False)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click must not take the focus from what is being typed
            button.clicked.connect(lambda _=False, yes=yes: self.answer(yes))
        self._lay_out()
        self.hide()

    def ask(self, asked: events.ConfirmAsked, allow_keys: str, refuse_keys: str) -> None:
        """Show a question; it takes the place of another."""
        self._turn = asked.turn
        self.title.setText(self.tr("{what}?").format(what=words.tool_title(asked.tool)))
        self.question.setText(shortened(asked.question))
        self.details.show_arguments(asked.arguments)
        self.hint.setText(
            self.tr("{allow} allows it, {refuse} refuses it; you can also say yes or no.").format(
                allow=allow_keys, refuse=refuse_keys
            )
        )
        said = " ".join((self.title.text(), asked.question, *self.details.texts))
        self.setAccessibleName(self.tr("The language model asks"))
        self.setAccessibleDescription(said)
        for button in (self.allow, self.refuse):
            button.setEnabled(True)
            button.setAccessibleDescription(asked.question)
        self.show()
        announce(self, f"{self.accessibleName()}: {said} {self.hint.text()}")

    @property
    def open(self) -> bool:
        """Whether an answer is waited for."""
        return not self.isHidden() and self.allow.isEnabled()

    def answer(self, yes: bool) -> None:
        """The user's word, once."""
        if self.open:
            self._keep_focus()
            for button in (self.allow, self.refuse):
                button.setEnabled(False)
            self.answered.emit(self._turn, yes)

    def end(self) -> None:
        """The question is no longer open."""
        if not self.isHidden():
            self._keep_focus()
            self.hide()

    def _keep_focus(self) -> None:
        focus = QApplication.focusWidget()
        if focus is not None and self.isAncestorOf(focus):
            self.left.emit()

    def _lay_out(self) -> None:
        texts = QVBoxLayout()
        texts.setSpacing(SPACE_XS)
        for widget in (self.title, self.question, self.details, self.hint):
            texts.addWidget(widget)
        for text in (self.title, self.question, self.hint):
            text.setContentsMargins(FOCUS_ROOM, 0, 0, 0)  # as the arguments, which may have the focus
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_L, SPACE_M, SPACE_M, SPACE_M)
        row.setSpacing(SPACE_M)
        row.addWidget(Glyph("warning", "warning", GLYPH_SIZE), 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(texts, 1)
        for button in (self.allow, self.refuse):
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)


class Details(QScrollArea):
    """Names and values below each other, as many lines high as there are, up to a bound; then it scrolls."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.texts: tuple[str, ...] = ()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setProperty("part", "panel")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("What would be done"))

    def show_arguments(self, arguments: tuple[tuple[str, str], ...]) -> None:
        """Show these and nothing else."""
        inside = QWidget()
        inside.setProperty("part", "column")
        grid = QGridLayout(inside)
        grid.setContentsMargins(0, 0, SPACE_S, 0)
        grid.setHorizontalSpacing(SPACE_M)
        grid.setVerticalSpacing(0)
        grid.setColumnStretch(1, 1)
        for place, (name, value) in enumerate(arguments):
            shown = wrapped()
            shown.setText(breakable(value))
            grid.addWidget(label(words.argument_title(name), "body", "muted"), place, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(shown, place, 1)
        self.texts = tuple(f"{words.argument_title(name)}: {value}." for name, value in arguments)
        self.setAccessibleDescription(" ".join(self.texts))
        self.setWidget(inside)
        self.setVisible(bool(arguments))
        self._fit()

    def _fit(self) -> None:
        inside = self.widget()
        if inside is not None:
            needed = inside.layout().totalHeightForWidth(self.viewport().width())  # type: ignore[union-attr]  # it has one
            most = MOST_LINES * self.fontMetrics().lineSpacing()
            self.setFixedHeight(min(needed, most) + 2 * FOCUS_ROOM)
            scrolls = needed > most  # with the arrow keys, so Tab comes here
            self.setFocusPolicy(Qt.FocusPolicy.TabFocus if scrolls else Qt.FocusPolicy.NoFocus)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: D102 - Qt's
        super().resizeEvent(event)
        self._fit()


def shortened(text: str) -> str:
    """On one line, and not endless."""
    line = " ".join(text.split())
    return breakable(line if len(line) <= LONGEST_QUESTION else line[: LONGEST_QUESTION - 1] + "…")


def breakable(text: str) -> str:
    """The same to the eye, with places to break lines in words that are longer than any line."""
    return re.sub(rf"\S{{{LONGEST_WORD}}}", lambda found: found[0] + _BREAK_HERE, text)
