"""The texts of settings about the NPU, for translators' tools; see :mod:`starling.ui.preferences.texts`."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP

SOURCES: frozenset[str] = frozenset(
    str(source)
    for source in (
        QT_TRANSLATE_NOOP(
            "Settings", "Which recogniser to use. Automatic takes the best that was proven to work here."
        ),
        QT_TRANSLATE_NOOP("Settings", "Whisper on the NPU"),
        QT_TRANSLATE_NOOP("Settings", "Way to the NPU"),
        QT_TRANSLATE_NOOP("Settings", "How the NPU may be reached. Automatic takes the fastest one that was proven."),
        QT_TRANSLATE_NOOP("Settings", "VitisAI (by AMD)"),
        QT_TRANSLATE_NOOP("Settings", "XRT (Starling's own kernels)"),
        QT_TRANSLATE_NOOP("Settings", "A server on this machine"),
        QT_TRANSLATE_NOOP("Settings", "vitisai"),
        QT_TRANSLATE_NOOP("Settings", "xrt"),
        QT_TRANSLATE_NOOP("Settings", "fastflowlm"),
        QT_TRANSLATE_NOOP("Settings", "lemonade"),
        QT_TRANSLATE_NOOP("Settings", "provider"),
        QT_TRANSLATE_NOOP("Settings", "Use the NPU when"),
        QT_TRANSLATE_NOOP(
            "Settings",
            "The NPU is used when it saves a fifth of the time, or, for low power, whenever its results are right.",
        ),
        QT_TRANSLATE_NOOP("Settings", "It is faster"),
        QT_TRANSLATE_NOOP("Settings", "Its results are right (low power)"),
        QT_TRANSLATE_NOOP("Settings", "battery"),
        QT_TRANSLATE_NOOP("Settings", "power"),
        QT_TRANSLATE_NOOP("Settings", "speed"),
        QT_TRANSLATE_NOOP("Settings", "proof"),
    )
)
