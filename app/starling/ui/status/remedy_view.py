"""A remedy: sentences, and commands that can be copied."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from starling.ui.kit.buttons import IconButton
from starling.ui.kit.text import wrapped
from starling.ui.look import theme as look
from starling.ui.look.tokens import SPACE_S, SPACE_XS
from starling.ui.status import remedy

SHOWN_MS = 1500
"""For so long the button says that it has copied."""
ZERO_WIDTH_SPACE = "\u200b"


class Command(QFrame):
    """A command to type as it stands, with a button that copies it."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = text
        self.setProperty("part", "command")
        self.words = QLabel(breakable(text))
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setWordWrap(True)
        self.words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPointSizeF(look.font("caption").pointSizeF())
        self.words.setFont(font)
        self.words.setAccessibleName(text)
        self.copy = IconButton("copy", "")
        self._show_copied(False)
        self.copy.clicked.connect(self._copy)
        line = QHBoxLayout(self)
        line.setContentsMargins(SPACE_S, SPACE_XS, SPACE_XS, SPACE_XS)
        line.setSpacing(SPACE_XS)
        line.addWidget(self.words, 1)
        line.addWidget(self.copy, 0, Qt.AlignmentFlag.AlignTop)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text)
        self._show_copied(True)
        QTimer.singleShot(SHOWN_MS, self, lambda: self._show_copied(False))

    def _show_copied(self, copied: bool) -> None:
        self.copy.set_icon("check" if copied else "copy", "success" if copied else "text")
        text = self.tr("Copied: {command}") if copied else self.tr("Copy the command: {command}")
        self.copy.set_name(text.format(command=self.text))
        self.copy.setToolTip(self.tr("Copied") if copied else self.tr("Copy"))


class RemedyView(QWidget):
    """What to do about a fault, in the order in which it is to be done."""

    def __init__(self, fix: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_XS)
        for part in remedy.parts(fix):
            if part.command:
                column.addWidget(Command(part.text))
                continue
            words = wrapped("caption")
            words.setText(part.text[:1].upper() + part.text[1:])
            column.addWidget(words)


def breakable(text: str) -> str:
    """With places where a long path may be broken into lines; what is copied has none of them."""
    for sign in "/=@":
        text = text.replace(sign, sign + ZERO_WIDTH_SPACE)
    return text
