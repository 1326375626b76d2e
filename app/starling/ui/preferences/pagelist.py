"""The list of pages."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from starling.settings.schema import PAGES, PageKey
from starling.ui.look.icons import icon
from starling.ui.look.tokens import CONTROL_HEIGHT, ICON_SIZE
from starling.ui.preferences import texts

WIDTH = 190
_ICONS: dict[PageKey, str] = {
    "listening": "waveform",
    "keys": "keyboard",
    "sound": "microphone",
    "recognition": "chip",
    "voice": "speaker",
    "assistant": "assistant",
    "conversation": "send",
    "dictation": "dictation",
    "insertion": "cursor",
    "models": "model",
    "power": "bolt",
    "history": "history",
    "window": "panel",
}


class PageList(QListWidget):
    """Chooses a page; none is chosen while a search shows settings of several.

    Attributes:
        chosen: the key of a page that somebody chose.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Pages"))
        self.setFixedWidth(WIDTH)
        self.setIconSize(QSize(ICON_SIZE, ICON_SIZE))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for page in PAGES:
            item = QListWidgetItem(icon(_ICONS[page.key], "text_muted"), texts.title(page), self)
            item.setData(Qt.ItemDataRole.UserRole, page.key)
            item.setToolTip(texts.title(page))
            item.setSizeHint(QSize(0, CONTROL_HEIGHT))
        self.currentRowChanged.connect(self._moved)
        self.itemClicked.connect(self._clicked)

    def show_chosen(self, page: PageKey | None) -> None:
        """Mark a page without choosing it."""
        with QSignalBlocker(self):
            self.setCurrentRow(-1 if page is None else [declared.key for declared in PAGES].index(page))
            if page is None:
                self.clearSelection()

    def next(self) -> None:
        """Go to the next page."""
        self.setCurrentRow(min(self.currentRow() + 1, self.count() - 1))

    def previous(self) -> None:
        """Go to the previous page."""
        self.setCurrentRow(max(self.currentRow() - 1, 0))

    def _moved(self, row: int) -> None:
        if row >= 0:
            self.chosen.emit(PAGES[row].key)

    def _clicked(self, item: QListWidgetItem) -> None:
        self._moved(self.row(item))
