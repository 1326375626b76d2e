"""Which way fits this session, and how a compositor is told to run a command. Pure: the environment is handed in."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass

from starling.dictation.keys.chord import Chord
from starling.dictation.surroundings import session

_SWAY = {"ctrl": "Ctrl", "alt": "Mod1", "shift": "Shift", "super": "Mod4"}
_HYPRLAND = {"ctrl": "CTRL", "alt": "ALT", "shift": "SHIFT", "super": "SUPER"}
_PORTAL = {"ctrl": "CTRL", "alt": "ALT", "shift": "SHIFT", "super": "LOGO"}


@dataclass(frozen=True)
class Advice:
    """How a key of the desktop is made to run a command; ``lines`` can be copied."""

    desktop: str
    text: str
    lines: tuple[str, ...]


def way(chosen: str, env: Mapping[str, str]) -> str:
    """The way to the keys: what the user chose, else what fits the session."""
    if chosen != "auto":
        return chosen
    return {"x11": "x11", "wayland": "portal"}.get(session(env).kind, "command")


def portal_trigger(chord: Chord) -> str:
    """As the shortcuts specification writes it: ``CTRL+ALT+space``."""
    return "+".join((*(_PORTAL[word] for word in chord.modifiers), chord.key))


def advice(name: str, chord: Chord, command: str = "starling") -> Advice:
    """How a desktop is told.

    Args:
        name: see :func:`starling.dictation.surroundings.compositor`.
        chord: the talk key.
        command: the program, by a name or path under which the desktop finds it.
    """
    run = shlex.quote(command)
    match name:
        case "sway":
            key = "+".join((*(_SWAY[word] for word in chord.modifiers), chord.key))
            return Advice(
                "sway",
                "Put these lines into ~/.config/sway/config and run `swaymsg reload`. Hold the key, or tap it.",
                (
                    f"bindsym --no-repeat {key} exec {run} ptt press",
                    f"bindsym --release {key} exec {run} ptt release",
                ),
            )
        case "hyprland":
            key = f"{' '.join(_HYPRLAND[word] for word in chord.modifiers)}, {chord.key}"
            return Advice(
                "Hyprland",
                "Put these lines into ~/.config/hypr/hyprland.conf. Hold the key, or tap it.",
                (f"bindt = {key}, exec, {run} ptt press", f"bindrt = {key}, exec, {run} ptt release"),
            )
        case "gnome":
            return Advice(
                "GNOME",
                f"In Settings, Keyboard, View and Customize Shortcuts, Custom Shortcuts, add {chord.shown} with this "
                "command: tap it to begin, tap it again to end.",
                (f"{run} ptt toggle",),
            )
        case "kde":
            return Advice(
                "KDE Plasma",
                f"In System Settings, Keyboard, Shortcuts, Add New, Command, add this command and give it "
                f"{chord.shown}: tap it to begin, tap it again to end.",
                (f"{run} ptt toggle",),
            )
    return Advice(
        "",
        f"Let a key of your desktop, such as {chord.shown}, run this command: tap it to begin, tap it again to end.",
        (f"{run} ptt toggle",),
    )
