"""How often and how long each operation ran: count, total, extremes, spread."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from starling.npu.monitor.statistics import Durations


class Timings:
    """Durations by name: kernel symbols, ``pass`` for a whole pass on the device, ``cpu:...`` for host work."""

    def __init__(self) -> None:
        self.of: dict[str, Durations] = {}

    def add(self, name: str, ns: int) -> None:
        """Take in one run of ``name``."""
        self.of.setdefault(name, Durations()).add(ns)

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
