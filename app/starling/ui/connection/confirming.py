"""Brings the language model's questions to the user, and the user's word back."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence

from starling.pipeline import events
from starling.pipeline.service import Service
from starling.ui.bridge import Bridge
from starling.ui.connection.confirm_banner import ConfirmBanner


class Confirming(QObject):
    """Shows the banner while a question is open; its two actions work from everywhere in the window."""

    def __init__(
        self, service: Service, bridge: Bridge, banner: ConfirmBanner, allow: QAction, refuse: QAction, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._banner, self._actions = banner, (allow, refuse)
        allow.triggered.connect(lambda: banner.answer(True))
        refuse.triggered.connect(lambda: banner.answer(False))
        banner.answered.connect(service.confirm)
        banner.answered.connect(self._enable)
        bridge.event.connect(self._hear)
        self._enable()

    def _hear(self, event: events.Event) -> None:
        match event:
            case events.ConfirmAsked():
                allow, refuse = (
                    action.shortcut().toString(QKeySequence.SequenceFormat.NativeText) for action in self._actions
                )
                self._banner.ask(event, allow, refuse)
            case events.ConfirmEnded() | events.Stopped():
                self._banner.end()
            case _:
                return
        self._enable()

    def _enable(self) -> None:
        for action in self._actions:
            action.setEnabled(self._banner.open)
