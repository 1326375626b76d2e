"""A field that shows what would be written of what is recognised, and what had a part in it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from starling.core.errors import StarlingError
from starling.dictation.text.explain import Explained
from starling.dictation.text.rules import TextRules
from starling.settings.store import Settings
from starling.ui.dictation import words
from starling.ui.dictation.desk import Desk
from starling.ui.kit.text import label, wrapped
from starling.ui.look.tokens import SPACE_M, SPACE_S, SPACE_XS

PAUSE_MS = 150
"""After the last key."""
ENGLISH = "en"


class TryCard(QWidget):
    """Shapes in the background with the settings and lists as they are."""

    def __init__(self, settings: Settings, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings, self._desk = settings, desk
        self._application = ""
        self._any = self.tr("Tr&y it")
        self.title = label(self._any)
        self.field = QLineEdit()
        self.title.setBuddy(self.field)
        self.field.setPlaceholderText(self.tr("What is heard, as: dear anna comma new line thanks"))
        self.field.setAccessibleName(self.tr("Try it: what is heard"))
        self.result = wrapped()
        self.result.setAccessibleName(self.tr("What would be written"))
        self.acted = wrapped("caption", "muted")
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self.refresh)
        self._asked = 0
        self._kept: tuple[object, TextRules] | None = None
        self.field.textChanged.connect(self._typed)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_XS)
        for widget in (self.title, self.field, self.result, self.acted):
            column.addWidget(widget)
        column.setSpacing(SPACE_S)
        column.setContentsMargins(0, 0, 0, SPACE_M)
        self._show("", "")

    def show_application(self, application: str) -> None:
        """Try it as for an application; empty: as for any."""
        if application != self._application:
            self._application = application
            name = application.replace("&", "&&")
            self.title.setText(self.tr("Tr&y it, as in {application}").format(application=name) if name else self._any)
            self.refresh()

    def refresh(self) -> None:
        """Shape it again, as a rule may be another one."""
        text = self.field.text()
        self._asked += 1
        if not text.strip():
            self._show("", "")
            return
        asked = self._asked
        self._desk.run(self._task(text), lambda found: self._found(asked, found))

    def _task(self, text: str) -> Callable[[], Explained]:
        get, application = self._settings.get, self._application
        chosen = str(get("stt.language"))
        language = ENGLISH if chosen == "auto" else chosen

        def task() -> Explained:
            from starling.dictation.text import store
            from starling.dictation.text.explain import explain
            from starling.pipeline.dictation_text import switches

            place, chosen = store.folder(), switches(get)
            state = (store.state_of(place), chosen)
            if self._kept is None or self._kept[0] != state:
                self._kept = state, store.load(place, chosen)  # thousands of entries take their time
            return explain(text, self._kept[1], application, None, language)

        return task

    def _typed(self) -> None:
        self._pause.start()

    def _found(self, asked: int, found: Explained | StarlingError) -> None:
        if asked != self._asked:
            return
        if isinstance(found, StarlingError):
            self._show(found.message, found.fix)
            return
        text = found.shaped.text or self.tr("Nothing is written.")
        self._show(text, words.explained_sentence(found))

    def _show(self, text: str, acted: str) -> None:
        self.result.setText(text)
        self.result.setVisible(bool(text))
        self.acted.setText(acted)
        self.acted.setVisible(bool(acted))
