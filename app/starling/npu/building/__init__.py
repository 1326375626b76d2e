"""Builds the kernels of a model: finds the tools, runs them, keeps what they made, checks it."""

from __future__ import annotations

from starling.npu.building.cache import Built
from starling.npu.building.finding import find, found, why_not

__all__ = ["Built", "find", "found", "why_not"]
