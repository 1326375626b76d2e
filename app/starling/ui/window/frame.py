"""Where the parts of the window are."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from starling.ui.look.tokens import SPACE_M, SPACE_S
from starling.ui.status.panel_view import StatusPanel
from starling.ui.transcript.view import TranscriptView
from starling.ui.window.banners import BannerStack
from starling.ui.window.composer import Composer
from starling.ui.window.header import Header
from starling.ui.window.state_line import StateLine
from starling.ui.window.talk_key import TalkKey

COMFORTABLE_LETTERS = 90
"""Room for the transcript below which the status panel beside it is shown only when asked for."""


class Frame(QWidget):
    """Header above; state, messages, transcript and composer below each other; the status panel to the right.

    Where there is no room beside them, the status panel takes the transcript's place.
    """

    def __init__(self, key: TalkKey) -> None:
        super().__init__()
        self.header, self.state_line, self.banners = Header(), StateLine(), BannerStack()
        self.transcript, self.composer, self.status = TranscriptView(), Composer(key), StatusPanel()
        self.status.setMinimumHeight(0)  # it scrolls
        self._left = QWidget()
        self._column = QVBoxLayout(self._left)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(SPACE_S)
        self._column.addWidget(self.state_line)
        self._column.addWidget(self.banners)
        self._column.addWidget(self.transcript, 1)
        self._column.addWidget(self.composer)
        self._body = QHBoxLayout()
        self._body.setSpacing(SPACE_M)
        self._body.addWidget(self._left, 1)
        self._body.addWidget(self.status)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(SPACE_M, SPACE_S, SPACE_M, SPACE_M)
        outer.setSpacing(SPACE_S)
        outer.addWidget(self.header)
        outer.addLayout(self._body, 1)

    def is_narrow(self, width: int) -> bool:
        """Whether at this width of the window the transcript has to be asked to make room."""
        return self._room_beside(width) < COMFORTABLE_LETTERS * self.fontMetrics().averageCharWidth()

    def show_status(self, shown: bool, width: int) -> None:
        """Show the status panel or hide it, in a window of this width."""
        needed = max(self.composer.minimumSizeHint().width(), self.state_line.minimumSizeHint().width())
        beside = self._room_beside(width) >= needed
        if beside is (self._column.indexOf(self.status) >= 0):
            self._move_status(beside)
        self.transcript.setVisible(beside or not shown)
        self.status.setVisible(shown)

    def _room_beside(self, width: int) -> int:
        return width - self.status.sizeHint().width() - 3 * SPACE_M

    def _move_status(self, beside: bool) -> None:
        if beside:
            self._column.removeWidget(self.status)
            self._body.addWidget(self.status)
        else:
            self._body.removeWidget(self.status)
            self._column.insertWidget(self._column.indexOf(self.composer), self.status, 1)
