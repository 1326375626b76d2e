"""What ``starling ptt`` takes: from the start of its process until the command has arrived in the one that runs."""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from starling.commands.bench_figures import Figure
from starling.remote.server import Server

GOAL_MS = 50.0
TIMEOUT_S = 20.0


def arrival(runs: int) -> Figure:
    """Against a socket of its own, in a folder of its own."""
    arrived: queue.SimpleQueue[float] = queue.SimpleQueue()

    def answer(_: dict[str, Any]) -> dict[str, Any]:
        arrived.put(time.monotonic())
        return {}

    program = Path(sys.executable).with_name("starling")
    argv = [str(program)] if program.exists() else [sys.executable, "-m", "starling"]
    took = []
    with tempfile.TemporaryDirectory() as home:
        env = {**os.environ, "STARLING_HOME": home}
        server = Server(Path(home) / "data", answer)
        server.start()
        try:
            for _ in range(runs + 1):  # the first one brings the files into memory
                began_s = time.monotonic()
                subprocess.run([*argv, "ptt", "press"], env=env, check=True, timeout=TIMEOUT_S)
                took.append((arrived.get(timeout=TIMEOUT_S) - began_s) * 1000)
        finally:
            server.close()
    how = f"{argv[-1] if len(argv) == 1 else 'python -m starling'} ptt press, after one that is not counted"
    return Figure("ptt", "From the start of starling ptt to its arrival", "ms", GOAL_MS, tuple(took[1:]), how)
