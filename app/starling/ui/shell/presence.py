"""Whether the window is on the screen, minimised or in the tray; it is never lost with no way back."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

_TOKEN = re.compile(r"[\w.:/@+=-]+")


class Place(Protocol):
    """The tray, as far as it keeps the window reachable."""

    @property
    def present(self) -> bool:
        """Whether it is there now."""

    def say(self, text: str) -> None:
        """A short message beside it."""

    def watch_closely(self, on: bool) -> None:
        """Whether its going must be noticed at once."""


class Presence(QObject):
    """Shows, hides and minimises the window.

    Args:
        window: the main window; it has ``raise_to_front``.
        tray: where it goes when it is hidden.
        quits: whether closing the window ends Starling, asked at every closing.
        tell: takes a sentence the user should read once.
    """

    def __init__(self, window: QWidget, tray: Place, quits: Callable[[], bool], tell: Callable[[str], None]) -> None:
        super().__init__(window)
        self._window = window
        self._tray = tray
        self._quits = quits
        self._tell = tell
        self._told = False
        self._waits_for_tray = False

    def show(self, minimized: bool) -> None:
        """The first show. Minimised means: in the tray, or in the task bar as long as there is no tray."""
        if not minimized:
            self._window.show()
        elif self._tray.present:
            self._hide()
        else:
            self._waits_for_tray = True
            self._window.showMinimized()

    def may_quit(self) -> bool:
        """The window's close policy: True ends Starling, False keeps it, in the tray or minimised."""
        if self._quits():
            return True
        # After the window has refused the event and done what it likes.
        QTimer.singleShot(0, self, self._keep)
        return False

    def bring(self, token: str = "") -> None:
        """To the front, where the desktop lets us; ``token`` is its permission."""
        if _TOKEN.fullmatch(token):
            os.environ["XDG_ACTIVATION_TOKEN"] = token  # Qt takes it from there for its next request, and removes it
        self._waits_for_tray = False
        self._tray.watch_closely(False)
        self._window.raise_to_front()  # type: ignore[attr-defined] # of the main window; a QWidget for the rest

    def toggle(self) -> None:
        """From the tray: hide what is seen, show what is not."""
        if self.seen:
            self._hide()
        else:
            self.bring()

    @property
    def seen(self) -> bool:
        """Whether the window is on the screen."""
        return self._window.isVisible() and not self._window.isMinimized()

    def tray_changed(self, present: bool) -> None:
        """A tray takes over what was minimised for want of one; when it goes, the window comes back to the task bar."""
        if present and self._waits_for_tray:
            self._waits_for_tray = False
            if self._window.isMinimized():
                self._hide()
        elif not present and not self._window.isVisible():
            self._window.showMinimized()

    def _keep(self) -> None:
        if self._tray.present:
            self._hide()
            self._once(
                self.tr("Starling keeps running here. To end it, choose Quit in the menu of this icon."),
                self._tray.say,
            )
        else:
            self._window.showMinimized()
            self._once(
                self.tr("This desktop has no tray, so closing the window minimizes it. Ctrl+Q quits Starling."),
                self._tell,
            )

    def _hide(self) -> None:
        # A minimized one as it is: restored before it would flash, restored after it would stay in the task bar.
        self._window.hide()
        self._tray.watch_closely(True)

    def _once(self, text: str, tell: Callable[[str], None]) -> None:
        if not self._told:
            self._told = True
            tell(text)
