"""The page of models, as the window knows it before it is shown: light to import."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starling.pipeline.service import Service
from starling.settings.store import Settings
from starling.ui.bridge import Bridge
from starling.ui.window.pages import Page

if TYPE_CHECKING:
    from starling.ui.models.view import ModelsView


class ModelsPage(Page):
    """Builds its view when it is first shown.

    Attributes:
        view: what is on it; None before :meth:`build`.
    """

    def __init__(self, service: Service, bridge: Bridge, settings: Settings) -> None:
        super().__init__("", "model")
        self.set_title(self.tr("&Models"))
        self._around = (service, bridge, settings)
        self.view: ModelsView | None = None

    def build(self) -> None:
        """Make the view."""
        from starling.ui.models.view import ModelsView

        self.view = ModelsView(*self._around)
        self.column.addWidget(self.view)

    def activated(self) -> None:
        """Look at what is there now."""
        if self.view is not None:
            self.view.look()

    def take_focus(self) -> None:
        """The list takes the keyboard."""
        if self.view is not None:
            self.view.list.setFocus()
