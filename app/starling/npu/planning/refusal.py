"""Why something does not fit."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Refusal:
    """No plan.

    Attributes:
        budget: what is too small: ``L1``, ``L2``, ``program``, ``dma``, ``descriptors``, ``shape``.
        needed: in bytes, or in the unit that the reason tells.
        available: alike.
        reason: one sentence.
        fits: what would fit; empty when nothing would.
    """

    budget: str
    needed: int
    available: int
    reason: str
    fits: str = ""

    def __str__(self) -> str:
        return " ".join(filter(None, (self.reason, self.fits)))

    @property
    def excess(self) -> int:
        """By how much it is too large."""
        return self.needed - self.available


class Refused(Exception):
    """Carries a refusal up through the arithmetic.

    Attributes:
        refusal: it.
    """

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(str(refusal))
        self.refusal = refusal


def within(budget: str, what: str, needed: int, available: int, unit: str = "bytes", fits: str = "") -> None:
    """Check one budget.

    Raises:
        Refused: ``needed`` is more than ``available``.
    """
    if needed > available:
        reason = f"{what} need {needed} {unit} of {available} ({budget}): {needed - available} too many."
        raise Refused(Refusal(budget, needed, available, reason, fits))
