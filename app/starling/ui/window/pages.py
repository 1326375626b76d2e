"""The pages of the window, of which one is seen."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSizePolicy, QStackedWidget, QVBoxLayout, QWidget


class Page(QWidget):
    """One page. Its module is imported before the first paint, so it stays light: what is in it comes by :meth:`build`.

    Args:
        title: one word for the rail and the menu; it may have a mnemonic.
        icon: name of its icon.

    Attributes:
        title: the word.
        entry: the same with its mnemonic, for the menu.
        column: what :meth:`build` puts its widgets into.
    """

    stoppable_changed = Signal(bool)
    """Something on it goes on now, or no more, that Escape ends by :meth:`stop`."""
    page_wanted = Signal(str)
    """The key of another page that the user wants to see."""

    def __init__(self, title: str, icon: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.icon = icon
        self.set_title(title)
        # Where a page needs more than the window has, it scrolls or elides; another page is no reason to be larger.
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)

    def set_title(self, title: str) -> None:
        """Name it, before it is added to the window."""
        self.title = title.replace("&", "")
        self.entry = title if "&" in title else f"&{title}"
        self.setAccessibleName(self.title)

    def build(self) -> None:
        """Make the widgets. Called once, before the page is first seen."""

    def activated(self) -> None:
        """It is seen from now on."""

    def left(self) -> None:
        """Another page is seen from now on."""

    def take_focus(self) -> None:
        """Give the keyboard to what is used first here."""

    def keys(self) -> list[tuple[str, str]]:
        """What its own keys do, and the keys."""
        return []

    def stop(self) -> None:
        """End at once what :attr:`stoppable_changed` told of."""


class Pages(QStackedWidget):
    """Shows one of the pages, each built when it is first shown."""

    shown = Signal(str)
    """The key of the page that is seen from now on."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pages: dict[str, Page] = {}
        self._built: set[str] = set()
        self.key = ""
        """Of the page that is seen."""

    def add(self, key: str, page: Page) -> None:
        """One more page; the first is shown."""
        self._pages[key] = page
        self.addWidget(page)
        if not self.key:
            self.show_page(key)

    def __contains__(self, key: str) -> bool:
        """Whether there is a page of that key."""
        return key in self._pages

    def keys(self) -> list[tuple[str, str]]:
        """The keys of all pages, each with its page."""
        return [(f"{page.title}: {what}", keys) for page in self._pages.values() for what, keys in page.keys()]

    @property
    def current(self) -> Page:
        """The page that is seen."""
        return self._pages[self.key]

    def show_page(self, key: str) -> None:
        """Show a page; building it first where need be."""
        if key == self.key:
            return
        page = self._pages[key]
        if key not in self._built:
            self._built.add(key)
            page.build()
        before, self.key = self._pages.get(self.key), key
        self.setCurrentWidget(page)
        if before is not None:
            before.left()
        page.activated()
        self.shown.emit(key)
