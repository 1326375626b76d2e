"""Why a lower tier delivered. Apart from the engines, so that a window can show it without loading numpy."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Change:
    """A better engine that did not deliver.

    Attributes:
        tier: that was left.
        provider: of it; empty on the CPU.
        reason: a sentence.
        lasting: it is left for the session; else the next call tries it again.
    """

    tier: str
    provider: str
    reason: str
    lasting: bool

    @property
    def who(self) -> str:
        """``advanced · xrt``."""
        return f"{self.tier} · {self.provider}" if self.provider else self.tier
