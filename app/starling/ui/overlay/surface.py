"""Where the overlay can be shown: in this process, by one of its own on XWayland, or nowhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

from starling.ui.overlay.state import Look

if TYPE_CHECKING:
    from starling.ui.overlay.view import OverlayView

Way = Literal["here", "process", "none"]


@dataclass(frozen=True)
class Style:
    """How the overlay is to look. ``theme``: a choice of the setting ``window.theme``."""

    theme: str = "system"
    animations: bool = True
    top: bool = False


class Surface(Protocol):
    """Shows looks. Every method returns at once."""

    def use(self, style: Style) -> None:
        """Look like this from now on."""
        ...

    def show_look(self, look: Look | None) -> None:
        """Show this; None: go."""
        ...

    def set_level(self, dbfs: float | None) -> None:
        """How loud it is."""
        ...

    def close(self) -> None:
        """Go for good."""
        ...


def way(platform: str, env: Mapping[str, str]) -> Way:
    """How an overlay can be had.

    A Wayland client can neither place a window nor keep the focus from it, but one of XWayland can.

    Args:
        platform: the name of Qt's platform that the main window runs on.
        env: the environment.
    """
    if not platform.startswith("wayland"):
        return "here"
    return "process" if env.get("DISPLAY") else "none"


class Here:
    """In this process, built at its first use."""

    def __init__(self) -> None:
        self._style = Style()
        self._view: OverlayView | None = None

    def use(self, style: Style) -> None:
        """See :class:`Surface`."""
        self._style = style
        if self._view is not None:
            self._view.use(animations=style.animations, top=style.top)

    def show_look(self, look: Look | None) -> None:
        """See :class:`Surface`."""
        if self._view is None and look is not None:
            from starling.ui.overlay.view import OverlayView

            self._view = OverlayView()
            self.use(self._style)
        if self._view is not None:
            self._view.show_look(look)

    def set_level(self, dbfs: float | None) -> None:
        """See :class:`Surface`."""
        if self._view is not None:
            self._view.set_level(dbfs)

    def close(self) -> None:
        """See :class:`Surface`."""
        if self._view is not None:
            self._view.close()
            self._view.deleteLater()
            self._view = None


def packed(look: Look | None) -> dict[str, Any]:
    """A look as it crosses a pipe."""
    return {"look": None if look is None else asdict(look)}


def unpacked(data: Mapping[str, Any]) -> Look | None:
    """The inverse of :func:`packed`."""
    fields = data["look"]
    return None if fields is None else Look(**fields)
