"""What the user wants to be listened to."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QObject, Signal

from starling.core.errors import StarlingError
from starling.pipeline import events
from starling.pipeline.service import Service
from starling.settings.store import Settings
from starling.ui.bridge import Bridge
from starling.ui.preferences.writer import SettingsWriter


class Choices(QObject):
    """A choice holds at once, is kept, and is shown everywhere until what runs tells what is so.

    Attributes:
        failed: the StarlingError that says why a choice is not kept.
    """

    failed = Signal(object)

    def __init__(
        self, service: Service, bridge: Bridge, settings: Settings, writer: SettingsWriter, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._service, self._bridge, self._settings, self._writer = service, bridge, settings, writer

    def show_settings(self) -> None:
        """While nothing runs, what is set is what will be listened to."""
        set_now = {"mode": self._settings.get("listen.mode"), "activation": self._settings.get("listen.activation")}
        self._bridge.suppose(**set_now)

    def set_mode(self, mode: str) -> None:
        """Answer, only write down, or hear nothing."""
        self._keep("listen.mode", mode)
        self._service.set_mode(cast(events.Mode, mode))
        self._bridge.suppose(mode=mode)

    def set_activation(self, activation: str) -> None:
        """Hear all the time, or while the talk key is held."""
        self._keep("listen.activation", activation)
        self._service.set_activation(cast(events.Activation, activation))
        self._bridge.suppose(activation=activation)

    def set_muted(self, muted: bool) -> None:
        """Close the microphone, or open it again; not for the next run."""
        self._service.set_muted(muted)
        self._bridge.suppose(muted=muted)

    def _keep(self, key: str, value: str) -> None:
        try:
            self._settings.use(key, value)
        except StarlingError as error:
            self.failed.emit(error)
        else:
            self._writer.save(key)
