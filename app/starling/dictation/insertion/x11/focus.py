"""Who has the focus on X11."""

from __future__ import annotations

from starling.core.errors import StarlingError
from starling.dictation.insertion.x11.link import Link, linked
from starling.dictation.surroundings import Session, Target

_GTK = ("_GTK_APPLICATION_ID", "_GTK_THEME_VARIANT", "_GTK_WINDOW_OBJECT_PATH")


def target(session: Session) -> Target:
    """The application and window with the focus; empty where the server cannot be asked."""
    try:
        with linked(session.display) as link:
            return of(link)
    except StarlingError:
        return Target()


def of(link: Link) -> Target:
    """The same over a connection that there is."""
    window = link.active_window()
    if not window:
        return Target()
    toolkit = "gtk" if any(link.has_property(window, name) for name in _GTK) else ""
    return Target(link.application(window), f"{window:#x}", toolkit, pid=link.process(window))
