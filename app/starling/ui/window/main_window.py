"""The main window."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QByteArray, QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QHideEvent, QKeyEvent, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget

from starling.pipeline import events
from starling.pipeline.panel import Panel
from starling.pipeline.service import Service
from starling.settings.store import Settings
from starling.ui.bridge import Bridge
from starling.ui.connection.confirming import Confirming
from starling.ui.preferences.writer import SettingsWriter
from starling.ui.transcript import reducer
from starling.ui.transcript.turns import Turn
from starling.ui.window import dialogs, memory, notices
from starling.ui.window.choices import Choices
from starling.ui.window.frame import Frame
from starling.ui.window.menus import Menus
from starling.ui.window.navigation import Navigation
from starling.ui.window.pages import Page
from starling.ui.window.status_actions import StatusActions
from starling.ui.window.talk_key import TalkKey
from starling.ui.words import activity_word

SMALLEST = QSize(760, 480)
USUAL = QSize(1160, 760)
ON_SCREEN = 0.92
"""Share of the screen that a first window takes at most, its frame not counted."""
RECENT_TURNS = 100
NOT_RUNNING = "app.not_running"
"""Code of the error that answers a question when nothing runs."""


class MainWindow(QMainWindow):
    """Everything there is to see and to press.

    Attributes:
        close_policy: asked when the window is closed; True ends Starling, False leaves the window to whoever said so.
        first_painted: sent once, after the first paint event.
    """

    preferences_requested = Signal(str)
    """The key of the setting to show; empty for the beginning."""
    quit_requested = Signal()
    can_stop_changed = Signal(bool)
    """Whether :meth:`stop` would end something."""
    first_run_requested = Signal()
    first_painted = Signal()

    def __init__(self, service: Service, bridge: Bridge, settings: Settings) -> None:
        super().__init__()
        self.close_policy: Callable[[], bool] = lambda: True
        self._service, self._bridge, self._settings = service, bridge, settings
        self._writer = SettingsWriter(settings)
        self._choices = Choices(service, bridge, settings, self._writer, self)
        self._talk = TalkKey(service, self)
        self._transcript = reducer.Transcript()
        self._notices = notices.Notices()
        self._panel = Panel()
        self._painted = self._watches = self._can_stop = False
        self._remembered = self._saved = memory.Remembered()
        self._build()
        self._choices.show_settings()
        self._connect()
        self._restore()
        self.composer.talk.setFocus()  # so that the space bar talks
        self._show_panel(bridge.panel)
        self.transcript.show_transcript(self._transcript)
        service.recent(RECENT_TURNS)

    # -- building ------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        frame, self.menus = Frame(self._talk), Menus(self)
        self._frame, self.rail, self.pages = frame, frame.rail, frame.pages
        self.header, self.state_line, self.banners = frame.header, frame.state_line, frame.banners
        self.transcript, self.composer, self.status = frame.transcript, frame.composer, frame.status
        Confirming(self._service, self._bridge, frame.confirm, self.menus.allow, self.menus.refuse, self)
        self._actions = StatusActions(self._service, self._bridge, self.status, self.menus.support, self)
        frame.confirm.left.connect(self._focus_after_banners)
        self.setCentralWidget(frame)
        self._navigation = Navigation(frame, self.menus, self)
        self.setMinimumSize(SMALLEST)

    def _connect(self) -> None:
        header, menus, transcript = self.header, self.menus, self.transcript
        service, choices = self._service, self._choices
        self._bridge.event.connect(self._hear)
        self._bridge.panel_changed.connect(self._show_panel)
        self._bridge.sound.connect(self.status.show_sound)
        self._writer.failed.connect(lambda _, error: self._tell(notices.trouble(error)))
        choices.failed.connect(lambda error: self._tell(notices.trouble(error)))
        header.mode_chosen.connect(choices.set_mode)
        header.activation_chosen.connect(choices.set_activation)
        header.mute_chosen.connect(choices.set_muted)
        header.panel_chosen.connect(self._choose_panel)
        header.preferences_requested.connect(lambda: self.preferences_requested.emit(""))
        self._actions.settings_requested.connect(self.preferences_requested)
        self.state_line.microphone_requested.connect(lambda: self.preferences_requested.emit("audio.microphone"))
        self.composer.asked.connect(service.ask)
        self.state_line.start_requested.connect(self._start_again)
        self.composer.stop_requested.connect(self.stop)
        self.banners.dismissed.connect(self._dismiss)
        self.banners.emptied.connect(self._focus_after_banners)
        self._navigation.changed.connect(self._page_changed)
        transcript.replay_requested.connect(service.replay)
        transcript.say_again_requested.connect(service.say_again)
        transcript.retry_requested.connect(service.retry)
        transcript.delete_requested.connect(self._delete)
        transcript.models_wanted.connect(service.find_models)
        self._connect_menus(menus)
        QApplication.instance().focusChanged.connect(self._focus_moved)  # type: ignore[union-attr]

    def _connect_menus(self, menus: Menus) -> None:
        menus.preferences.triggered.connect(lambda: self.preferences_requested.emit(""))
        menus.clear.triggered.connect(self._ask_to_clear)
        menus.quit.triggered.connect(self.quit_requested)
        for mode, action in menus.modes.items():
            action.triggered.connect(partial(self._choices.set_mode, mode))
        for activation, action in menus.activations.items():
            action.triggered.connect(partial(self._choices.set_activation, activation))
        menus.mute.triggered.connect(self._choices.set_muted)
        menus.ask.triggered.connect(self._type_a_question)
        menus.stop.triggered.connect(self.stop)
        menus.panel.triggered.connect(self._choose_panel)
        menus.newest.triggered.connect(self._show_newest)
        menus.shortcuts.triggered.connect(lambda: dialogs.ShortcutsDialog(menus.all(), self, self.pages.keys()).open())
        menus.first_run.triggered.connect(self.first_run_requested)
        menus.about.triggered.connect(lambda: dialogs.about_box(self).open())

    # -- what happens --------------------------------------------------------------------------------------------

    def _hear(self, event: events.Event) -> None:
        """One event, before the panel changes."""
        match event:
            case events.Asked(text=text):
                self.composer.arrived(text)
            case events.Stopped():
                self.composer.give_back()
            case events.Trouble(error=error) if error.code == NOT_RUNNING:
                self.composer.give_back()
            case events.ModelsFound(names=names):
                self.transcript.set_models(names)
        self._show_turns(reducer.after(self._transcript, event, time.time()))
        self._show_notices(notices.after(self._notices, event))

    def _show_turns(self, transcript: reducer.Transcript) -> None:
        if transcript is not self._transcript:
            self._transcript = transcript
            self.transcript.show_transcript(transcript)
            self._show_what_can_be_stopped()

    def _show_notices(self, shown: notices.Notices) -> None:
        if shown is not self._notices:
            self._notices = shown
            self.banners.show_notices(shown)

    def _tell(self, message: notices.Message) -> None:
        self._show_notices(self._notices.plus(message))

    def _dismiss(self, code: str) -> None:
        self._show_notices(self._notices.without(code))

    def _show_panel(self, panel: Panel) -> None:
        self._panel = panel
        self.header.show_listening(panel.listening)
        self.menus.show_listening(panel.listening)
        self._show_what_can_be_stopped()
        self.composer.show_panel(panel)
        self.status.show_panel(panel)
        self._show_hints()
        self.setWindowTitle(self.tr("{state} - Starling").format(state=activity_word(panel.activity)))

    def _show_what_can_be_stopped(self) -> None:
        can_stop = _goes_on(self._panel) or self._transcript.waits or self._navigation.stops
        if can_stop != self._can_stop:
            self._can_stop = can_stop
            self.menus.stop.setEnabled(can_stop)
            self.composer.stop.setEnabled(can_stop)
            self.can_stop_changed.emit(can_stop)

    def settings_changed(self) -> None:
        """Show what follows from the settings of now."""
        self._choices.show_settings()
        self._show_hints()

    def _show_hints(self) -> None:
        everything = self._settings.get("assistant.answer") == "everything"
        phrase = "" if everything else self._settings.read("assistant.wake_phrase", str)
        self.state_line.show_panel(self._panel, phrase)
        self.transcript.empty.explain(phrase, self._panel)

    def _start_again(self) -> None:
        """What was asked of the run that ended is asked anew."""
        self._bridge.starts()
        self._service.start()
        self._service.recent(RECENT_TURNS)
        self._service.watch_sound(self._watches)
        self.composer.talk.setFocus()

    # -- what the user wants -------------------------------------------------------------------------------------

    def stop(self) -> None:
        """End what goes on: what sounds and waits, or what is being said."""
        if self._navigation.stops:
            self._navigation.stop()
            return
        hearing = self._panel.hearing or self._panel.listening.held
        if hearing and not self._panel.speaking:
            self._service.cancel()
        else:
            self._service.stop()
            self._show_turns(reducer.without_waiting(self._transcript))

    def _delete(self, turn: Turn) -> None:
        if turn.turn:
            self._service.delete(turn.turn)
        else:  # the service does not know it
            self._show_turns(reducer.without(self._transcript, turn.key))

    def _ask_to_clear(self) -> None:
        box = dialogs.clear_question(self)
        box.accepted.connect(self._service.clear)
        box.open()

    def raise_to_front(self) -> None:
        """Show the window, where it is behind others, minimized or hidden."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    # -- pages ---------------------------------------------------------------------------------------------------

    def add_page(self, key: str, page: Page) -> None:
        """One more page; it is built when it is first shown."""
        self._navigation.add_page(key, page)

    def show_page(self, key: str) -> None:
        """Show a page: ``talk``, or one that was added."""
        self._navigation.show_page(key)

    def _page_changed(self) -> None:
        for control in (self.header.panel, self.menus.panel):
            control.setEnabled(self._navigation.talks)
        self._show_or_hide_status()
        self._show_what_can_be_stopped()
        self.settings_changed()  # on the other page, perhaps

    def _type_a_question(self) -> None:
        self._navigation.talk()
        self.composer.field.setFocus()

    def _show_newest(self) -> None:
        self._navigation.talk()
        self.transcript.column.to_newest()

    def _focus_after_banners(self) -> None:
        if self._navigation.talks:
            self.composer.field.setFocus()
        else:
            self._navigation.take_focus()

    # -- the status panel and the window's place -----------------------------------------------------------------

    @property
    def _narrow(self) -> bool:
        return self._frame.is_narrow(self.width())

    def _choose_panel(self, wanted: bool) -> None:
        if self._narrow:
            self._remembered = replace(self._remembered, panel_narrow=wanted)
        else:
            self._remembered = replace(self._remembered, panel_wide=wanted)
        self._show_or_hide_status()

    def _show_or_hide_status(self) -> None:
        wanted = self._remembered.panel_narrow if self._narrow else self._remembered.panel_wide
        self._frame.place_rail(self.width())
        self._frame.show_status(wanted, self.width())
        for control in (self.header.panel, self.menus.panel):
            control.setChecked(wanted)
        if wanted and self._painted:
            self.status.load_plots()

    def _restore(self) -> None:
        self._remembered = self._saved = memory.load(memory.path())
        geometry = QByteArray(base64.b64decode(self._remembered.geometry))
        if geometry.isEmpty() or not self.restoreGeometry(geometry):
            self.resize(USUAL.boundedTo(self.screen().availableSize() * ON_SCREEN).expandedTo(SMALLEST))
        self._show_or_hide_status()

    def _remember(self) -> None:
        geometry = base64.b64encode(self.saveGeometry().data()).decode("ascii")
        now = replace(self._remembered, geometry=geometry)
        if now != self._saved:
            self._remembered = self._saved = now
            memory.save(memory.path(), now)

    # -- Qt ------------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The space bar is the talk key wherever nothing else wants it."""
        if event.key() == Qt.Key.Key_Space and event.modifiers() == Qt.KeyboardModifier.NoModifier:
            if not event.isAutoRepeat():
                self._talk.press("space")
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """It went up; whatever keys came with it."""
        if event.key() == Qt.Key.Key_Space:
            if not event.isAutoRepeat():
                self._talk.release("space")
        else:
            super().keyReleaseEvent(event)

    def _focus_moved(self, before: QWidget | None, after: QWidget | None) -> None:
        """The key's release would go elsewhere."""
        self._talk.release("space")

    def changeEvent(self, event: QEvent) -> None:
        """Let the talk key go when the window is left; stop the meters when it is minimized."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange:
            if self.isActiveWindow():
                self.settings_changed()  # by another part, perhaps
            else:
                self._let_go()
        elif event.type() == QEvent.Type.WindowStateChange:
            self._watch()
        elif event.type() in (QEvent.Type.StyleChange, QEvent.Type.FontChange) and self.isVisible():
            self._reserve()

    def _let_go(self) -> None:
        self.composer.talk.setDown(False)
        self._talk.let_go()

    def _reserve(self) -> None:
        self.header.reserve()
        self.state_line.reserve()
        self.composer.talk.reserve()

    def _watch(self) -> None:
        """Sound is measured for meters only while they are seen."""
        watches = self.isVisible() and not self.isMinimized()
        if watches != self._watches:
            self._watches = watches
            self._service.watch_sound(watches)

    def showEvent(self, event: QShowEvent) -> None:
        """The meters are seen."""
        super().showEvent(event)
        self._reserve()
        self._watch()

    def hideEvent(self, event: QHideEvent) -> None:
        """The meters are not seen, and nobody can be holding a key."""
        super().hideEvent(event)
        self._let_go()
        self._watch()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The status panel comes and goes with the room."""
        super().resizeEvent(event)
        self._show_or_hide_status()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Tell once that there is something to see."""
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            QTimer.singleShot(0, self, self._after_first_paint)

    def _after_first_paint(self) -> None:
        self.first_painted.emit()
        self._show_or_hide_status()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Quit, or leave it to who set :attr:`close_policy`."""
        self._remember()
        if self.close_policy():
            event.accept()
            self.quit_requested.emit()
        else:
            event.ignore()


def _goes_on(panel: Panel) -> bool:
    """Whether Starling speaks, hears or transcribes."""
    return panel.speaking or panel.hearing or panel.listening.held or panel.transcribing > 0
