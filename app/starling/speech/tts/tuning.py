"""Which edits of Kokoro's graph are worth it on this machine: pure functions over what was measured."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from starling.npu.proof.rules import Check, time_saved
from starling.speech.tts.graph import edits
from starling.speech.tts.graph.model import Model

TIME_SAVED = 0.05
"""Share of the installed graph's time that an edited one has to save."""
THROUGHPUT_GAINED = 0.10
"""Share by which two clauses at once have to be more than one after the other."""
CORES_FOR_TWO = 4
"""Physical ones; with fewer, two clauses only take turns."""
EDITS: dict[str, Callable[[Model], int]] = {
    "squares": edits.squares,
    "flat convolutions": edits.flat_convolutions,
    "int8 products": edits.int8_products,
}
VARIANTS: tuple[tuple[str, ...], ...] = (
    ("int8 products",),
    ("squares", "flat convolutions"),
    ("squares", "flat convolutions", "int8 products"),
)
"""What is tried: eight-bit products alone, exact edits alone, and both."""
_ROUNDING = 1e-9


@dataclass(frozen=True)
class Trial:
    """One variant beside the installed graph.

    Attributes:
        edits: that were made.
        changed: nodes; a variant that changes none is not measured.
        checks: of its sound against the installed graph's, with the same noise.
        seconds: for the known text, run by run.
        below_s: the same of the installed graph, alternating.
    """

    edits: tuple[str, ...]
    changed: int
    checks: tuple[Check, ...] = ()
    seconds: tuple[float, ...] = ()
    below_s: tuple[float, ...] = ()

    @property
    def saved(self) -> float | None:
        """The share of time that it saves."""
        return time_saved(self.seconds, self.below_s)

    @property
    def refused(self) -> str:
        """Why it is not used; empty when it may be."""
        if not self.changed:
            return "it changes nothing in this model"
        failed = next((check for check in self.checks if not check.passed), None)
        if failed is not None:
            return failed.clause
        if self.saved is None:
            return "its speed was not measured"
        if self.saved < TIME_SAVED - _ROUNDING:
            how = "saved" if self.saved >= 0 else "more"
            return f"{abs(100 * self.saved):.1f} % of the time {how}, at least {100 * TIME_SAVED:.0f} % has to be saved"
        return ""

    def to_json(self) -> dict[str, Any]:
        """As JSON values, with what follows from them."""
        return {**asdict(self), "saved": self.saved, "refused": self.refused}


def best(trials: Sequence[Trial]) -> Trial | None:
    """The one that saves most of those that may be used."""
    usable = [trial for trial in trials if not trial.refused]
    return max(usable, key=lambda trial: trial.saved or 0.0, default=None)


def throughput_gained(one_by_one_s: Sequence[float], two_at_once_s: Sequence[float]) -> float | None:
    """How much more two at once make in the same time, 0.2 for 20 %; None when it was not measured."""
    if not one_by_one_s or not two_at_once_s or min(*one_by_one_s, *two_at_once_s) <= 0:
        return None
    return median(one_by_one_s) / median(two_at_once_s) - 1.0


def at_once(physical_cores: int, gained: float | None) -> int:
    """Clauses to make at a time, after the first: that one always has the whole machine."""
    enough = physical_cores >= CORES_FOR_TWO and gained is not None and gained >= THROUGHPUT_GAINED - _ROUNDING
    return 2 if enough else 1
