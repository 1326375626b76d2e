"""Texts of the page History & privacy, for translators' tools; see :mod:`starling.ui.preferences.texts`."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP

SOURCES: frozenset[str] = frozenset(
    str(source)
    for source in (
        QT_TRANSLATE_NOOP("Settings", "Keep recordings for"),
        QT_TRANSLATE_NOOP("Settings", "Older recordings are deleted, their texts stay."),
        QT_TRANSLATE_NOOP("Settings", "As long as their texts"),
        QT_TRANSLATE_NOOP("Settings", "Start in private mode"),
        QT_TRANSLATE_NOOP(
            "Settings",
            "In private mode nothing you say is stored, neither text nor sound. It is switched in the menu, in the "
            "tray and on the page History, and is off at every start unless this is on.",
        ),
        QT_TRANSLATE_NOOP("Settings", "private"),
        QT_TRANSLATE_NOOP("Settings", "incognito"),
        QT_TRANSLATE_NOOP("Settings", "nothing"),
    )
)
