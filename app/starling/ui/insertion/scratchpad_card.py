"""The scratchpad: texts that could not be inserted, to be edited and copied."""

from __future__ import annotations

from PySide6.QtCore import QDateTime, QLocale, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QWidget

from starling.core.errors import StarlingError
from starling.dictation.insertion.scratchpad import Page, Scratchpad
from starling.ui.insertion.background import Background
from starling.ui.kit.buttons import IconButton
from starling.ui.kit.card import Card
from starling.ui.kit.text import wrapped
from starling.ui.look.tokens import SPACE_S
from starling.ui.preferences.asking import ask

SAVE_AFTER_MS = 400
"""After the last key."""
LINES = 6


class ScratchpadCard(Card):
    """Shows the page on disk and keeps what is edited; all reading and writing happens in the background."""

    _changed = Signal(object)

    def __init__(self, scratchpad: Scratchpad, background: Background, parent: QWidget | None = None) -> None:
        super().__init__("", "dictation", parent)
        self.set_title(self.tr("Scratchpad"))
        self._scratchpad, self._background = scratchpad, background
        self._base = ""
        self._loaded = False
        self.reason = wrapped("caption", "muted")
        self.field = QPlainTextEdit()
        self.field.setAccessibleName(self.tr("Scratchpad"))
        self.field.setTabChangesFocus(True)
        self.field.setFixedHeight(self.field.fontMetrics().lineSpacing() * LINES)
        self.field.setPlaceholderText(self.tr("Texts that could not be inserted come here."))
        self.copy = IconButton("copy", self.tr("Copy &all"), text=True)
        self.clear = IconButton("clear", self.tr("C&lear"), text=True)
        self._timer = QTimer(self, singleShot=True, interval=SAVE_AFTER_MS)
        self._timer.timeout.connect(self.save)
        self._arrange()
        self._connect()
        self.show_page(Page())

    def _arrange(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE_S)
        for button in (self.copy, self.clear):
            buttons.addWidget(button)
        buttons.addStretch(1)
        self.body.addWidget(self.reason)
        self.body.addWidget(self.field, 1)
        self.body.addLayout(buttons)

    def _connect(self) -> None:
        self.field.textChanged.connect(self._edited)
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.field.toPlainText()))
        self.clear.clicked.connect(self.ask_to_clear)
        self._changed.connect(self._came)
        self._scratchpad.on_change(self._tell)

    def load(self) -> None:
        """Read the page."""
        self._background.run(self._scratchpad.read, self._read)

    def close_page(self) -> None:
        """Save what is not saved yet and hear no more."""
        self._scratchpad.off_change(self._tell)
        self.save()

    def save(self) -> None:
        """Keep what was edited."""
        self._timer.stop()
        text, base = self.field.toPlainText(), self._base
        if self._loaded and text != base:
            self._base = text
            self._background.run(lambda: self._scratchpad.edit(base, text), self._saved)

    def ask_to_clear(self) -> None:
        """Empty it if the answer is yes."""
        ask(
            self,
            self.tr("Clear the scratchpad"),
            self.tr("Delete the text in the scratchpad?"),
            self.tr("What was dictated stays in the history where texts are kept."),
            self.tr("&Delete"),
            self._clear,
        )

    def show_page(self, page: Page) -> None:
        """Show what is in it; where somebody is typing, what came is put at the end."""
        shown, mine = self.field.toPlainText(), self._base
        self._base = page.text
        if shown != page.text:
            edited_here = shown != mine and page.text.startswith(mine)
            self._set(shown + page.text[len(mine) :] if edited_here else page.text, keep_cursor=edited_here)
        self._show_state(page)

    def _clear(self) -> None:
        self.field.clear()
        self.save()

    def _set(self, text: str, keep_cursor: bool) -> None:
        position = self.field.textCursor().position()
        self.field.blockSignals(True)
        self.field.setPlainText(text)
        self.field.blockSignals(False)
        cursor = self.field.textCursor()
        cursor.setPosition(min(position, len(text))) if keep_cursor else cursor.movePosition(
            QTextCursor.MoveOperation.End
        )
        self.field.setTextCursor(cursor)

    def _show_state(self, page: Page) -> None:
        empty = not self.field.toPlainText()
        for button in (self.copy, self.clear):
            button.setEnabled(not empty)
        if page.reason and page.text:
            moment = QLocale().toString(QDateTime.fromSecsSinceEpoch(int(page.at)), QLocale.FormatType.ShortFormat)
            self.reason.setText(self.tr("Last, {moment}: {reason}").format(moment=moment, reason=page.reason))
        self.reason.setVisible(bool(page.reason and page.text))

    def _edited(self) -> None:
        for button in (self.copy, self.clear):
            button.setEnabled(bool(self.field.toPlainText()))
        self._timer.start()

    def _tell(self, page: Page) -> None:
        self._changed.emit(page)  # from any thread

    def _came(self, page: Page) -> None:
        if self._loaded:
            self.show_page(page)

    def _read(self, page: Page | StarlingError) -> None:
        if isinstance(page, Page):
            self._loaded = True
            self.show_page(page)

    def _saved(self, result: Page | StarlingError) -> None:
        if isinstance(result, StarlingError):
            self.reason.setText(f"{result.message} {result.fix}")
            self.reason.setVisible(True)
