"""The settings of the page Insertion."""

from __future__ import annotations

from starling.settings.declaration import Setting

INSERTION: tuple[Setting, ...] = (
    Setting(
        "insertion.way",
        "auto",
        "Way of insertion",
        "How dictated text gets into other applications. Automatic takes what works on this desktop and avoids what "
        "failed lately.",
        choices=("auto", "xtest", "wtype", "portal", "ydotool", "paste", "scratchpad"),
        labels=(
            "Automatic",
            "Keys on X11 (XTEST)",
            "Keys on Wayland (wtype)",
            "Keys by the desktop's portal",
            "Keys by ydotool",
            "Pasting",
            "Scratchpad only",
        ),
        in_file="xtest works on X11, wtype on sway, Hyprland and their kin, portal on GNOME and KDE Plasma; paste uses "
        "the clipboard for a moment and puts back what was in it.",
        page="insertion",
        keywords=("type", "paste", "clipboard", "xtest", "wtype", "portal", "ydotool", "dictation"),
    ),
    Setting(
        "insertion.newline",
        "paste",
        "New lines",
        "A new line must not send a message in a chat. In a terminal, only Enter and pasting put one in.",
        choices=("paste", "shift_enter", "enter"),
        labels=("Paste texts that have one", "Press Shift+Enter", "Press Enter"),
        page="insertion",
        keywords=("enter", "return", "line", "chat", "send", "dictation"),
    ),
    Setting(
        "insertion.excluded",
        "",
        "Never type into",
        "Applications that get no text: their window classes or ids, with commas between; the page Dictation can take "
        "the one in front. Password fields get none wherever they can be told.",
        in_file="Window classes or application ids, as keepassxc.",
        page="insertion",
        keywords=("exclude", "password", "application", "block"),
    ),
    Setting(
        "insertion.per_application",
        "",
        "For single applications",
        "What one application needs, as xterm=paste, gvim=shift+insert, with commas between. What the page Dictation "
        "says of an application comes first.",
        in_file="Application=one of xtest, wtype, portal, ydotool, paste, scratchpad, excluded, or the keys that "
        "paste: ctrl+v, ctrl+shift+v, shift+insert.",
        page="insertion",
        advanced=True,
        keywords=("override", "application", "terminal", "paste", "chord"),
    ),
)
