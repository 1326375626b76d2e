"""The words and shapes of the overlay: every state has both."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from starling.ui.overlay.state import Kind, Look

# Under this name, and with the context written out, the strings are found by lupdate.
translate = QCoreApplication.translate

SHAPES: dict[Kind, tuple[str, str]] = {
    "listening": ("microphone", "accent"),
    "transcribing": ("dictation", "accent"),
    "paused": ("pause", "warning"),
    "recognised": ("check", "success"),
    "typed": ("check", "success"),
    "taken_back": ("reset", "text"),
    "nothing": ("info", "text"),
    "ended": ("off", "text"),
    "error": ("error", "danger"),
}
"""Icon and colour role of every state."""


def word(kind: Kind) -> str:
    """The state, in one or two words."""
    return {
        "listening": translate("Overlay", "Listening"),
        "transcribing": translate("Overlay", "Transcribing"),
        "paused": translate("Overlay", "Paused"),
        "recognised": translate("Overlay", "Recognised"),
        "typed": translate("Overlay", "Typed"),
        "taken_back": translate("Overlay", "Taken back"),
        "nothing": translate("Overlay", "Nothing heard"),
        "ended": translate("Overlay", "Dictation ended"),
        "error": translate("Overlay", "Problem"),
    }[kind]


def detail(look: Look) -> str:
    """What was said, or else what the user may want to know; may be empty."""
    if look.text:
        return " ".join(look.text.split())
    return {
        "listening": translate("Overlay", "Speak now"),
        "paused": translate("Overlay", "Nothing is written down until dictation is resumed"),
    }.get(look.kind, "")


def destination(application: str) -> str:
    """Where the text goes: the last part of what the desktop calls the application; empty where nobody tells."""
    name = application.rpartition(".")[2]
    name = name[:1].upper() + name[1:]
    return translate("Overlay", "to {application}").format(application=name) if name else ""
