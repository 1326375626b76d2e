"""Lets go of what is not needed: idle models, and the NPU over a sleep of the machine."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from starling.pipeline.engines import Engines

IDLE_CHECK_S = 5.0
SLEPT_S = 2.0
"""A difference of the two clocks below this is their reading's own."""


def asleep_s() -> float:
    """Seconds that this machine has slept since it started; 0 where the system does not tell.

    Linux counts sleep in CLOCK_BOOTTIME and not in CLOCK_MONOTONIC.
    """
    boottime = getattr(time, "CLOCK_BOOTTIME", None)
    if boottime is None:
        return 0.0
    return time.clock_gettime(boottime) - time.clock_gettime(time.CLOCK_MONOTONIC)


class IdleWatch:
    """Unloads idle engines, and renews those on the NPU after a sleep; looks every few seconds.

    Hardware contexts do not outlive a sleep for certain (the driver takes its firmware down), and a context that is
    gone is found by the next call only, which would cost an utterance its retry.
    """

    def __init__(self, engines: Engines, asleep: Callable[[], float] = asleep_s, check_s: float = IDLE_CHECK_S) -> None:
        self._engines = engines
        self._asleep = asleep
        self._check_s = check_s
        self._asleep_s = asleep()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="idle-watch", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the watch."""
        self._stop.set()
        self._thread.join(1.0)

    def _run(self) -> None:
        while not self._stop.wait(self._check_s):
            self._look()

    def _look(self) -> None:
        supervisors = (self._engines.stt.supervisor, self._engines.tts.supervisor)
        slept = (now_s := self._asleep()) - self._asleep_s > SLEPT_S
        self._asleep_s = now_s
        for supervisor in supervisors:
            if slept and supervisor.let_go():
                supervisor.warm()
            supervisor.unload_if_idle()
