"""What the window costs: from the start of the process to the first paint, and the memory of its process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass

from starling.commands.bench_figures import Figure, median

PAINT_GOAL_MS = 600.0
MEMORY_GOAL_MB = 150.0
TIMEOUT_S = 60.0
_MB = 1e6


@dataclass(frozen=True)
class Start:
    """One start of the window. ``memory_bytes``: resident, after it was ready; None where it cannot be read."""

    first_paint_ms: float
    ready_ms: float
    memory_bytes: int | None
    code: str


def first_paint(runs: int) -> Figure:
    """From the start of ``starling`` to the first paint of its window."""
    starts, how = _starts(runs)
    extra = {"ready_ms": median([start.ready_ms for start in starts])} if starts else None
    return Figure(
        "window",
        "First paint of the window after the start",
        "ms",
        PAINT_GOAL_MS,
        tuple(start.first_paint_ms for start in starts),
        how,
        extra=extra,
    )


def memory(runs: int) -> Figure:
    """Resident memory of the window's process when all has been loaded; engines are processes of their own."""
    starts, how = _starts(runs)
    measured = tuple(start.memory_bytes / _MB for start in starts if start.memory_bytes is not None)
    how = how if measured or not starts else "this system does not tell the memory of a process"
    return Figure("window_memory", "Memory of the window's process", "MB", MEMORY_GOAL_MB, measured, how)


def _starts(runs: int) -> tuple[list[Start], str]:
    starts: list[Start] = []
    for _ in range(runs):
        start = _start()
        if isinstance(start, str):
            return [], start
        starts.append(start)
    codes = sorted({start.code for start in starts if start.code})
    without = f"; without the pipeline: {', '.join(codes)}" if codes else ""
    return starts, f"fresh processes and settings, files in the system's cache{without}"


def _start() -> Start | str:
    """One start with folders of its own, so that no other window is raised instead; a text says why there is none."""
    argv = [sys.executable, "-m", "starling", "--report-start"]
    with tempfile.TemporaryDirectory(prefix="starling-") as home:
        began = time.monotonic()
        try:
            done = subprocess.run(
                argv,
                env={**os.environ, "STARLING_HOME": home},
                capture_output=True,
                text=True,
                timeout=TIMEOUT_S,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return "the window was not ready in time"
    if done.returncode or not done.stdout:
        return done.stderr.strip() or "the window was closed before it was ready"
    told = json.loads(done.stdout)
    paint, ready = ((told[name] - began) * 1000 for name in ("first_paint_at", "ready_at"))
    return Start(paint, ready, told["memory_bytes"], told["code"])
