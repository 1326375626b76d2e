"""The settings of the page NPU power."""

from __future__ import annotations

from starling.settings.declaration import Setting

_MODES = ("default", "powersaver", "balanced", "performance", "turbo")
_LABELS = ("Default", "Power saver", "Balanced", "Performance", "Turbo")

POWER: tuple[Setting, ...] = (
    Setting(
        "power.automatic",
        False,
        "Follow the power source",
        "Let Starling set the NPU's power mode when the charger is plugged in or out. It leaves the mode alone as soon "
        "as another program has changed it.",
        page="power",
        keywords=("npu", "charger", "mains", "battery", "turbo", "automatic"),
    ),
    Setting(
        "power.on_mains",
        "turbo",
        "On mains",
        "The power mode while the charger is plugged in.",
        choices=_MODES,
        labels=_LABELS,
        page="power",
        keywords=("npu", "charger", "turbo", "performance"),
        needs="power.automatic",
    ),
    Setting(
        "power.on_battery",
        "balanced",
        "On battery",
        "The power mode while the machine runs on its battery.",
        choices=_MODES,
        labels=_LABELS,
        page="power",
        keywords=("npu", "battery", "balanced"),
        needs="power.automatic",
    ),
    Setting(
        "power.restore",
        True,
        "Restore the mode at the end",
        "When Starling ends, or no longer follows the power source, the mode is again what it was before, unless the "
        "system would ask for a password.",
        page="power",
        keywords=("npu", "quit", "exit"),
        needs="power.automatic",
    ),
    Setting(
        "engine.xrt_log",
        False,
        "Write XRT's own log",
        "Write everything that AMD's runtime does into a file below Starling's cache folder, for somebody who looks "
        "for a fault in it. It slows the NPU down. It counts for engines that are started from then on.",
        page="power",
        advanced=True,
        keywords=("npu", "debug", "xrt.ini"),
    ),
)
