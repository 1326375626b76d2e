"""Follows the pipeline and lets the overlay show it."""

from __future__ import annotations

import os
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication

from starling.pipeline import events
from starling.pipeline.service import Service
from starling.settings.store import Settings
from starling.ui.bridge import Bridge
from starling.ui.look import theme
from starling.ui.overlay.state import Dictation, Look, after, faded, look
from starling.ui.overlay.surface import Here, Style, Surface, way

WATCHER = "overlay"
MS = 1000


def surface_here(failed: Callable[[], None]) -> Surface | None:
    """What this desktop allows; None: nothing."""
    match way(QGuiApplication.platformName(), os.environ):
        case "here":
            return Here()
        case "process":
            from starling.ui.overlay.apart import Apart  # only here is a process needed

            return Apart(failed)
    return None


def own_window_in_front() -> bool:
    """Whether somebody looks at Starling itself, which shows the same and more."""
    return QGuiApplication.focusWindow() is not None


class Overlay(QObject):
    """Shows dictations on a surface.

    Args:
        surface: None where there is none: then levels are told to ``tell_level``.
        in_front: whether an own window has the focus; then nothing appears.
        tell_level: for the tray; None: nothing is heard.
    """

    _failed = Signal()

    def __init__(
        self,
        settings: Settings,
        service: Service,
        bridge: Bridge,
        make: Callable[[Callable[[], None]], Surface | None] = surface_here,
        in_front: Callable[[], bool] = own_window_in_front,
        tell_level: Callable[[float | None], None] = lambda dbfs: None,
    ) -> None:
        super().__init__()
        self._settings, self._service = settings, service
        self._in_front, self._tell_level = in_front, tell_level
        self._now = Dictation()
        self._wanted: Look | None = None
        self._hidden = False
        self._fading = QTimer(self, singleShot=True)
        self._fading.timeout.connect(self._fade)
        self._failed.connect(self._give_up)
        self.surface = make(self._failed.emit)
        self._watching = False
        self.settings_changed()
        theme.theme_notifier().changed.connect(self.settings_changed)
        bridge.event.connect(self.hear)
        bridge.sound.connect(self._hear_sound)

    def settings_changed(self) -> None:
        """Read what the user chose."""
        self._on = self._settings.read("window.overlay", bool)
        choice = self._settings.read("window.theme", str)
        animations = self._settings.read("window.animations", bool)
        top = self._settings.read("window.overlay_position", str) == "top"
        if self.surface is not None:
            self.surface.use(Style(choice, animations, top))
        self._show()

    def hear(self, event: events.Event) -> None:
        """Follow the pipeline."""
        before, self._now = self._now, after(self._now, event)
        if self._now != before:
            self._show()

    def close(self) -> None:
        """Go for good."""
        self._on = False
        self._show()
        if self.surface is not None:
            self.surface.close()

    def _fade(self) -> None:
        self._now = faded(self._now)
        self._show()

    def _give_up(self) -> None:
        self.surface = None

    def _show(self) -> None:
        wanted = look(self._now) if self._on else None
        self._watch(wanted is not None and wanted.live)
        if wanted == self._wanted:
            return
        if self._wanted is None:  # what is in front at the beginning is what is dictated into
            self._hidden = self._in_front()
        self._wanted = wanted
        if wanted is None or not wanted.lasts_s:
            self._fading.stop()
        else:
            self._fading.start(round(wanted.lasts_s * MS))
        if self.surface is not None and not self._hidden:
            self.surface.show_look(wanted)

    def _watch(self, on: bool) -> None:
        if on != self._watching:
            self._watching = on
            self._service.watch_sound(on, WATCHER)
            if not on:
                self._tell_level(None)

    def _hear_sound(self, sound: events.Sound) -> None:
        if not self._watching:
            return
        if self.surface is None:
            self._tell_level(sound.level_dbfs)
        elif not self._hidden:
            self.surface.set_level(sound.level_dbfs)
