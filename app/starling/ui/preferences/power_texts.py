"""The texts of the page NPU power, for translators' tools; see :mod:`starling.ui.preferences.texts`."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP

SOURCES: frozenset[str] = frozenset(
    str(source)
    for source in (
        QT_TRANSLATE_NOOP("Settings", "NPU power"),
        QT_TRANSLATE_NOOP(
            "Settings",
            "How fast the NPU's clock runs, for those who have an AMD Ryzen AI NPU. A faster one draws more power. The "
            "mode is one for all programs, and the system asks for an administrator's password before it is changed.",
        ),
        QT_TRANSLATE_NOOP("Settings", "Follow the power source"),
        QT_TRANSLATE_NOOP(
            "Settings",
            "Let Starling set the NPU's power mode when the charger is plugged in or out. It leaves the mode alone as "
            "soon as another program has changed it.",
        ),
        QT_TRANSLATE_NOOP("Settings", "On mains"),
        QT_TRANSLATE_NOOP("Settings", "The power mode while the charger is plugged in."),
        QT_TRANSLATE_NOOP("Settings", "On battery"),
        QT_TRANSLATE_NOOP("Settings", "The power mode while the machine runs on its battery."),
        QT_TRANSLATE_NOOP("Settings", "Restore the mode at the end"),
        QT_TRANSLATE_NOOP(
            "Settings",
            "When Starling ends, or no longer follows the power source, the mode is again what it was before, unless "
            "the system would ask for a password.",
        ),
        QT_TRANSLATE_NOOP("Settings", "Write XRT's own log"),
        QT_TRANSLATE_NOOP(
            "Settings",
            "Write everything that AMD's runtime does into a file below Starling's cache folder, for somebody who "
            "looks for a fault in it. It slows the NPU down. It counts for engines that are started from then on.",
        ),
        QT_TRANSLATE_NOOP("Settings", "debug"),
        QT_TRANSLATE_NOOP("Settings", "xrt.ini"),
        QT_TRANSLATE_NOOP("Settings", "Default"),
        QT_TRANSLATE_NOOP("Settings", "Power saver"),
        QT_TRANSLATE_NOOP("Settings", "Balanced"),
        QT_TRANSLATE_NOOP("Settings", "Performance"),
        QT_TRANSLATE_NOOP("Settings", "Turbo"),
        QT_TRANSLATE_NOOP("Settings", "npu"),
        QT_TRANSLATE_NOOP("Settings", "charger"),
        QT_TRANSLATE_NOOP("Settings", "mains"),
        QT_TRANSLATE_NOOP("Settings", "battery"),
        QT_TRANSLATE_NOOP("Settings", "turbo"),
        QT_TRANSLATE_NOOP("Settings", "automatic"),
        QT_TRANSLATE_NOOP("Settings", "performance"),
        QT_TRANSLATE_NOOP("Settings", "balanced"),
        QT_TRANSLATE_NOOP("Settings", "quit"),
        QT_TRANSLATE_NOOP("Settings", "exit"),
    )
)
