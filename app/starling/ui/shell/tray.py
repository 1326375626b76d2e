"""The icon in the desktop's tray: what Starling does, by shape and in words, and what one wants at hand."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from starling.pipeline import events
from starling.pipeline.panel import Panel
from starling.ui.power.menu import PowerMenu
from starling.ui.shell.tray_icon import icon_name, tray_icon
from starling.ui.words import activation_word, activity_word, mode_word

MODES: tuple[events.Mode, ...] = ("assistant", "dictation", "off")
WATCH_MS = 2000
LEVEL_MS = 1000
"""Another process shows the tooltip: its level is told once in so long."""
QUIET_DBFS, LOUD_DBFS = -50.0, -3.0
WATCHED_TIMES = 60
"""A desktop that starts Starling with the session may show its tray a minute later."""


class Commands(Protocol):
    """What the tray's menu does."""

    def toggle_window(self) -> None:
        """Show the window, or hide it."""

    def set_mode(self, mode: events.Mode) -> None:
        """Answer, only write down, or hear nothing; remembered."""

    def set_activation(self, activation: events.Activation) -> None:
        """Hear all the time, or while the talk key is held; remembered."""

    def set_muted(self, muted: bool) -> None:
        """Close the microphone, or open it again."""

    def set_private(self, on: bool) -> None:
        """Store nothing that is said, or store again."""

    def stop(self) -> None:
        """End what is said, heard or waited for."""

    def look_at_power(self) -> None:
        """Have the NPU's power mode read."""

    def set_power_mode(self, mode: str) -> None:
        """Have it set."""

    def open_preferences(self) -> None:
        """Show the preferences."""

    def quit(self) -> None:
        """End Starling."""


