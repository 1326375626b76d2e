"""Private mode in the window's menu, which shows what holds."""

from __future__ import annotations

from PySide6.QtCore import QObject

from starling.pipeline.panel import Panel
from starling.pipeline.service import Service
from starling.ui.bridge import Bridge
from starling.ui.window.menus import Menus


class PrivateMode(QObject):
    """Connects the menu's entry."""

    def __init__(self, service: Service, bridge: Bridge, menus: Menus) -> None:
        super().__init__(menus)
        self._action = menus.private
        self._action.triggered.connect(service.set_private)
        bridge.panel_changed.connect(self._show)
        self._show(bridge.panel)

    def _show(self, panel: Panel) -> None:
        self._action.setChecked(panel.private)
