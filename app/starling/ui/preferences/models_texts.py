"""The texts of the page Models, for translators' tools; see :mod:`starling.ui.preferences.texts`."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP

SOURCES: frozenset[str] = frozenset(
    str(source)
    for source in (
        QT_TRANSLATE_NOOP("Settings", "Models"),
        QT_TRANSLATE_NOOP("Settings", "Nothing is downloaded, and no server asked, until you install a model."),
        QT_TRANSLATE_NOOP("Settings", "Mirror"),
        QT_TRANSLATE_NOOP(
            "Settings",
            "Where to download from instead of huggingface.co, if that cannot be reached. What comes is checked all "
            "the same.",
        ),
        QT_TRANSLATE_NOOP("Settings", "download"),
        QT_TRANSLATE_NOOP("Settings", "hugging face"),
        QT_TRANSLATE_NOOP("Settings", "server"),
        QT_TRANSLATE_NOOP("Settings", "blocked"),
        QT_TRANSLATE_NOOP("Settings", "Proxy"),
        QT_TRANSLATE_NOOP("Settings", "The HTTP proxy for downloads. Empty uses the system's."),
        QT_TRANSLATE_NOOP("Settings", "network"),
        QT_TRANSLATE_NOOP("Settings", "company"),
        QT_TRANSLATE_NOOP("Settings", "firewall"),
        QT_TRANSLATE_NOOP("Settings", "Stall limit"),
        QT_TRANSLATE_NOOP("Settings", "A download that brings nothing for this long is tried again from where it is."),
        QT_TRANSLATE_NOOP("Settings", "timeout"),
        QT_TRANSLATE_NOOP("Settings", "slow"),
        QT_TRANSLATE_NOOP("Settings", "Keep encoders for the NPU"),
        QT_TRANSLATE_NOOP(
            "Settings",
            "Starling's own NPU kernels need the encoder's weights beside a converted model: half as large again. "
            "Models that are installed already do not change.",
        ),
        QT_TRANSLATE_NOOP("Settings", "If this computer has an NPU"),
        QT_TRANSLATE_NOOP("Settings", "Always"),
        QT_TRANSLATE_NOOP("Settings", "Never"),
        QT_TRANSLATE_NOOP("Settings", "kernels"),
        QT_TRANSLATE_NOOP("Settings", "convert"),
        QT_TRANSLATE_NOOP("Settings", "disk"),
    )
)
