"""Rail, menu and pages as one: whichever the user takes, all of them show it."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication

from starling.ui.window.frame import TALK, Frame
from starling.ui.window.menus import Menus
from starling.ui.window.pages import Page


class Navigation(QObject):
    """Leads to the pages of a frame, the first of which is there already.

    Attributes:
        stops: something goes on on the page that is seen, which Escape ends.
    """

    changed = Signal()
    """Another page is seen, or ``stops`` has changed."""

    def __init__(self, frame: Frame, menus: Menus, parent: QObject) -> None:
        super().__init__(parent)
        self._frame, self._menus = frame, menus
        self.stops = False
        self._lead_to(TALK, frame.talk)
        frame.rail.chosen.connect(self.show_page)
        frame.pages.shown.connect(self._page_shown)

    @property
    def talks(self) -> bool:
        """Whether the page is seen where one talks."""
        return self._frame.pages.key == TALK

    def add_page(self, key: str, page: Page) -> None:
        """One more page, its way in the rail and its entry in the menu; it is built when it is first shown."""
        self._frame.pages.add(key, page)
        self._lead_to(key, page)

    def show_page(self, key: str) -> None:
        """Show a page and give it the keyboard, unless the rail has it."""
        self._frame.pages.show_page(key)
        focus = QApplication.focusWidget()
        if focus is None or not self._frame.rail.isAncestorOf(focus):
            self.take_focus()

    def talk(self) -> None:
        """Show the page where one talks; who calls gives the keyboard to something on it."""
        self._frame.pages.show_page(TALK)

    def take_focus(self) -> None:
        """Give the keyboard to the page."""
        self._frame.pages.current.take_focus()

    def stop(self) -> None:
        """End what goes on on the page."""
        self._frame.pages.current.stop()

    def _lead_to(self, key: str, page: Page) -> None:
        action = self._menus.add_page(key, page.entry, page.icon)
        self._frame.rail.add(key, page.title, page.icon, action.shortcut().toString())
        action.triggered.connect(lambda: self.show_page(key))
        action.setChecked(key == self._frame.pages.key)
        page.stoppable_changed.connect(partial(self._set_stops, page))
        page.page_wanted.connect(self._show_if_there)

    def _show_if_there(self, key: str) -> None:
        if key in self._frame.pages:
            self.show_page(key)

    def _page_shown(self, key: str) -> None:
        self.stops = False
        self._frame.rail.show_page(key)
        self._menus.pages[key].setChecked(True)
        self.changed.emit()

    def _set_stops(self, page: Page, stops: bool) -> None:
        if page is self._frame.pages.current:
            self.stops = stops
            self.changed.emit()
