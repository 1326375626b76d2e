"""The texts of the page Insertion, for translators' tools; see :mod:`starling.ui.preferences.texts`."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP

SOURCES: frozenset[str] = frozenset(
    str(source)
    for source in (
        QT_TRANSLATE_NOOP("Settings", "Insertion"),
        QT_TRANSLATE_NOOP(
            "Settings",
            "How dictated text gets into other applications. What cannot be inserted goes to the scratchpad and "
            "is never lost.",
        ),
        QT_TRANSLATE_NOOP("Settings", "Way of insertion"),
        QT_TRANSLATE_NOOP(
            "Settings",
            "How dictated text gets into other applications. Automatic takes what works on this desktop and "
            "avoids what failed lately.",
        ),
        QT_TRANSLATE_NOOP("Settings", "Automatic"),
        QT_TRANSLATE_NOOP("Settings", "Keys on X11 (XTEST)"),
        QT_TRANSLATE_NOOP("Settings", "Keys on Wayland (wtype)"),
        QT_TRANSLATE_NOOP("Settings", "Keys by the desktop's portal"),
        QT_TRANSLATE_NOOP("Settings", "Keys by ydotool"),
        QT_TRANSLATE_NOOP("Settings", "Pasting"),
        QT_TRANSLATE_NOOP("Settings", "Scratchpad only"),
        QT_TRANSLATE_NOOP("Settings", "New lines"),
        QT_TRANSLATE_NOOP(
            "Settings",
            "A new line must not send a message in a chat. In a terminal, only Enter and pasting put one in.",
        ),
        QT_TRANSLATE_NOOP("Settings", "Paste texts that have one"),
        QT_TRANSLATE_NOOP("Settings", "Press Shift+Enter"),
        QT_TRANSLATE_NOOP("Settings", "Press Enter"),
        QT_TRANSLATE_NOOP("Settings", "Never type into"),
        QT_TRANSLATE_NOOP(
            "Settings",
            "Applications that get no text: their window classes or ids, with commas between; the page Dictation "
            "can take the one in front. Password fields get none wherever they can be told.",
        ),
        QT_TRANSLATE_NOOP("Settings", "For single applications"),
        QT_TRANSLATE_NOOP(
            "Settings",
            "What one application needs, as xterm=paste, gvim=shift+insert, with commas between. What the page "
            "Dictation says of an application comes first.",
        ),
        QT_TRANSLATE_NOOP("Settings", "type"),
        QT_TRANSLATE_NOOP("Settings", "paste"),
        QT_TRANSLATE_NOOP("Settings", "clipboard"),
        QT_TRANSLATE_NOOP("Settings", "xtest"),
        QT_TRANSLATE_NOOP("Settings", "wtype"),
        QT_TRANSLATE_NOOP("Settings", "portal"),
        QT_TRANSLATE_NOOP("Settings", "ydotool"),
        QT_TRANSLATE_NOOP("Settings", "dictation"),
        QT_TRANSLATE_NOOP("Settings", "enter"),
        QT_TRANSLATE_NOOP("Settings", "return"),
        QT_TRANSLATE_NOOP("Settings", "line"),
        QT_TRANSLATE_NOOP("Settings", "chat"),
        QT_TRANSLATE_NOOP("Settings", "send"),
        QT_TRANSLATE_NOOP("Settings", "exclude"),
        QT_TRANSLATE_NOOP("Settings", "password"),
        QT_TRANSLATE_NOOP("Settings", "application"),
        QT_TRANSLATE_NOOP("Settings", "block"),
        QT_TRANSLATE_NOOP("Settings", "override"),
        QT_TRANSLATE_NOOP("Settings", "terminal"),
        QT_TRANSLATE_NOOP("Settings", "chord"),
    )
)
