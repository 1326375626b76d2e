"""Saves settings in the background: a disk or another process may keep a writer waiting for seconds."""

from __future__ import annotations

import threading

from PySide6.QtCore import QCoreApplication, QObject, Signal

from starling.core.errors import StarlingError
from starling.settings.store import Settings

QUIT_TIMEOUT_S = 1.0
"""How long the end of the application waits for what is still to be saved."""


class SettingsWriter(QObject):
    """Brings the file to what is in use, one key after the other, in the order in which they were changed.

    A thread lives while there is something to save. What could not be saved is tried again after the next success.
    Without a parent on purpose: the thread holds it, so that its signals outlive the dialog.

    Attributes:
        saved: the key that is on disk now.
        failed: a key, and the StarlingError that says why it is not.
    """

    saved = Signal(str)
    failed = Signal(str, object)

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._settings = settings
        self._lock = threading.Lock()
        self._waiting: dict[str, None] = {}  # an ordered set, as is the next
        self._unsaved: dict[str, None] = {}
        self._thread: threading.Thread | None = None
        if (app := QCoreApplication.instance()) is not None:
            app.aboutToQuit.connect(self._save_the_rest)

    def save(self, key: str) -> None:
        """Save what is in use for the key; returns at once."""
        with self._lock:
            self._waiting.pop(key, None)
            self._waiting[key] = None
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="settings-writer", daemon=True)
                self._thread.start()

    def flush(self, timeout_s: float) -> bool:
        """Wait until nothing waits to be saved; False when the time was not enough."""
        thread = self._thread
        if thread is not None:
            thread.join(timeout_s)
        return self._thread is None

    def _save_the_rest(self) -> None:
        self.flush(QUIT_TIMEOUT_S)

    def _run(self) -> None:
        try:
            while (key := self._next()) is not None:
                self._save(key)
        finally:
            with self._lock:
                self._thread = None

    def _next(self) -> str | None:
        with self._lock:
            if not self._waiting:
                self._thread = None
                return None
            key = next(iter(self._waiting))
            del self._waiting[key]
            return key

    def _save(self, key: str) -> None:
        try:
            self._settings.save(key)
        except StarlingError as error:
            self._unsaved[key] = None
            self.failed.emit(key, error)
            return
        self._unsaved.pop(key, None)
        with self._lock:
            again, self._unsaved = self._unsaved, {}
            self._waiting |= {other: None for other in again if other not in self._waiting}
        self.saved.emit(key)
