"""Words and sentences about global keys."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from starling.pipeline.events import KeysShown


def way_word(way: str) -> str:
    """How keys are heard."""
    return {
        "x11": QCoreApplication.translate("Keys", "X11"),
        "portal": QCoreApplication.translate("Keys", "The desktop's portal"),
        "command": QCoreApplication.translate("Keys", "A command that the desktop runs"),
        "off": QCoreApplication.translate("Keys", "Not heard"),
    }.get(way, way)


def state_sentence(shown: KeysShown | None) -> str:
    """What the user should know now; empty while a problem says it."""
    if shown is None:
        return QCoreApplication.translate("Keys", "Looking at the keys.")
    if shown.waiting:
        return (
            QCoreApplication.translate("Keys", "The desktop may ask you now which keys Starling gets.")
            if shown.way == "portal"
            else QCoreApplication.translate("Keys", "Taking the keys.")
        )
    if shown.way == "off" and not shown.problem:
        return QCoreApplication.translate("Keys", "No key is chosen. The space bar talks in Starling's window.")
    if shown.binding and shown.way == "portal" and not shown.problem:
        return QCoreApplication.translate(
            "Keys", "Hold the key to talk whatever window is in front, or tap it to begin and again to end."
        )
    if shown.binding and not shown.problem:
        return QCoreApplication.translate(
            "Keys", "Hold {key} to talk whatever window is in front, or tap it to begin and again to end."
        ).format(key=shown.binding)
    return ""


def others_sentence(shown: KeysShown) -> str:
    """The keys besides the talk key; empty if there are none."""
    texts = {
        "cancel": QCoreApplication.translate("Keys", "{key} forgets what is being said."),
        "mode": QCoreApplication.translate("Keys", "{key} switches between assistant and dictation."),
    }
    return " ".join(texts[action].format(key=key) for action, key in shown.others if action in texts)
