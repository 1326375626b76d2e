"""The five power modes, in XRT's words. XRT has no other switch for power than the one that takes these."""

from __future__ import annotations

from enum import StrEnum

from starling.core.errors import StarlingError

_SHOWN_CHARACTERS = 40


class Mode(StrEnum):
    """A power mode; what the driver does with it stands in its ``amdxdna`` sources."""

    DEFAULT = "default"
    """The driver computes the clock; on Windows it follows the system's power slider."""
    POWERSAVER = "powersaver"
    """The lowest clock."""
    BALANCED = "balanced"
    """The middle one."""
    PERFORMANCE = "performance"
    """The highest one, clock gating on."""
    TURBO = "turbo"
    """The highest one, clock gating off."""


def parse(text: str) -> Mode:
    """The mode of exactly that name; nothing is trimmed, folded or guessed.

    Raises:
        StarlingError: ``power.bad_mode``.
    """
    try:
        return Mode(text)
    except ValueError:
        shown = ascii(text[:_SHOWN_CHARACTERS])[1:-1] + ("…" if len(text) > _SHOWN_CHARACTERS else "")
        raise StarlingError(
            "power.bad_mode", f"“{shown}” is no power mode.", f"It takes one of: {', '.join(Mode)}."
        ) from None


def of_text(text: str) -> Mode | None:
    """The mode that a driver or tool names, whatever its case; None for anything else."""
    word = text.strip().lower()
    return Mode(word) if word in Mode._value2member_map_ else None
