"""The texts of the overlay's settings, for translators' tools; see :mod:`starling.ui.preferences.texts`."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP

SOURCES: frozenset[str] = frozenset(
    str(source)
    for source in (
        QT_TRANSLATE_NOOP("Settings", "Show the overlay"),
        QT_TRANSLATE_NOOP(
            "Settings",
            "While you dictate, a small window shows that you are heard, what was understood and what became of it. "
            "It takes neither keyboard nor mouse.",
        ),
        QT_TRANSLATE_NOOP("Settings", "overlay"),
        QT_TRANSLATE_NOOP("Settings", "indicator"),
        QT_TRANSLATE_NOOP("Settings", "popup"),
        QT_TRANSLATE_NOOP("Settings", "level"),
        QT_TRANSLATE_NOOP("Settings", "partial"),
        QT_TRANSLATE_NOOP("Settings", "Place of the overlay"),
        QT_TRANSLATE_NOOP("Settings", "On the screen where the mouse pointer is."),
        QT_TRANSLATE_NOOP("Settings", "Bottom"),
        QT_TRANSLATE_NOOP("Settings", "Top"),
        QT_TRANSLATE_NOOP("Settings", "position"),
        QT_TRANSLATE_NOOP("Settings", "screen"),
        QT_TRANSLATE_NOOP("Settings", "Sounds"),
        QT_TRANSLATE_NOOP(
            "Settings", "Two soft notes when a dictation begins, when it ends, and when something went wrong."
        ),
        QT_TRANSLATE_NOOP("Settings", "sound"),
        QT_TRANSLATE_NOOP("Settings", "beep"),
        QT_TRANSLATE_NOOP("Settings", "signal"),
        QT_TRANSLATE_NOOP("Settings", "feedback"),
        QT_TRANSLATE_NOOP("Settings", "Animations"),
        QT_TRANSLATE_NOOP(
            "Settings",
            "Let the overlay fade and its level move. Without them the level is shown in steps, as it is where the "
            "desktop wants little motion.",
        ),
        QT_TRANSLATE_NOOP("Settings", "motion"),
        QT_TRANSLATE_NOOP("Settings", "reduced motion"),
        QT_TRANSLATE_NOOP("Settings", "fade"),
    )
)