class Tray(QObject):
    """Icon, tooltip and menu. Shown only while the desktop has a tray, which may come and go.

    Attributes:
        changed: the tray is there (True) or no more.
    """

    changed = Signal(bool)

    def __init__(self, commands: Commands, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._commands = commands
        self._panel = Panel()
        self._shape = ""
        self._icon: QSystemTrayIcon | None = None
        self.menu = QMenu()
        self._build()
        self._looks_left = WATCHED_TIMES
        self._closely = False
        self._level = ""
        self._level_paused = QTimer(self, singleShot=True, interval=LEVEL_MS)
        self._watch = QTimer(self, interval=WATCH_MS)
        self._watch.timeout.connect(self._look_again)

    @property
    def present(self) -> bool:
        """Whether the icon is shown and the desktop still has a place for it."""
        return self._icon is not None and QSystemTrayIcon.isSystemTrayAvailable()

    @property
    def watching(self) -> bool:
        """Whether it looks for the desktop's tray from time to time."""
        return self._watch.isActive()

    def start(self) -> None:
        """Show the icon now or when the tray comes."""
        self.look()
        self._watch.start()

    def close(self) -> None:
        """Take the icon away. What it is told from now on changes nothing that is seen."""
        self._watch.stop()
        self._level_paused.stop()
        self._remove()
        self.menu.close()

    def look(self) -> bool:
        """Whether there is a tray; shows or drops the icon accordingly."""
        available = QSystemTrayIcon.isSystemTrayAvailable()
        if available and self._icon is None:
            self._show()
        elif not available and self._icon is not None:
            self._remove()
            self.changed.emit(False)
        return available

    def watch_closely(self, on: bool) -> None:
        """While the window is hidden, the tray is the way back to it: notice when it goes."""
        self._looks_left = WATCHED_TIMES
        self._closely = on
        if on or self._icon is None:
            self._watch.start()

    def _look_again(self) -> None:
        self._looks_left -= 1
        found = self.look()
        if not self._closely and (found or self._looks_left <= 0):
            self._watch.stop()

    def say(self, text: str) -> None:
        """A short message beside the icon."""
        if self._icon:
            self._icon.showMessage(self.tr("Starling"), text, tray_icon("tray-idle"))

    def show_panel(self, panel: Panel) -> None:
        """Follow what Starling does."""
        self._panel = panel
        listening = panel.listening
        for mode, action in self._modes.items():
            action.setChecked(mode == listening.mode)
        self._mute.setChecked(listening.muted)
        self._private.setChecked(panel.private)
        self._hold.setChecked(listening.activation == "hold")
        self.power.show_npu(panel.npu is not None and panel.npu.present)
        self._paint()

    def on_event(self, event: events.Event) -> None:
        """Follow the NPU's power mode."""
        if isinstance(event, events.PowerShown):
            self.power.show_power(event)

    def show_level(self, dbfs: float | None) -> None:
        """Name how loud it is, where no overlay shows it; None: nothing is heard."""
        if self._level_paused.isActive() and dbfs is not None:
            return
        self._level_paused.start()
        word = "" if dbfs is None else self._level_word(dbfs)
        if word != self._level:
            self._level = word
            self._paint()

    def _level_word(self, dbfs: float) -> str:
        if dbfs < QUIET_DBFS:
            return self.tr("low")
        return self.tr("too high") if dbfs > LOUD_DBFS else self.tr("good")

    def show_can_stop(self, can_stop: bool) -> None:
        """Follow whether something goes on that can be stopped."""
        self._stop.setEnabled(can_stop)

    def show_window_state(self, visible: bool) -> None:
        """Name what the first entry would do."""
        self._toggle.setText(self.tr("&Hide window") if visible else self.tr("&Show window"))

    @property
    def tooltip(self) -> str:
        """The state in words."""
        state = activity_word(self._panel.activity)
        if self._level:
            state = self.tr("{state}, level {level}").format(state=state, level=self._level)
        if self._panel.private:
            return self.tr("Starling: {state}, private").format(state=state)
        return self.tr("Starling: {state}").format(state=state)

    def _build(self) -> None:
        commands, menu = self._commands, self.menu
        self._toggle = self._add(self.tr("&Show window"), commands.toggle_window)
        menu.addSeparator()
        self._modes = self._mode_menu()
        self._mute = self._add(self.tr("&Mute microphone"))
        self._mute.setCheckable(True)
        self._mute.triggered.connect(lambda on: commands.set_muted(on))
        self._private = self._add(self.tr("Pri&vate mode"))
        self._private.setCheckable(True)
        self._private.triggered.connect(lambda on: commands.set_private(on))
        self._hold = self._add(activation_word("hold"))
        self._hold.setCheckable(True)
        self._hold.triggered.connect(lambda on: commands.set_activation("hold" if on else "always"))
        self._stop = self._add(self.tr("S&top"), commands.stop)
        self._stop.setEnabled(False)
        menu.addSeparator()
        self.power = PowerMenu(commands.look_at_power, commands.set_power_mode, menu)
        menu.addMenu(self.power)
        self._add(self.tr("&Preferences"), commands.open_preferences)
        self._add(self.tr("&Quit"), commands.quit)
        self.show_panel(self._panel)

    def _add(self, text: str, do: object = None) -> QAction:
        action = self.menu.addAction(text)
        if callable(do):
            action.triggered.connect(lambda _checked=False: do())
        return action

    def _mode_menu(self) -> dict[str, QAction]:
        submenu = self.menu.addMenu(self.tr("M&ode"))
        group = QActionGroup(self)
        actions = {}
        for mode in MODES:
            action = submenu.addAction(mode_word(mode))
            action.setCheckable(True)
            group.addAction(action)
            action.triggered.connect(lambda _checked=False, mode=mode: self._commands.set_mode(mode))
            actions[str(mode)] = action
        return actions

    def _show(self) -> None:
        self._icon = QSystemTrayIcon(self)
        self._icon.setContextMenu(self.menu)
        self._icon.activated.connect(self._activated)
        self._shape = ""
        self._paint()
        self._icon.show()
        self.changed.emit(True)

    def _remove(self) -> None:
        if self._icon is not None:
            self._icon.hide()
            self._icon.deleteLater()
            self._icon = None

    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason is QSystemTrayIcon.ActivationReason.Trigger:
            self._commands.toggle_window()

    def _paint(self) -> None:
        if self._icon is None:
            return
        shape = icon_name(self._panel.activity)
        if shape != self._shape:
            self._icon.setIcon(tray_icon(shape))
            self._shape = shape
        if self._icon.toolTip() != self.tooltip:
            self._icon.setToolTip(self.tooltip)
