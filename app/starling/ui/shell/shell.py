"""Everything around the window, put together: tray, preferences, the start of the service, the end of it all."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication

from starling import locate
from starling.core.errors import StarlingError
from starling.pipeline import events
from starling.pipeline.service import Service
from starling.settings.store import Settings
from starling.ui.bridge import Bridge
from starling.ui.preferences.writer import SettingsWriter
from starling.ui.shell import allocator, quitting
from starling.ui.shell.presence import Presence
from starling.ui.shell.tray import Tray

if TYPE_CHECKING:
    from starling.ui.firstrun.dialog import FirstRun
    from starling.ui.overlay.overlay import Overlay
    from starling.ui.preferences.dialog import Preferences
    from starling.ui.window.main_window import MainWindow


class Shell(QObject):
    """Owns the life of a window: it is shown, the rest is loaded after its first paint, and everything ends in time.

    Args:
        window: built, not shown.
        service: built, not started.
        deadline: armed when quitting begins.

    Attributes:
        ends: sent once, when the end begins; what is outside the window goes now.
        welcomes: show the first steps as soon as the window has been seen.
    """

    ends = Signal()
    _service_closed = Signal()

    def __init__(
        self, settings: Settings, service: Service, bridge: Bridge, window: MainWindow, deadline: quitting.Deadline
    ) -> None:
        super().__init__()
        self.window = window
        self._settings, self._service, self._bridge = settings, service, bridge
        self._deadline = deadline
        self._writer = SettingsWriter(settings)
        self._preferences: Preferences | None = None
        self._first_run: FirstRun | None = None
        self._overlay: Overlay | None = None
        self.welcomes = False
        self._started = self._ending = self._finished = False
        self._exit_code = 0
        self.tray = Tray(self, self)
        self.presence = Presence(window, self.tray, self._closing_quits, self._tell)
        self._connect()

    def _connect(self) -> None:
        window, queued = self.window, Qt.ConnectionType.QueuedConnection
        window.close_policy = self.presence.may_quit
        window.quit_requested.connect(self.quit)
        window.preferences_requested.connect(self._open_preferences)
        window.first_run_requested.connect(self.open_first_run)
        window.first_painted.connect(self._start, queued)  # not inside the paint event
        window.first_painted.connect(self._welcome, queued)
        window.installEventFilter(self)
        self.tray.changed.connect(self.presence.tray_changed)
        self._bridge.panel_changed.connect(self.tray.show_panel)
        self._bridge.event.connect(self.tray.on_event)
        self._bridge.event.connect(self._on_event)
        self.tray.show_panel(self._bridge.panel)
        window.can_stop_changed.connect(self.tray.show_can_stop)
        self._service_closed.connect(self._leave, queued)
        self._writer.failed.connect(lambda _key, error: self.trouble(error))

    # -- start ---------------------------------------------------------------------------------------------

    def show(self, minimized: bool) -> None:
        """Show the window; the service starts after its first paint, or now if it stays out of sight."""
        if minimized:
            self.tray.start()
        self.presence.show(minimized)
        if minimized:
            QTimer.singleShot(0, self._start)

    def _start(self) -> None:
        if self._started or self._ending:
            return
        self._started = True
        self._overlay = _overlay(self._settings, self._service, self._bridge, self.tray)
        self._service.start()
        self.tray.start()
        for warning in self._settings.warnings:
            self._bridge.emit_from_any_thread(events.Trouble(warning))
        threading.Thread(target=self._look_back, name="look-back").start()

    def _on_event(self, event: object) -> None:
        if isinstance(event, events.Ready):
            allocator.give_back()

    def _look_back(self) -> None:
        if error := quitting.forced_last_time(locate.cache_dir()):
            self._bridge.emit_from_any_thread(events.Trouble(error))

    # -- what the tray does --------------------------------------------------------------------------------

    def toggle_window(self) -> None:
        """Show the window, or hide it."""
        self.presence.toggle()

    def set_mode(self, mode: events.Mode) -> None:
        """Answer, only write down, or hear nothing; remembered."""
        self._remember("listen.mode", mode)
        self._service.set_mode(mode)
        self._bridge.suppose(mode=mode)

    def set_activation(self, activation: events.Activation) -> None:
        """Hear all the time, or while the talk key is held; remembered."""
        self._remember("listen.activation", activation)
        self._service.set_activation(activation)
        self._bridge.suppose(activation=activation)

    def set_muted(self, muted: bool) -> None:
        """Close the microphone, or open it again."""
        self._service.set_muted(muted)
        self._bridge.suppose(muted=muted)

    def set_private(self, on: bool) -> None:
        """Store nothing that is said, or store it again."""
        self._service.set_private(on)

    def stop(self) -> None:
        """End what is said, heard or waited for."""
        self.window.stop()

    def look_at_power(self) -> None:
        """Have the NPU's power mode read."""
        self._service.look_at_power()

    def set_power_mode(self, mode: str) -> None:
        """Have it set; the system may ask for a password."""
        self._service.set_power_mode(mode)

    def open_preferences(self) -> None:
        """Show the preferences, in front of the window."""
        self.presence.bring()
        self._open_preferences("")

    def quit(self) -> None:
        """End everything: out of sight at once, then the service on a thread, then the process."""
        if self._ending:
            return
        self._ending = True
        self._deadline.arm()
        self._out_of_sight()
        threading.Thread(target=self._close_service, name="close-service").start()

    # -- end -----------------------------------------------------------------------------------------------

    def session_ends(self) -> None:
        """The desktop's session is about to end: whatever closes the window now may end it."""
        self.window.close_policy = lambda: True

    def finish(self) -> None:
        """After the event loop: whatever ended it, nothing is left running. A second call does nothing."""
        if self._finished:
            return
        self._finished = True
        self._deadline.arm()
        if not self._ending:
            self._ending = True
            self._out_of_sight()
            self._service.close(quitting.SERVICE_LIMIT_S)
        self.window.removeEventFilter(self)
        for widget in (self.tray.menu, self._preferences, self.window):
            if widget is not None:
                widget.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)

    def _out_of_sight(self) -> None:
        self._bridge.close()  # nobody looks any more
        self.window.close_policy = lambda: True
        self.tray.close()
        if self._overlay is not None:
            self._overlay.close()
        if self._preferences is not None:
            self._preferences.close()
        if self._first_run is not None:
            self._first_run.hide()  # not gone through: it comes again at the next start
        self.window.close()
        self.window.hide()
        self.ends.emit()

    def _close_service(self) -> None:
        try:
            self._service.close(quitting.SERVICE_LIMIT_S)
        finally:
            self._service_closed.emit()

    def _leave(self) -> None:
        QApplication.exit(0)

    # -- the rest ------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the tray's first entry true."""
        if event.type() in (QEvent.Type.Show, QEvent.Type.Hide, QEvent.Type.WindowStateChange):
            self.tray.show_window_state(self.presence.seen)
        return super().eventFilter(watched, event)

    @property
    def starts_minimized(self) -> bool:
        """Whether the user wants every start out of the way."""
        return self._settings.read("window.start_minimized", bool)

    def _closing_quits(self) -> bool:
        return self._settings.get("window.close") == "quit"

    def _open_preferences(self, key: str) -> None:
        if self._preferences is None:
            self._preferences = _preferences(self._settings, self._service, self._bridge, self.window)
            self._preferences.theme_changed.connect(_restyle)
            self._preferences.setting_changed.connect(lambda _key: self.window.settings_changed())
            if self._overlay is not None:
                self._preferences.setting_changed.connect(lambda _key: self._overlay.settings_changed())
        self._preferences.open_at(key)

    def open_first_run(self) -> None:
        """Show the first steps, or bring them to the front."""
        if self._first_run is None:
            self._first_run = _first_run(self._settings, self._service, self._bridge, self.window)
            self._first_run.left.connect(self._first_run_left)
        self._first_run.show()
        self._first_run.raise_()
        self._first_run.activateWindow()

    def _welcome(self) -> None:
        if self.welcomes and not self._ending:
            self.open_first_run()

    def _first_run_left(self) -> None:
        self._first_run = None  # it deletes itself

    def _tell(self, text: str) -> None:
        self._bridge.emit_from_any_thread(events.Notice(text))

    def _remember(self, key: str, value: str) -> None:
        self._settings.use(key, value)
        self._writer.save(key)

    def trouble(self, error: StarlingError) -> None:
        """Tell in the window what went wrong; from any thread."""
        self._bridge.emit_from_any_thread(events.Trouble(error))


def _preferences(settings: Settings, service: Service, bridge: Bridge, window: MainWindow) -> Preferences:
    from starling.ui.preferences.dialog import Preferences  # large, and not every run opens it

    return Preferences(settings, service, bridge, window)


def _overlay(settings: Settings, service: Service, bridge: Bridge, tray: Tray) -> Overlay:
    from starling.ui.overlay.overlay import Overlay  # after the first paint

    return Overlay(settings, service, bridge, tell_level=tray.show_level)


def _first_run(settings: Settings, service: Service, bridge: Bridge, window: MainWindow) -> FirstRun:
    from starling.ui.firstrun.dialog import FirstRun  # only the first start opens it
    from starling.ui.preferences.surroundings import Surroundings

    return FirstRun(Surroundings(settings, service, bridge), window)


def _restyle(choice: str) -> None:
    from starling.ui.look import theme

    app = QApplication.instance()
    if isinstance(app, QApplication):
        theme.apply(app, choice)
