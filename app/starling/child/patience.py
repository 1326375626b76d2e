"""How long a silent process is waited for."""

from __future__ import annotations

import time
from collections.abc import Callable

TICK_S = 0.25
"""The wait is looked at this often."""
SILENCE_S = 3.0
"""A worker beats every 0.5 s; no message and no processor use for this long is a freeze."""
LIFE_CPU_S = 0.03
"""Processor time in one tick that counts as life. Threads that merely wait for Python's lock use a tenth of that."""


class Patience:
    """Counts waiting time for one call.

    One tick counts two tick lengths at most: when this process was itself frozen or suspended, the time it slept is
    no sign of the worker's health. Processor use counts as life because a native library may hold Python's lock, and
    with it the heartbeat, for longer than the silence allowed.
    """

    def __init__(
        self, deadline_s: float, cpu: Callable[[], float | None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._deadline_s = deadline_s
        self._cpu = cpu
        self._clock = clock
        self._last = clock()
        self._last_cpu: float | None = None
        self.silent_s = 0.0
        self.waited_s = 0.0

    def resume(self) -> None:
        """Begin to wait again after the caller did something else."""
        self._last = self._clock()

    def heard(self) -> None:
        """A message came."""
        self.silent_s = 0.0
        self._last_cpu = None
        self._pass()

    def tick(self) -> None:
        """Nothing came."""
        self.silent_s += self._pass()
        cpu = self._cpu()
        if cpu is not None and self._last_cpu is not None and cpu - self._last_cpu >= LIFE_CPU_S:
            self.silent_s = 0.0
        self._last_cpu = cpu

    @property
    def frozen(self) -> bool:
        """Whether the silence has lasted too long."""
        return self.silent_s >= SILENCE_S

    @property
    def late(self) -> bool:
        """Whether the deadline has passed."""
        return self.waited_s >= self._deadline_s

    def _pass(self) -> float:
        now = self._clock()
        passed = min(now - self._last, 2 * TICK_S)
        self._last = now
        self.waited_s += passed
        return passed
