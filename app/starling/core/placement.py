"""Where a computation ran. Apart from the other results, so that a window can show it without loading numpy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Device = Literal["npu", "igpu", "cpu", "emulated", "unknown"]


@dataclass(frozen=True)
class Placement:
    """Where a computation ran, and how that is known. No evidence means ``unknown``."""

    device: Device = "unknown"
    evidence: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Placement:
        """Build from the JSON shape ``{"device": ..., "evidence": [...]}``."""
        return cls(data["device"], tuple(data["evidence"]))
