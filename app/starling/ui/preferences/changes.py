"""What happens when somebody changes a setting: it holds at once, and is saved in the background."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, Signal

from starling.core.errors import StarlingError
from starling.pipeline.service import Service
from starling.settings.schema import SETTINGS, Value
from starling.settings.store import Settings
from starling.ui.preferences.writer import SettingsWriter

THEME = "window.theme"


class Changes(QObject):
    """Changes settings for the dialog.

    Attributes:
        changed: a key whose value in use is another one now.
        refused: a key and the StarlingError: its value in use is what it was.
        unsaved: a key and the StarlingError: the new value is in use, and will not outlive this run.
        saved: a key whose value has reached the disk.
        theme_changed: the new appearance.
    """

    changed = Signal(str)
    refused = Signal(str, object)
    unsaved = Signal(str, object)
    saved = Signal(str)
    theme_changed = Signal(str)

    def __init__(self, settings: Settings, service: Service, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._service = service
        self.writer = SettingsWriter(settings)
        self.writer.failed.connect(self.unsaved)
        self.writer.saved.connect(self.saved)

    def is_default(self, key: str) -> bool:
        """Whether the value in use is the declared one."""
        return self._settings.get(key) == self._settings.default(key)

    def set(self, key: str, value: Value) -> None:
        """Use a value from now on."""
        before = self._settings.get(key)
        try:
            self._settings.use(key, value)
        except StarlingError as error:
            self.refused.emit(key, error)
            return
        if self._settings.get(key) != before:
            self._took_effect([key])

    def reset(self, keys: Iterable[str]) -> None:
        """Go back to the defaults; the pipeline is told once."""
        different = [key for key in keys if not self.is_default(key)]
        for key in different:
            self._settings.forget(key)
        if different:
            self._took_effect(different)

    def reset_all(self) -> None:
        """Go back to the default of every setting."""
        self.reset([setting.key for setting in SETTINGS])

    def _took_effect(self, keys: list[str]) -> None:
        self._service.apply()
        for key in keys:
            self.writer.save(key)
            self.changed.emit(key)
        if THEME in keys:
            self.theme_changed.emit(self._settings.read(THEME, str))
