"""Times of kernels that were measured on this machine's NPU, to stand beside predictions."""

from __future__ import annotations

import json
from collections.abc import Iterable

from starling.npu.building import cache
from starling.npu.building.checks import Checked

FILE = "measured.json"


def read(device: str) -> dict[str, float]:
    """File of an instruction stream -> seconds; empty when nothing was measured."""
    try:
        told = json.loads((cache.root() / FILE).read_text("utf-8"))[device]
        return {str(name): float(seconds) for name, seconds in told.items() if 0 < float(seconds) < 3600}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def keep(device: str, results: Iterable[tuple[str, Checked]]) -> None:
    """Add what was measured on hardware; times of the emulation are never kept."""
    new = {file: result.seconds for file, result in results if result.ok and result.gflops and result.seconds}
    if not new:
        return
    path = cache.root() / FILE
    try:
        known = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        known = {}
    known = known if isinstance(known, dict) else {}
    known[device] = read(device) | new
    part = path.with_suffix(".part")
    part.write_text(json.dumps(known), "utf-8")
    part.replace(path)
