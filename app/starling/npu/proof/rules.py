"""What counts as proven: pure functions over what was measured."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal

from starling.core.placement import Device
from starling.core.text import normalise

Prefer = Literal["fastest", "low_power"]
"""What the user wants of an accelerator: speed, or that the processor rests."""

TIME_SAVED = 0.20
"""Share of the tier below's time that has to be saved."""
COSINE_LIMIT = 0.999
"""Of encoder states against the reference's, over the frames that hold sound."""
_ROUNDING = 1e-9
_NPU_TIERS = ("advanced", "npu", "mlir-aie")


@dataclass(frozen=True)
class Check:
    """One figure against its limit.

    Attributes:
        at_least: the limit is the least that passes; else the most.
    """

    name: str
    value: float
    limit: float
    at_least: bool = True

    @property
    def passed(self) -> bool:
        """Whether it keeps to the limit; what is not a number does not."""
        if not math.isfinite(self.value):
            return False
        return self.value >= self.limit if self.at_least else self.value <= self.limit

    @property
    def clause(self) -> str:
        """``encoder cosine 0.99812, at least 0.999 is needed``."""
        return f"{self.name} {self.value:.5g}, {'at least' if self.at_least else 'at most'} {self.limit:g} is needed"


@dataclass(frozen=True)
class Verdict:
    """Whether a candidate is used, and one clause about it."""

    taken: bool
    clause: str


def expected_devices(tier: str, *, emulated: bool) -> tuple[Device, ...]:
    """Where a candidate of this tier has to have run."""
    if emulated:
        return ("emulated",)
    return ("npu",) if tier in _NPU_TIERS else ("igpu",)


def same_text(heard: str, reference: str, spoken: str) -> bool:
    """Whether the candidate heard what the reference heard, or what was really said.

    Case and punctuation do not count. The second way is for servers, whose model may be a better one.
    """
    words = normalise(heard)
    return bool(words) and words in (normalise(reference), normalise(spoken))


def invalid(
    *,
    heard: str,
    reference: str,
    spoken: str,
    device: str,
    evidence: Sequence[str],
    expected: Sequence[str],
    checks: Sequence[Check] = (),
) -> str:
    """Why a candidate's result is not the reference's; empty when it is.

    Args:
        heard: the candidate's text.
        reference: the text of the tier below.
        spoken: the words of the clip.
        device: where the candidate ran, as its placement says.
        evidence: of that placement.
        expected: the devices that count.
        checks: figures with their limits.
    """
    if device and not evidence:
        return f"it says {device} without evidence"
    if device not in expected:
        return f"it ran on {device or 'unknown'} by its own evidence, not on {' or '.join(expected)}"
    failed = next((check for check in checks if not check.passed), None)
    if failed is not None:
        return failed.clause
    if not same_text(heard, reference, spoken):
        return "it heard something else than the reference" if normalise(heard) else "it heard nothing"
    return ""


def time_saved(candidate_s: Sequence[float], below_s: Sequence[float]) -> float | None:
    """The share of the lower tier's time that the candidate saves, by medians; None when it was not measured."""
    times = [*candidate_s, *below_s]
    if not candidate_s or not below_s or not all(math.isfinite(time_s) and time_s > 0 for time_s in times):
        return None
    return 1.0 - median(candidate_s) / median(below_s)


def judge(invalid_because: str, saved: float | None, prefer: Prefer, *, device: str) -> Verdict:
    """Whether a candidate is used instead of the tier below.

    Args:
        invalid_because: of :func:`invalid`; empty when the candidate was validated.
        saved: of :func:`time_saved`.
        prefer: with ``low_power`` a slower candidate on the NPU is taken too.
        device: where it ran.
    """
    if invalid_because:
        return Verdict(False, invalid_because)
    if saved is None:
        return Verdict(False, "its speed was not measured")
    if saved >= TIME_SAVED - _ROUNDING:
        return Verdict(True, speed_clause(saved))
    if prefer == "low_power" and device == "npu":
        return Verdict(True, f"{speed_clause(saved)}, taken for low power")
    return Verdict(False, f"{speed_clause(saved)}, at least {TIME_SAVED:.0%} is needed".replace("0%", "0 %"))


def speed_clause(saved: float) -> str:
    """``34 % faster``: by the share of time saved."""
    percent = round(100 * saved)
    if percent == 0:
        return "as fast as the tier below"
    return f"{percent} % faster" if percent > 0 else f"{-percent} % more time than the tier below"
