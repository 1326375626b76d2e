"""What is shown and heard of a dictation while another application is in front; on the page Dictation."""

from __future__ import annotations

from starling.settings.declaration import Setting

OVERLAY: tuple[Setting, ...] = (
    Setting(
        "window.overlay",
        True,
        "Show the overlay",
        "While you dictate, a small window shows that you are heard, what was understood and what became of it. It "
        "takes neither keyboard nor mouse.",
        page="dictation",
        keywords=("overlay", "indicator", "popup", "level", "partial"),
    ),
    Setting(
        "window.overlay_position",
        "bottom",
        "Place of the overlay",
        "On the screen where the mouse pointer is.",
        choices=("bottom", "top"),
        labels=("Bottom", "Top"),
        page="dictation",
        keywords=("overlay", "position", "screen"),
        needs="window.overlay",
    ),
    Setting(
        "dictation.sounds",
        False,
        "Sounds",
        "Two soft notes when a dictation begins, when it ends, and when something went wrong.",
        page="dictation",
        keywords=("sound", "beep", "audio", "signal", "feedback"),
    ),
    Setting(
        "window.animations",
        True,
        "Animations",
        "Let the overlay fade and its level move. Without them the level is shown in steps, as it is where the desktop "
        "wants little motion.",
        page="window",
        keywords=("motion", "reduced motion", "fade", "overlay"),
    ),
)
