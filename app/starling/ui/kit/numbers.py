"""Measured values as people read them. Free of Qt."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import median

STEPS = (1, 2, 5, 10)


def compact(value: float) -> str:
    """Two or three figures: ``0.082``, ``0.41``, ``3.2``, ``41``, ``1240``."""
    size = abs(value)
    if size >= 10 or value == int(value):
        return f"{value:.0f}"
    if size >= 1:
        return f"{value:.1f}"
    return f"{value:.2f}" if size >= 0.1 else f"{value:.3f}"


def ceiling(largest: float) -> float:
    """The next 1, 2 or 5 times a power of ten: the top of an axis, which then rarely moves."""
    if largest <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(largest))
    return next(step * power for step in STEPS if largest <= step * power * (1 + 1e-9))


def summary(values: Sequence[float]) -> tuple[str, str, str]:
    """Smallest, middle and last of some values; there is at least one."""
    return compact(min(values)), compact(median(values)), compact(values[-1])


def memory(size_bytes: int) -> str:
    """Memory in MB or GB (powers of ten)."""
    megabytes = size_bytes / 1e6
    return f"{megabytes:.0f} MB" if megabytes < 1000 else f"{megabytes / 1000:.1f} GB"
