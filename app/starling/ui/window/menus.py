"""The menus: everything the window can do, with its keys."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from starling.pipeline import events
from starling.ui.look.icons import icon

MODES: tuple[events.Mode, ...] = ("assistant", "dictation", "off")


class Menus(QObject):
    """Makes the actions and puts them into the window's menu bar; what they do is connected by the window.

    Attributes:
        modes: the action of every mode.
        pages: the action of every page, by its key.
        activations: the action of every activation.
    """

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self.preferences = self._action(self.tr("&Preferences"), "Ctrl+,", "settings")
        self.clear = self._action(self.tr("&Delete all turns"), "Ctrl+Shift+Del", "clear")
        self.quit = self._action(self.tr("&Quit"), "Ctrl+Q", "quit")
        mode_texts = (self.tr("&Assistant"), self.tr("&Dictation"), self.tr("&Off"))
        self.modes = {
            mode: self._action(text, f"Ctrl+{number}", mode)
            for number, (mode, text) in enumerate(zip(MODES, mode_texts, strict=True), 1)
        }
        self.activations: dict[events.Activation, QAction] = {
            "always": self._action(self.tr("Always &listening"), "Ctrl+4"),
            "hold": self._action(self.tr("Push to &talk"), "Ctrl+5"),
        }
        self.mute = self._action(self.tr("&Mute"), "Ctrl+M", "microphone-off")
        self.private = self._action(self.tr("&Private mode"), "Ctrl+Shift+P", "history")
        self.ask = self._action(self.tr("T&ype a question"), "Ctrl+L", "keyboard")
        self.stop = self._action(self.tr("&Stop"), "Esc", "stop")
        self.allow = self._action(self.tr("Allo&w what is asked"), "Ctrl+Shift+Y", "check")
        self.refuse = self._action(self.tr("&Refuse what is asked"), "Ctrl+Shift+N", "close")
        self.panel = self._action(self.tr("&Status panel"), "F9", "panel")
        self.newest = self._action(self.tr("&Newest turn"), "Ctrl+End", "chevron-down")
        self.shortcuts = self._action(self.tr("&Keyboard shortcuts"), "F1", "keyboard")
        self.first_run = self._action(self.tr("&Set up Starling"), "", "check")
        self.support = self._action(self.tr("Save a s&upport file"), "", "save")
        self.about = self._action(self.tr("&About Starling"), "", "info")
        self.pages: dict[str, QAction] = {}
        self._page_group = QActionGroup(self)
        self._make_checkable()
        self._fill(window)

    def add_page(self, key: str, text: str, icon_name: str) -> QAction:
        """The action of one more page, below the menu's other pages; its keys are Alt and its number."""
        action = self._action(text, f"Alt+{len(self.pages) + 1}", icon_name)
        action.setCheckable(True)
        self._page_group.addAction(action)
        self._view.insertAction(self._pages_end, action)
        self.pages[key] = action
        return action

    def show_listening(self, listening: events.Listening) -> None:
        """Check what holds now."""
        self.modes[listening.mode].setChecked(True)
        self.activations[listening.activation].setChecked(True)
        self.mute.setChecked(listening.muted)

    def all(self) -> list[QAction]:
        """Every action, in the order of the menus."""
        return [
            *(self.preferences, self.clear, self.quit, *self.modes.values(), *self.activations.values()),
            *(self.mute, self.private, self.ask, self.stop, self.allow, self.refuse, *self.pages.values()),
            *(self.panel, self.newest, self.shortcuts, self.first_run, self.support, self.about),
        ]

    def _action(self, text: str, keys: str, icon_name: str = "") -> QAction:
        action = QAction(text, self)
        if icon_name:
            action.setIcon(icon(icon_name))
        if keys:
            action.setShortcut(QKeySequence(keys))
        return action

    def _make_checkable(self) -> None:
        for choices in (list(self.modes.values()), list(self.activations.values())):
            group = QActionGroup(self)
            for action in choices:
                action.setCheckable(True)
                group.addAction(action)
        for action in (self.mute, self.private, self.panel):
            action.setCheckable(True)
        self.stop.setEnabled(False)

    def _fill(self, window: QMainWindow) -> None:
        bar = window.menuBar()
        for title, entries in self._menus():
            menu = QMenu(title, window)
            for entry in entries:
                if entry is None:
                    menu.addSeparator()
                else:
                    menu.addAction(entry)
            bar.addMenu(menu)
            if self.panel in entries:
                self._view = menu
        self._pages_end = self._view.insertSeparator(self.panel)

    def _menus(self) -> list[tuple[str, list[QAction | None]]]:
        listen = [*self.modes.values(), None, *self.activations.values(), None, self.mute, self.private]
        listen += [self.ask, self.stop]
        listen += [None, self.allow, self.refuse]
        return [
            (self.tr("&Starling"), [self.preferences, None, self.clear, None, self.quit]),
            (self.tr("&Listen"), listen),
            (self.tr("&View"), [self.panel, self.newest]),
            (self.tr("&Help"), [self.shortcuts, self.first_run, self.support, None, self.about]),
        ]
