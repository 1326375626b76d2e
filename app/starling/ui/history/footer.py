"""Below the list: how many there are, what has happened, and what concerns all of them."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QWidget

from starling.pipeline.events import HistoryExported
from starling.ui.history import words
from starling.ui.kit.buttons import IconButton
from starling.ui.kit.text import ElidedLabel, restyle
from starling.ui.look.tokens import SPACE_M


class Footer(QWidget):
    """One line of the same height, whatever it says."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.told = ElidedLabel()
        self.private = QCheckBox(self.tr("Pri&vate mode"))
        self.private.setToolTip(self.tr("While it is on, nothing you say is stored, neither text nor sound."))
        self.save = IconButton("save", self.tr("&Save as a file"), text=True)
        self.save.setToolTip(self.tr("Everything that is listed, as text, JSON, subtitles or a table (Ctrl+S)"))
        self.settings = IconButton("settings", self.tr("What is kept, and for how long"))
        self._count = ""
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_M)
        row.addWidget(self.told, 1)
        for widget in (self.private, self.save, self.settings):
            row.addWidget(widget)

    def show_count(self, count: int, narrowed: bool) -> None:
        """How many are listed."""
        self._count = words.count_text(count, narrowed)
        self.save.setEnabled(count > 0)
        self.tell("")

    def tell(self, text: str, *, failed: bool = False) -> None:
        """Something the user should read, after the count."""
        restyle(self.told, "tone", "danger" if failed else "muted")
        self.told.setText(words.SEPARATOR.join(part for part in (self._count, text) if part))

    def show_exported(self, exported: HistoryExported) -> None:
        """A file was written, or not."""
        error = exported.error
        if error is not None:
            self.tell(" ".join(part for part in (error["message"], error.get("fix", "")) if part), failed=True)
        else:
            self.tell(self.tr("Saved as {path}").format(path=exported.path))
