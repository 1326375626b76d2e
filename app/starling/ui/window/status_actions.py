"""What the status panel and the help menu ask for, handed to whoever does it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QObject, Signal
from PySide6.QtGui import QAction

from starling.pipeline import events
from starling.pipeline.service import Service
from starling.ui.bridge import Bridge
from starling.ui.status.panel_view import StatusPanel
from starling.ui.window.support import SupportFile


class StatusActions(QObject):
    """Connects the panel and the support file.

    Attributes:
        settings_requested: the key of a setting that the user wants to change.
    """

    settings_requested = Signal(str)

    def __init__(
        self, service: Service, bridge: Bridge, status: StatusPanel, support: QAction, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._service, self._bridge = service, bridge
        status.settings_requested.connect(self.settings_requested)
        status.prove_requested.connect(service.prove_again)
        status.prove_cancelled.connect(service.cancel_proof)
        self.support = SupportFile(status.window())
        self.support.setParent(self)
        support.triggered.connect(self.support.ask)
        self.support.busy_changed.connect(support.setDisabled)
        self.support.saved.connect(self._saved)
        self.support.failed.connect(lambda error: bridge.event.emit(events.Trouble(error)))
        bridge.event.connect(self._hear)
        QCoreApplication.instance().aboutToQuit.connect(self.support.close)  # type: ignore[union-attr]

    def _hear(self, event: events.Event) -> None:
        if isinstance(event, events.Ready):
            self._service.show_proofs()

    def _saved(self, path: str) -> None:
        name = Path(path).name
        self._bridge.event.emit(events.Notice(self.tr("The support file {name} was saved.").format(name=name)))
