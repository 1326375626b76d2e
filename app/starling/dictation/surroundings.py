"""Where a text would go: the session, its compositor, and the application that has the focus."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

SessionKind = Literal["x11", "wayland", "none"]
Compositor = Literal["", "sway", "hyprland", "wlroots", "gnome", "kde", "other"]

_DESKTOPS: dict[str, Compositor] = {
    "sway": "sway",
    "hyprland": "hyprland",
    "gnome": "gnome",
    "ubuntu": "gnome",
    "unity": "gnome",
    "kde": "kde",
    "plasma": "kde",
    "river": "wlroots",
    "wayfire": "wlroots",
    "labwc": "wlroots",
    "niri": "wlroots",
    "dwl": "wlroots",
    "wlroots": "wlroots",
}
"""What XDG_CURRENT_DESKTOP says; ``wlroots`` are those with the virtual keyboard protocol of wlroots."""


@dataclass(frozen=True)
class Session:
    """Of what kind the desktop is.

    Attributes:
        kind: what programs are shown by.
        compositor: who hands out the keys on Wayland; empty on X11.
        display: X11's, also XWayland's; may be empty.
        wayland: the name or path of the Wayland socket; may be empty.
        runtime: the user's folder of sockets; may be empty.
        bus: the address of the session's D-Bus; may be empty.
    """

    kind: SessionKind
    compositor: Compositor = ""
    display: str = ""
    wayland: str = ""
    runtime: str = ""
    bus: str = ""


@dataclass(frozen=True)
class Target:
    """What has the focus; empty texts where nobody tells.

    Attributes:
        application: the class of its window or its id, in lower case: ``xterm``, ``org.gnome.texteditor``.
        window: tells one window from another, never its title.
        toolkit: ``gtk``, ``qt``, ``chromium``, ``gecko``, … by what accessibility says.
        password: whether the focus is in a password field; None: not known.
        pid: the process that has the window; 0 where it is not told.
    """

    application: str = ""
    window: str = ""
    toolkit: str = ""
    password: bool | None = None
    pid: int = 0


def session(env: Mapping[str, str] | None = None) -> Session:
    """The session that the environment speaks of."""
    env = os.environ if env is None else env
    display, wayland = env.get("DISPLAY", ""), env.get("WAYLAND_DISPLAY", "")
    runtime = env.get("XDG_RUNTIME_DIR", "")
    # On Wayland the kind may be missing (started from a console), and DISPLAY is XWayland's.
    kind: SessionKind = "none"
    said = env.get("XDG_SESSION_TYPE", "").lower()
    if said == "wayland" or (wayland and said != "x11"):
        kind = "wayland"
    elif display:
        kind = "x11"
    elif wayland:
        kind = "wayland"
    bus = env.get("DBUS_SESSION_BUS_ADDRESS", "")
    if not bus and runtime and Path(runtime, "bus").exists():
        bus = f"unix:path={runtime}/bus"
    return Session(kind, compositor(env) if kind == "wayland" else "", display, wayland, runtime, bus)


def compositor(env: Mapping[str, str]) -> Compositor:
    """Which compositor it is, by the sockets it names and by the desktop's name."""
    if env.get("SWAYSOCK"):
        return "sway"
    if env.get("HYPRLAND_INSTANCE_SIGNATURE"):
        return "hyprland"
    names = f"{env.get('XDG_CURRENT_DESKTOP', '')}:{env.get('XDG_SESSION_DESKTOP', '')}"
    for name in names.lower().split(":"):
        if name in _DESKTOPS:
            return _DESKTOPS[name]
    return "other"


def in_front(of: Session | None = None, env: Mapping[str, str] | None = None) -> Target:
    """The window with the focus, as the X server or the compositor tells it: in a millisecond. Never raises."""
    of = session(env) if of is None else of
    if of.kind == "x11":
        from starling.dictation.insertion.x11 import focus as x11_focus

        return x11_focus.target(of)
    if of.kind == "wayland":
        from starling.dictation.insertion.wayland import focus as wayland_focus

        return wayland_focus.target(of, os.environ if env is None else env)
    return Target()


def target(of: Session | None = None, env: Mapping[str, str] | None = None) -> Target:
    """The same with what accessibility tells: half a second at most where a program does not answer. Never raises."""
    from starling.dictation.insertion.accessibility import focused

    of = session(env) if of is None else of
    found = in_front(of, env)
    seen = focused(of.bus, found.application) if of.bus else None
    if seen is None:
        return found
    return replace(
        found,
        application=found.application or seen.application,
        window=found.window or seen.window,
        toolkit=found.toolkit or seen.toolkit,
        password=seen.password,
    )
