"""The one way from the pipeline's threads into the window: queued signals."""

from __future__ import annotations

import math
import threading
from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from starling.pipeline import events
from starling.pipeline.panel import Panel, after

SOUND_INTERVAL_MS = 50
"""Meters are repainted 20 times a second at most."""


class Bridge(QObject):
    """Takes events from any thread, keeps the panel, and tells the window in the GUI thread, in order.

    Attributes:
        event: every event but ``Sound``.
        panel_changed: the new panel; after ``event``, and only when it differs.
        sound: ``Sound`` events, joined so that they come at most every :data:`SOUND_INTERVAL_MS`.
    """

    event = Signal(object)  # type: ignore[assignment] # hides QObject.event, which nobody overrides here
    panel_changed = Signal(object)
    sound = Signal(object)
    _arrived = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._panel = Panel()
        self._sounds: list[events.Sound] = []
        self._lock = threading.Lock()  # guards _closed against the end of the C++ object
        self._closed = False
        self._told = False  # what is listened to, by what runs now
        self._pause = QTimer(self, singleShot=True, interval=SOUND_INTERVAL_MS)
        self._pause.timeout.connect(self._flush_sound)
        self._arrived.connect(self._take, Qt.ConnectionType.QueuedConnection)

    @property
    def panel(self) -> Panel:
        """The panel after the last event; for the GUI thread."""
        return self._panel

    def emit_from_any_thread(self, event: events.Event) -> None:
        """Hand over an event; returns at once. After :meth:`close` it goes nowhere."""
        with self._lock:
            if not self._closed:
                self._arrived.emit(event)

    def close(self) -> None:
        """Take no more events. Before the application object goes."""
        with self._lock:
            self._closed = True
        self._pause.stop()

    def suppose(self, **choices: object) -> None:
        """Show what the user chose of ``Listening`` until what runs says what is so; for the GUI thread."""
        if not self._told:
            self._show(replace(self._panel, listening=replace(self._panel.listening, **choices)))  # type: ignore[arg-type]

    def starts(self) -> None:
        """What had ended is started again: nothing is loaded yet, and nothing has failed; for the GUI thread."""
        self._show(replace(self._panel, failed="", stt=None, tts=None))

    @Slot(object)
    def _take(self, event: events.Event) -> None:
        if self._closed:
            return
        if isinstance(event, events.Sound):
            self._sounds.append(event)
            if not self._pause.isActive():
                self._flush_sound()
            return
        panel = after(self._panel, event)
        if isinstance(event, events.Stopped):  # nobody hears the key any more
            panel = replace(panel, listening=replace(panel.listening, held=False))
        self._told = isinstance(event, events.Listening) or (self._told and not isinstance(event, events.Stopped))
        changed, self._panel = panel != self._panel, panel
        self.event.emit(event)
        if changed:
            self.panel_changed.emit(panel)

    def _show(self, panel: Panel) -> None:
        if panel != self._panel and not self._closed:
            self._panel = panel
            self.panel_changed.emit(panel)

    @Slot()
    def _flush_sound(self) -> None:
        if self._sounds:
            joined_sound, self._sounds = joined(self._sounds), []
            self._pause.start()
            self.sound.emit(joined_sound)


def joined(sounds: Sequence[events.Sound]) -> events.Sound:
    """Consecutive blocks as one: their waveforms one after the other, their mean power, the latest probability."""
    if len(sounds) == 1:
        return sounds[0]
    seconds = sum(sound.seconds for sound in sounds)
    power = sum(10 ** (sound.level_dbfs / 10) * sound.seconds for sound in sounds)
    return events.Sound(
        level_dbfs=10 * math.log10(power / seconds) if power and seconds else sounds[-1].level_dbfs,
        probability=sounds[-1].probability,
        threshold=sounds[-1].threshold,
        peaks=tuple(peak for sound in sounds for peak in sound.peaks),
        seconds=seconds,
    )
