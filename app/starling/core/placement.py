"""Where a computation ran. Apart from the other results, so that a window can show it without loading numpy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

Device = Literal["npu", "igpu", "cpu", "emulated", "unknown"]

_CLAIMS = ("npu", "igpu")


@dataclass(frozen=True)
class Placement:
    """Where a computation ran, and how that is known. No evidence means ``unknown``."""

    device: Device = "unknown"
    evidence: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Placement:
        """Build from the JSON shape ``{"device": ..., "evidence": [...]}``; a claim without evidence is ``unknown``."""
        told, evidence = data["device"], data["evidence"]
        lines = tuple(str(line) for line in evidence) if isinstance(evidence, list | tuple) else ()
        device: Device = told if told in get_args(Device) and (lines or told not in _CLAIMS) else "unknown"
        return cls(device, lines)
