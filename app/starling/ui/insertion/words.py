"""The words of the ways of insertion."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from starling.dictation.surroundings import Session

translate = QCoreApplication.translate
SAMPLES = {"portal": "Starling types this.", "ydotool": "Starling types this."}
"""Ways that type what is on the keyboard; other letters are pasted."""
SAMPLE = "Starling: é, ß, 你好, 😀."


def way_word(name: str) -> str:
    """What a way is called."""
    return {
        "xtest": translate("Insertion", "Keys on X11 (XTEST)"),
        "wtype": translate("Insertion", "Keys on Wayland (wtype)"),
        "portal": translate("Insertion", "Keys by the desktop's portal"),
        "ydotool": translate("Insertion", "Keys by ydotool"),
        "paste": translate("Insertion", "Pasting"),
    }.get(name, name)


def session_words(session: Session) -> str:
    """What the desktop is."""
    if session.kind == "x11":
        return translate("Insertion", "This is an X11 session.")
    if session.kind == "none":
        return translate("Insertion", "There is no desktop session; texts go to the scratchpad.")
    names = {"sway": "sway", "hyprland": "Hyprland", "gnome": "GNOME", "kde": "KDE Plasma", "wlroots": "wlroots"}
    name = names.get(session.compositor, "")
    if not name:
        return translate("Insertion", "This is a Wayland session.")
    return translate("Insertion", "This is a Wayland session with {name}.").format(name=name)


def sample(name: str) -> str:
    """What a way is tried with."""
    return SAMPLES.get(name, SAMPLE)
