"""Where the parts of the window are."""

from __future__ import annotations

from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from starling.ui.connection.confirm_banner import ConfirmBanner
from starling.ui.look.tokens import SPACE_M, SPACE_S
from starling.ui.status.panel_view import StatusPanel
from starling.ui.transcript.view import TranscriptView
from starling.ui.window.banners import BannerStack
from starling.ui.window.composer import Composer
from starling.ui.window.header import Header
from starling.ui.window.pages import Page, Pages
from starling.ui.window.rail import Rail
from starling.ui.window.state_line import StateLine
from starling.ui.window.talk_key import TalkKey

COMFORTABLE_LETTERS = 90
"""Room for the transcript below which the status panel beside it is shown only when asked for."""


LEAST_LETTERS = 70
"""Room beside the rail below which it lies above the page."""
TALK = "talk"
"""The key of the page that is seen first."""


class TalkPage(Page):
    """What is said and answered, and the ways to ask."""

    def __init__(self, key: TalkKey) -> None:
        super().__init__("", "assistant")
        self.set_title(self.tr("&Talk"))
        self.transcript, self.composer = TranscriptView(), Composer(key)
        self.column.setSpacing(SPACE_S)
        self.column.addWidget(self.transcript, 1)
        self.column.addWidget(self.composer)

    def take_focus(self) -> None:
        """To the talk button, so that the space bar talks."""
        self.composer.talk.setFocus()


class Frame(QWidget):
    """Header above; the rail at the left; state, messages and a page below each other; the status panel to the right.

    The status panel belongs to the page where one talks. Where there is no room beside them, it takes the transcript's
    place, and the rail lies above the rest.
    """

    def __init__(self, key: TalkKey) -> None:
        super().__init__()
        self.header, self.state_line, self.banners = Header(), StateLine(), BannerStack()
        self.confirm = ConfirmBanner()
        self.rail, self.pages, self.talk, self.status = Rail(), Pages(), TalkPage(key), StatusPanel()
        self.transcript, self.composer = self.talk.transcript, self.talk.composer
        self._rail_width = 0
        self.status.setMinimumHeight(0)  # it scrolls
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_S)
        column.addWidget(self.state_line)
        column.addWidget(self.banners)
        column.addWidget(self.confirm)
        column.addWidget(self.pages, 1)
        self.pages.add(TALK, self.talk)
        self._body = QHBoxLayout()
        self._body.setSpacing(SPACE_M)
        self._body.addWidget(left, 1)
        self._body.addWidget(self.status)
        self._rail_and_body = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._rail_and_body.addWidget(self.rail)
        self._rail_and_body.addLayout(self._body, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(SPACE_M, SPACE_S, SPACE_M, SPACE_M)
        outer.setSpacing(SPACE_S)
        outer.addWidget(self.header)
        outer.addLayout(self._rail_and_body, 1)

    def is_narrow(self, width: int) -> bool:
        """Whether at this width of the window the transcript has to be asked to make room."""
        return self._room_beside(width) < COMFORTABLE_LETTERS * self.fontMetrics().averageCharWidth()

    def show_status(self, shown: bool, width: int) -> None:
        """Show the status panel or hide it, in a window of this width."""
        shown = shown and self.pages.key in ("", TALK)
        needed = max(self.composer.minimumSizeHint().width(), self.state_line.minimumSizeHint().width())
        beside = self._room_beside(width) >= needed
        if beside is (self.talk.column.indexOf(self.status) >= 0):
            self._move_status(beside)
        self.transcript.setVisible(beside or not shown)
        self.status.setVisible(shown)

    def place_rail(self, width: int) -> None:
        """The rail at the left edge, or above the rest in a window too narrow for that."""
        room = width - self.rail.column_width - 3 * SPACE_M
        upright = room >= LEAST_LETTERS * self.fontMetrics().averageCharWidth()
        directions = QBoxLayout.Direction
        self._rail_and_body.setDirection(directions.LeftToRight if upright else directions.TopToBottom)
        self._rail_and_body.setSpacing(SPACE_M if upright else SPACE_S)
        self.rail.set_upright(upright)
        self._rail_width = self.rail.column_width + SPACE_M if upright else 0

    def _room_beside(self, width: int) -> int:
        return width - self._rail_width - self.status.sizeHint().width() - 3 * SPACE_M

    def _move_status(self, beside: bool) -> None:
        column = self.talk.column
        if beside:
            column.removeWidget(self.status)
            self._body.addWidget(self.status)
        else:
            self._body.removeWidget(self.status)
            column.insertWidget(column.indexOf(self.composer), self.status, 1)
