"""The page of the history as the window knows it before it is seen: light to import."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from starling.pipeline.service import Service
from starling.settings.store import Settings
from starling.ui.bridge import Bridge
from starling.ui.window.pages import Page

if TYPE_CHECKING:
    from starling.ui.history.view import HistoryView


class HistoryPage(Page):
    """Builds its view when it is first shown.

    Attributes:
        view: what is on it; None before :meth:`build`.
    """

    preferences_requested = Signal(str)
    """The key of the setting to show."""

    def __init__(self, service: Service, bridge: Bridge, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__("", "history", parent)
        self.set_title(self.tr("&History"))
        self._around = (service, bridge, settings)
        self.view: HistoryView | None = None

    def build(self) -> None:
        """Make the view."""
        from starling.ui.history.view import HistoryView  # not every run comes here

        self.view = HistoryView(*self._around)
        self.view.stoppable_changed.connect(self.stoppable_changed)
        self.view.preferences_requested.connect(self.preferences_requested)
        self.column.addWidget(self.view)

    def activated(self) -> None:
        """Look at what is there now."""
        if self.view is not None:
            self.view.activated()

    def left(self) -> None:
        """What was deleted is gone for good."""
        if self.view is not None:
            self.view.left()

    def take_focus(self) -> None:
        """To the list, or to the search where there is none."""
        if self.view is not None:
            self.view.take_focus()

    def keys(self) -> list[tuple[str, str]]:
        """Of the list, and of the whole page."""
        return [
            (self.tr("Search"), self.tr("Ctrl+F")),
            (self.tr("Play the recording"), self.tr("Space in the list")),
            (self.tr("Copy what is chosen"), self.tr("Ctrl+C")),
            (self.tr("Delete what is chosen"), self.tr("Delete")),
            (self.tr("Bring back what was deleted"), self.tr("Ctrl+Z")),
            (self.tr("Choose several"), self.tr("Shift or Ctrl with the arrow keys, Ctrl+A for all")),
            (self.tr("Save what is listed as a file"), self.tr("Ctrl+S")),
        ]

    def stop(self) -> None:
        """Silence what is played."""
        if self.view is not None:
            self.view.stop()
