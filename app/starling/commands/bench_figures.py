"""The shape of a measured figure."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Figure:
    """One figure: the median of its runs against its goal.

    Attributes:
        name: stable, for scripts.
        title: what a person reads.
        unit: of values and goal.
        goal: the number to keep.
        at_least: the goal is a lower bound; else an upper one.
        runs: what was measured; empty when it could not be.
        how: under which conditions.
        extra: figures beside it.
    """

    name: str
    title: str
    unit: str
    goal: float
    runs: tuple[float, ...]
    how: str
    at_least: bool = False
    extra: dict[str, float] | None = None

    @property
    def median(self) -> float | None:
        """None when nothing was measured."""
        return statistics.median(self.runs) if self.runs else None

    @property
    def met(self) -> bool | None:
        """Whether the goal was kept; None when nothing was measured."""
        if self.median is None:
            return None
        return self.median >= self.goal if self.at_least else self.median <= self.goal

    def to_json(self) -> dict[str, Any]:
        """An entry of ``figures``."""
        return {
            "name": self.name,
            "median": None if self.median is None else round(self.median, 4),
            "unit": self.unit,
            "goal": self.goal,
            "goal_is": "at least" if self.at_least else "at most",
            "met": self.met,
            "runs": [round(run, 4) for run in self.runs],
            "how": self.how,
            **({"extra": {key: round(value, 4) for key, value in self.extra.items()}} if self.extra else {}),
        }

    def to_text(self) -> str:
        """Two lines for people."""
        bound = "≥" if self.at_least else "≤"
        if self.median is None:
            return f"{self.title}: not measured: {self.how}"
        verdict = "met" if self.met else "NOT MET"
        extra = "".join(f", {key.replace('_', ' ')} {value:.3g}" for key, value in (self.extra or {}).items())
        spread = f"{min(self.runs):.3g} to {max(self.runs):.3g}"
        return (
            f"{self.title}: {self.median:.3g} {self.unit}  (goal {bound} {self.goal:g}: {verdict})\n"
            f"    {len(self.runs)} runs, {spread} {self.unit}{extra}; {self.how}"
        )


def median(values: Sequence[float]) -> float:
    """The middle value."""
    return statistics.median(values)
