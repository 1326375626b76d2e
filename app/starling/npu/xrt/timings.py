"""How often and how long each operation ran: count, total, extremes, spread."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

KEPT = 512
"""Latest durations of an operation that percentiles are taken from."""


@dataclass
class Timing:
    """One operation's durations in nanoseconds."""

    count: int = 0
    total_ns: int = 0
    least_ns: int = 0
    most_ns: int = 0
    squares: float = 0.0
    latest: list[int] = field(default_factory=list)

    def add(self, ns: int) -> None:
        """Take in one run."""
        self.least_ns = ns if self.count == 0 else min(self.least_ns, ns)
        self.most_ns = max(self.most_ns, ns)
        self.count += 1
        self.total_ns += ns
        self.squares += float(ns) ** 2
        self.latest.append(ns)
        if len(self.latest) > KEPT:
            del self.latest[: len(self.latest) - KEPT]

    @property
    def mean_ns(self) -> float:
        """Of all runs."""
        return self.total_ns / self.count if self.count else 0.0

    @property
    def deviation_ns(self) -> float:
        """Standard deviation of all runs."""
        return math.sqrt(max(0.0, self.squares / self.count - self.mean_ns**2)) if self.count else 0.0

    @property
    def p95_ns(self) -> int:
        """Of the latest runs: the smallest that 95 % do not exceed."""
        if not self.latest:
            return 0
        return sorted(self.latest)[math.ceil(0.95 * len(self.latest)) - 1]

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


class Timings:
    """Durations by name: kernel symbols, ``pass`` for a whole pass on the device, ``cpu:...`` for host work."""

    def __init__(self) -> None:
        self.of: dict[str, Timing] = {}

    def add(self, name: str, ns: int) -> None:
        """Take in one run of ``name``."""
        self.of.setdefault(name, Timing()).add(ns)

    @contextmanager
    def measure(self, name: str) -> Iterator[None]:
        """Measure what is done inside, if it comes to its end."""
        started = time.perf_counter_ns()
        yield
        self.add(name, time.perf_counter_ns() - started)

    def total_ns(self, prefix: str) -> int:
        """All time spent under names that begin so."""
        return sum(timing.total_ns for name, timing in self.of.items() if name.startswith(prefix))

    def to_json(self) -> dict[str, dict[str, float]]:
        """By name."""
        return {name: timing.to_json() for name, timing in sorted(self.of.items())}
