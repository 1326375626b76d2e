"""The words for power modes and for what following the power source does."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from starling.pipeline.events import PowerShown

# Under this name, and with the context written out, the strings are found by lupdate.
translate = QCoreApplication.translate

MODES = ("default", "powersaver", "balanced", "performance", "turbo")


def mode_word(mode: str) -> str:
    """A power mode; an unknown one is shown as it is."""
    return {
        "default": translate("Power", "Default"),
        "powersaver": translate("Power", "Power saver"),
        "balanced": translate("Power", "Balanced"),
        "performance": translate("Power", "Performance"),
        "turbo": translate("Power", "Turbo"),
    }.get(mode, mode)


def source_word(mains: bool | None) -> str | None:
    """Where the power comes from; None when nothing tells."""
    if mains is None:
        return None
    return translate("Power", "Mains") if mains else translate("Power", "Battery")


def rule_sentence(rule: str) -> str:
    """What following the power source does now; empty while it is off."""
    return {
        "following": translate("Power", "It follows the power source."),
        "source_unknown": translate("Power", "It is not followed: nothing tells where the power comes from."),
        "mode_unknown": translate("Power", "The power source is not followed: the mode cannot be read."),
        "yielded": translate(
            "Power", "Another program has changed the mode, and Starling leaves it so until you change a setting here."
        ),
        "chosen": translate("Power", "You chose the mode by hand. It stays until the charger is plugged in or out."),
        "refused": translate(
            "Power", "The authorisation was not given, so the power source is not followed until Starling starts again."
        ),
        "would_ask": translate(
            "Power", "The power source has changed. Starling asks for the password once only: choose a mode yourself."
        ),
        "failed": translate("Power", "The power source is not followed: the mode could not be set."),
    }.get(rule, "")


def state_note(shown: PowerShown) -> str:
    """The same as :func:`state_sentence` in a few words, for a menu."""
    if shown.changing:
        return translate("Power", "Setting {mode} …").format(mode=mode_word(shown.changing))
    if shown.way == "none":
        return translate("Power", "Only root may set it: see the preferences")
    return {
        "following": translate("Power", "Follows the power source"),
        "source_unknown": translate("Power", "Not followed: power source not known"),
        "mode_unknown": translate("Power", "Not followed: mode not readable"),
        "yielded": translate("Power", "Changed by another program"),
        "chosen": translate("Power", "Chosen by hand"),
        "refused": translate("Power", "Not followed: authorisation not given"),
        "would_ask": translate("Power", "Not followed: would ask for the password again"),
        "failed": translate("Power", "Not followed: could not be set"),
    }.get(shown.rule, "")


def state_sentence(shown: PowerShown) -> str:
    """One sentence below the mode."""
    if shown.changing:
        return translate("Power", "Setting {mode}. The system may ask for a password.").format(
            mode=mode_word(shown.changing)
        )
    if shown.rule != "off":
        return rule_sentence(shown.rule)
    if shown.way == "none":
        return translate("Power", "Only root may set the mode here, with the command below.")
    if shown.way == "helper":
        return translate("Power", "The system asks for a password before the mode is changed.")
    return ""
