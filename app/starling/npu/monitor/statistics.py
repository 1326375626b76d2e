"""Durations as they come: count, mean, extremes, deviation of all, and a percentile of the latest. Bounded memory."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

KEPT = 512
"""Latest durations of an operation that its percentile is taken from."""
PERCENTILE = 0.95


@dataclass
class Durations:
    """One operation's durations in nanoseconds.

    Mean and deviation follow Welford (1962), "Note on a method for calculating corrected sums of squares and
    products", Technometrics 4: mean += d / n, squares += d (x - mean), with d = x - the mean before. It does not lose
    a small spread below a large mean, as a sum of squares would. The deviation is that of the whole population: n is
    below the root, not n - 1.
    """

    count: int = 0
    total_ns: int = 0
    least_ns: int = 0
    most_ns: int = 0
    latest: deque[int] = field(default_factory=lambda: deque(maxlen=KEPT))
    _mean: float = 0.0
    _squares: float = 0.0

    def add(self, ns: int) -> None:
        """Take in one run."""
        self.least_ns = ns if self.count == 0 else min(self.least_ns, ns)
        self.most_ns = max(self.most_ns, ns)
        self.count += 1
        self.total_ns += ns
        distance = ns - self._mean
        self._mean += distance / self.count
        self._squares += distance * (ns - self._mean)
        self.latest.append(ns)

    @property
    def mean_ns(self) -> float:
        """Of all runs; 0 before the first."""
        return self._mean

    @property
    def deviation_ns(self) -> float:
        """Standard deviation of all runs; 0 before the first."""
        return math.sqrt(self._squares / self.count) if self.count else 0.0

    @property
    def p95_ns(self) -> int:
        """Of the latest runs: the smallest that 95 % of them do not exceed; 0 before the first."""
        return percentile(self.latest, PERCENTILE) if self.latest else 0

    def to_json(self) -> dict[str, float]:
        """Milliseconds."""
        return {
            "count": self.count,
            "total_ms": self.total_ns / 1e6,
            "mean_ms": self.mean_ns / 1e6,
            "min_ms": self.least_ns / 1e6,
            "max_ms": self.most_ns / 1e6,
            "deviation_ms": self.deviation_ns / 1e6,
            "p95_ms": self.p95_ns / 1e6,
        }


def percentile(values: Sequence[int] | deque[int], share: float) -> int:
    """The nearest rank: the value at place ceil(share n) of the sorted ones (ISO 3534-1, quantile of a sample).

    Raises:
        ValueError: there is no value, or the share is not in (0, 1].
    """
    if not values or not 0 < share <= 1:
        raise ValueError(f"no percentile {share} of {len(values)} values")
    return sorted(values)[math.ceil(share * len(values)) - 1]


def table(operations: Mapping[str, Mapping[str, float]]) -> list[str]:
    """Lines of a table: the operations by their share of the time, the longest first."""
    head = ("operation", "count", "mean ms", "min", "max", "deviation", "p95")
    keys = ("count", "mean_ms", "min_ms", "max_ms", "deviation_ms", "p95_ms")
    rows = [
        (name, f"{one['count']:.0f}", *(f"{one[key]:.3f}" for key in keys[1:]))
        for name, one in sorted(operations.items(), key=lambda pair: -pair[1]["total_ms"])
    ]
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    return [_line(row, widths) for row in (head, *rows)]


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = zip(row, widths, strict=True)
    return "  ".join([first[0].ljust(first[1]), *(text.rjust(width) for text, width in others)])
