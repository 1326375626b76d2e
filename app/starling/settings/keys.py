"""The settings of the page Keys."""

from __future__ import annotations

from starling.settings.declaration import Setting

KEYS: tuple[Setting, ...] = (
    Setting(
        "keys.talk",
        "ctrl+alt+space",
        "Talk key",
        "Hold it to talk whatever window is in front, or tap it to begin and tap it again to end.",
        in_file="Like ctrl+alt+space, F9 or Pause; empty for none.",
        page="keys",
        control="chord",
        keywords=("push to talk", "hotkey", "shortcut", "global", "hold", "dictation"),
    ),
    Setting(
        "keys.cancel",
        "Escape",
        "Cancel key",
        "Forgets what is being said. It is taken only while you talk, and belongs to other programs otherwise.",
        in_file="Written like the talk key; empty for none.",
        page="keys",
        control="chord",
        keywords=("escape", "drop", "hotkey", "shortcut"),
    ),
    Setting(
        "keys.mode",
        "",
        "Mode key",
        "Switches between assistant and dictation whatever window is in front.",
        in_file="Written like the talk key; empty for none.",
        page="keys",
        control="chord",
        keywords=("assistant", "dictation", "hotkey", "shortcut", "switch"),
    ),
    Setting(
        "keys.way",
        "auto",
        "How keys are heard",
        "Automatic takes what fits the desktop: X11 itself, or the portal of a Wayland desktop.",
        choices=("auto", "x11", "portal", "command"),
        labels=("Automatic", "X11", "The desktop's portal", "A command that the desktop runs"),
        in_file="command hears nothing: a key of the desktop has to run starling ptt.",
        page="keys",
        advanced=True,
        keywords=("x11", "wayland", "portal", "hotkey", "shortcut", "grab"),
    ),
)
