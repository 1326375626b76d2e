"""One entry as a whole, and what can be done with it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QAction, QPalette, QTextCursor
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QPlainTextEdit, QPushButton, QTextEdit, QVBoxLayout, QWidget

from starling.core.folding import spans
from starling.pipeline.events import HistoryEntry
from starling.ui.history import words
from starling.ui.history.delegate import mark_format
from starling.ui.kit.badge import Badge
from starling.ui.kit.buttons import IconButton
from starling.ui.kit.text import ElidedLabel, label, restyle, wrapped
from starling.ui.look.tokens import SPACE_L, SPACE_M, SPACE_S

LEAST_LINES = 4
_FAULT_TONES = {"failed": "danger", "done": "warning"}


class Details(QFrame):
    """The current entry, or how many are chosen.

    ``retry_wanted`` has the name of the model.
    """

    play_wanted = Signal()
    copy_wanted = Signal()
    delete_wanted = Signal()
    retry_wanted = Signal(str)
    models_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("part", "card")
        self.setAccessibleName(self.tr("Entry"))
        self.state = Badge()
        self.moment = ElidedLabel()
        self.moment.setProperty("tone", "muted")
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setFrameShape(QFrame.Shape.NoFrame)
        self.text.setAccessibleName(self.tr("What was said and answered"))
        self.text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.text.setMinimumHeight(LEAST_LINES * self.fontMetrics().lineSpacing())
        self.facts = wrapped("caption", "muted")
        self.fault = wrapped("body", "danger")
        self.play = IconButton("play", self.tr("&Play"), text=True)
        self.copy = IconButton("copy", self.tr("&Copy"), text=True)
        self.again = QPushButton(self.tr("&Recognise again"))
        self.delete = IconButton("delete", self.tr("De&lete"), text=True)
        self.models = QMenu(self.again)
        self._entry: HistoryEntry | None = None
        self._terms: Sequence[str] = ()
        self._lay_out()
        self._connect()
        self.show_entry(None, 0, (), running=True)

    def show_entry(self, entry: HistoryEntry | None, chosen: int, terms: Sequence[str], *, running: bool) -> None:
        """Show an entry; of several that are chosen, how many."""
        self._entry, self._terms = entry, terms
        several = chosen > 1
        one = entry if not several else None
        for part in (self.state, self.text, self.facts):
            part.setVisible(one is not None)
        self.fault.setVisible(one is not None and bool(one.reason or one.error_code))
        if one is not None:
            self._show_one(one)
        else:
            self.moment.setText(words.count_text(chosen, narrowed=False) if several else self.tr("No entry is chosen."))
            self._show_text("")
            self.facts.setText("")
        playable = one is not None and one.replayable and running
        self.play.setEnabled(playable)
        self.again.setEnabled(playable)
        self.copy.setEnabled((one is not None and bool(one.text.strip())) or several)
        self.delete.setEnabled((one is not None or several) and running)

    def show_models(self, names: Sequence[str]) -> None:
        """What may recognise it again."""
        self.models.clear()
        for name in names:
            action = QAction(name.replace("&", "&&"), self.models)
            action.triggered.connect(lambda _checked=False, name=name: self.retry_wanted.emit(name))
            self.models.addAction(action)

    def _show_one(self, entry: HistoryEntry) -> None:
        self.state.show_state(words.state_kind(entry), words.state_word(entry))
        self.moment.setText(words.caption(entry, datetime.now(), state=False))
        self._show_text(words.whole(entry))
        self.facts.setText(words.facts(entry))
        restyle(self.fault, "tone", _FAULT_TONES.get(entry.state, "muted"))
        self.fault.setText(entry.reason or entry.error_code)

    def _show_text(self, text: str) -> None:
        if text != self.text.toPlainText():
            with QSignalBlocker(self.text):
                self.text.setPlainText(text)
        self._mark()

    def _mark(self) -> None:
        marked = []
        for begin, end in spans(self.text.toPlainText(), self._terms):
            selection = QTextEdit.ExtraSelection()
            cursor = QTextCursor(self.text.document())
            cursor.setPosition(_utf16(self.text.toPlainText(), begin))
            cursor.setPosition(_utf16(self.text.toPlainText(), end), QTextCursor.MoveMode.KeepAnchor)
            selection.cursor, selection.format = cursor, mark_format()
            marked.append(selection)
        self.text.setExtraSelections(marked)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(SPACE_M)
        head.addWidget(self.state)
        head.addWidget(self.moment, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE_S)
        self.again.setMenu(self.models)
        self.again.setAutoDefault(False)
        for button in (self.play, self.copy, self.again, self.delete):
            buttons.addWidget(button)
        buttons.addStretch(1)
        self.text.viewport().setAutoFillBackground(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_L, SPACE_M, SPACE_L, SPACE_M)
        column.setSpacing(SPACE_S)
        column.addLayout(head)
        column.addWidget(self.text, 1)
        column.addWidget(self.fault)
        column.addWidget(self.facts)
        column.addStretch(0)  # in the place of the text where there is none
        column.addLayout(buttons)

    def _connect(self) -> None:
        self.play.clicked.connect(self.play_wanted)
        self.copy.clicked.connect(self.copy_wanted)
        self.delete.clicked.connect(self.delete_wanted)
        self.models.aboutToShow.connect(self.models_wanted)

    def changeEvent(self, event: QEvent) -> None:
        """Marks have the colours of the theme."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.PaletteChange) and hasattr(self, "_terms"):
            self._mark()


class EmptyNote(QWidget):
    """A title and a sentence where the list would be."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title, self.sentence = label("", "title"), wrapped("body", "muted")
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        column = QVBoxLayout(self)
        column.setSpacing(SPACE_S)
        column.addStretch(1)
        column.addWidget(self.title, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self.sentence)
        column.addStretch(2)
        self.setBackgroundRole(QPalette.ColorRole.NoRole)

    def show_texts(self, title: str, sentence: str) -> None:
        """Say why there is nothing."""
        self.title.setText(title)
        self.sentence.setText(sentence)
        self.setAccessibleName(f"{title}. {sentence}")


def _utf16(text: str, place: int) -> int:
    """Qt counts UTF-16 units: a character beyond the first plane is two."""
    return len(text[:place].encode("utf-16-le", "surrogatepass")) // 2
