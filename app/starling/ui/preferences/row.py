"""One setting in the dialog: its words, its control, a way back, and what went wrong."""

from __future__ import annotations

import html
from collections.abc import Iterator

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QWidget

from starling.core.errors import StarlingError
from starling.settings.schema import Setting, Value
from starling.ui.kit.buttons import IconButton
from starling.ui.kit.glyph import Glyph
from starling.ui.kit.text import label, wrapped
from starling.ui.look import theme as look
from starling.ui.look.tokens import SPACE_L, SPACE_M, SPACE_S, SPACE_XS
from starling.ui.preferences import texts
from starling.ui.preferences.announce import announce
from starling.ui.preferences.editor import CONTROL_WIDTH, Editor
from starling.ui.preferences.search import spans

_TEXT, _CONTROL, _RESET = range(3)


class Row(QWidget):
    """A setting's row.

    Attributes:
        reset_requested: somebody wants the default.
    """

    reset_requested = Signal()

    def __init__(self, setting: Setting, editor: Editor, mnemonic_title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setting = setting
        self.editor = editor
        self._mnemonic_title = mnemonic_title
        self._needs = ""
        self._query = ""
        self.title = label(mnemonic_title)
        self.title.setWordWrap(True)
        self.title.setBuddy(editor.field)
        self.description = wrapped("caption", "muted")
        self.reset = IconButton("reset", self.tr("Reset “{title}”").format(title=texts.title(setting)))
        self.reset.clicked.connect(self.reset_requested)
        self.error = ErrorLine()
        self._arrange(QGridLayout(self))
        self.show_description()
        editor.problem.connect(self._show_problem)

    def _arrange(self, grid: QGridLayout) -> None:
        grid.setContentsMargins(SPACE_L, SPACE_M, SPACE_S, SPACE_M)
        grid.setHorizontalSpacing(SPACE_M)
        grid.setVerticalSpacing(SPACE_XS)
        grid.setColumnStretch(_TEXT, 1)
        grid.addWidget(self.title, 0, _TEXT)
        grid.addWidget(self.reset, 0, _RESET, 2, 1, Qt.AlignmentFlag.AlignVCenter)
        if self.editor.wide:
            grid.addWidget(self.description, 1, _TEXT, 1, 2)
            grid.addWidget(self.editor, 2, _TEXT, 1, 2)
        else:
            self.editor.setFixedWidth(CONTROL_WIDTH)
            grid.addWidget(self.description, 1, _TEXT)
            grid.addWidget(self.editor, 0, _CONTROL, 2, 1, Qt.AlignmentFlag.AlignVCenter)
        if self.editor.extra is not None:
            self.editor.extra.setContentsMargins(0, SPACE_S, 0, 0)
            grid.addWidget(self.editor.extra, 3, _TEXT, 1, 2)
        grid.addWidget(self.error, 4, _TEXT, 1, 2)

    def stops(self) -> Iterator[QWidget]:
        """What Tab visits, in order."""
        yield self.editor.field
        yield from self.editor.beside
        yield self.reset
        if self.editor.extra is not None:
            yield from self.editor.extra.findChildren(QPushButton)

    def show_value(self, value: Value, *, is_default: bool) -> None:
        """Show what is in use."""
        self.editor.show_value(value)
        self.show_resettable(not is_default)

    def show_resettable(self, on: bool) -> None:
        """Whether there is a way back to the default."""
        if self.reset.hasFocus() and not on:
            self.editor.field.setFocus()
        self.reset.setEnabled(on)

    def show_error(self, error: StarlingError | None, in_use: Value | None = None) -> None:
        """Show what went wrong and which value is in use; None: nothing any more."""
        said = "" if error is None else " ".join(part for part in (error.message, error.fix) if part)
        if said and in_use is not None:
            said += " " + self.tr("In use now: {value}.").format(value=self.editor.shown(in_use))
        self.error.show_text(said, error.code if error else "")
        self.show_description()

    def show_need(self, title: str) -> None:
        """The row matters only with the switch of that title on; empty: it matters."""
        self._needs = title
        self.setEnabled(not title)
        self.show_description()

    def highlight(self, query: str) -> None:
        """Mark the words of a search."""
        self._query = query
        if query:
            self.title.setTextFormat(Qt.TextFormat.RichText)
            self.title.setText(marked_up(texts.title(self.setting), query))
        else:
            self.title.setTextFormat(Qt.TextFormat.PlainText)
            self.title.setText(self._mnemonic_title)
        self.show_description()

    def show_description(self) -> None:
        """Say what the setting does, to readers and to assistive technology."""
        said = texts.description(self.setting)
        if self._needs:
            said += " " + self.tr("Only with “{title}” on.").format(title=self._needs)
        self.description.setTextFormat(Qt.TextFormat.RichText if self._query else Qt.TextFormat.PlainText)
        self.description.setText(marked_up(said, self._query) if self._query else said)
        self.editor.set_names(texts.title(self.setting), " ".join(filter(None, (said, self.error.text))))

    def _show_problem(self, error: StarlingError | None) -> None:
        self.show_error(error)


class ErrorLine(QWidget):
    """A sentence about what went wrong, with its sign; no room is taken while all is well."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._label: QLabel = wrapped("caption", "danger")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, SPACE_XS, 0, 0)
        row.setSpacing(SPACE_S)
        row.addWidget(Glyph("error", "danger"), 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._label, 1)
        self.hide()

    @property
    def text(self) -> str:
        """The sentence; empty while all is well."""
        return self._label.text()

    def show_text(self, text: str, code: str) -> None:
        """Show a sentence, or nothing; ``code`` stands in the tooltip."""
        self._label.setText(text)
        self._label.setToolTip(code)
        self.setVisible(bool(text))
        announce(self, text)


def marked_up(text: str, query: str) -> str:
    """The text as HTML, what was searched for marked in colour and underlined."""
    theme = look.current()
    style = f"background-color:{theme.accent_soft};color:{theme.text};text-decoration:underline;font-weight:600"
    parts, at = [], 0
    for start, end in spans(text, query):
        parts += [html.escape(text[at:start]), f'<span style="{style}">{html.escape(text[start:end])}</span>']
        at = end
    return "".join([*parts, html.escape(text[at:])])
