"""What stands in the place of a transcript that has no turns."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from starling.pipeline.panel import Panel
from starling.ui.kit.glyph import Glyph
from starling.ui.kit.text import label
from starling.ui.look.tokens import SPACE_M, SPACE_S, SPACE_XL

GLYPH_SIZE = 48


class EmptyState(QWidget):
    """How to begin, in two lines."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._first = label("", "title")
        self._second = label("", "body", "muted")
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_XL, SPACE_XL, SPACE_XL, SPACE_XL)
        column.setSpacing(SPACE_S)
        column.addStretch(1)
        column.addWidget(Glyph("starling", "text", GLYPH_SIZE), 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(SPACE_M)
        for line in (self._first, self._second):
            line.setWordWrap(True)
            line.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(line)
        column.addStretch(1)

    @property
    def text(self) -> str:
        """The first line."""
        return self._first.text()

    def explain(self, wake_phrase: str, panel: Panel) -> None:
        """Say how to begin with what is set and there; no ``wake_phrase``: everything that is said is answered."""
        listening = panel.listening
        off = listening.mode == "off"
        deaf = not off and (panel.microphone.state == "lost" or listening.muted)
        self._second.setVisible(not panel.failed)
        self._second.setText(
            self.tr("What you say and type stays on this computer.")
            if deaf
            else self.tr("Or type a question below. What you say stays on this computer.")
        )
        if panel.failed:
            text = self.tr("Starling is not running; the reason is above.")
        elif deaf:
            text = self.tr("No microphone is open: type a question below.")
        elif off:
            text = self.tr("Nothing is listened to: choose Assistant or Dictation above.")
        elif listening.activation == "hold":
            text = self.tr("Hold Space or the Talk button and speak.")
        elif listening.mode == "dictation":
            text = self.tr("Just speak: everything you say is written down here.")
        elif not wake_phrase:
            text = self.tr("Just speak: everything you say is answered.")
        else:
            text = self.tr("Say “{phrase}” and ask, or hold Space and speak.").format(phrase=wake_phrase)
        self._first.setText(text)
