"""The messages above the transcript."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from starling.ui.kit.banner import Banner
from starling.ui.look.tokens import SPACE_S
from starling.ui.taborder import follow
from starling.ui.window.notices import Message, Notices


class BannerStack(QWidget):
    """Shows the newest messages; the others come when there is room."""

    dismissed = Signal(str)
    """The message's code."""
    emptied = Signal()
    """The user has dismissed the one that had the focus."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._banners: dict[Message, Banner] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(SPACE_S)
        self.hide()

    @property
    def texts(self) -> list[str]:
        """What is shown, from top to bottom."""
        return [banner.text for banner in self._banners.values()]

    def show_notices(self, notices: Notices) -> None:
        """Show these; banners that stay are kept."""
        for message in [message for message in self._banners if message not in notices.shown]:
            self._remove(self._banners.pop(message))
        self._banners = {message: self._banners.get(message) or self._make(message) for message in notices.shown}
        for place, banner in enumerate(self._banners.values()):
            self._column.insertWidget(place, banner)
        follow(self, *(banner.close_button for banner in self._banners.values()))
        self.setVisible(bool(self._banners))

    def _make(self, message: Message) -> Banner:
        banner = Banner(message.kind, " ".join(part for part in (message.text, message.fix) if part), parent=self)
        banner.dismissed.connect(lambda: self.dismissed.emit(message.code))
        return banner

    def _remove(self, banner: Banner) -> None:
        focus = QApplication.focusWidget()
        had_focus = focus is not None and banner.isAncestorOf(focus)
        self._column.removeWidget(banner)
        banner.hide()
        banner.deleteLater()
        if had_focus:
            self.emptied.emit()
