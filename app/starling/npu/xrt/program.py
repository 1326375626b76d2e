"""A fixed sequence of launches: submitted together, waited for in short slices, with a deadline.

pyxrt's waits hold Python's lock, so one long wait would stop the engine's heartbeat; and a runlist's wait takes no time
limit from Python (see the note in emulation/signatures.toml). A context runs its commands in order. So the last run
stays out of the list, is started behind it, and is the one that is polled.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from starling.core.errors import StarlingError
from starling.npu.xrt.errors import explain, told
from starling.npu.xrt.operations import Operation
from starling.npu.xrt.session import Buffer, Session
from starling.npu.xrt.timings import Timings

SLICE_MS = 50
"""One wait holds Python's lock for this long at most."""


@dataclass(frozen=True)
class Launch:
    """One operation on its buffers."""

    operation: Operation
    buffers: tuple[Buffer, ...]


class Program:
    """Launches that are prepared once and executed often.

    Args:
        session: where.
        launches: in order.
    """

    def __init__(self, session: Session, launches: Sequence[Launch]) -> None:
        self._session = session
        self._pyxrt = session.pyxrt
        self._symbols = [launch.operation.symbol for launch in launches]
        self._runs = [session.run(launch.operation, launch.buffers) for launch in launches]
        self._list = self._made_list()
        self.flops = sum(launch.operation.flops for launch in launches)

    def _made_list(self) -> Any:
        """All runs but the last; None where this XRT has no runlists."""
        if not hasattr(self._pyxrt, "runlist") or len(self._runs) < 2:
            return None
        with told():
            made = self._pyxrt.runlist(self._session.context)
            for run in self._runs[:-1]:
                made.add(run)
        return made

    @property
    def counts(self) -> Counter[str]:
        """Launches of one execution, by kernel symbol."""
        return Counter(self._symbols)

    def execute(self, deadline_s: float) -> None:
        """Run all of it.

        Raises:
            StarlingError: ``npu.timeout``, ``npu.firmware``, or what the driver says.
        """
        until = time.monotonic() + deadline_s
        with told():
            if self._list is not None:
                self._list.execute()
            else:
                for run in self._runs[:-1]:
                    run.start()
            self._runs[-1].start()
        self._wait(self._runs[-1], until, deadline_s)
        if self._list is not None:
            with told():
                self._list.wait()  # returns at once: what came before the last run is done
        else:
            for run in self._runs[:-1]:
                self._wait(run, until, deadline_s)

    def execute_singly(self, deadline_s: float, timings: Timings) -> None:
        """Run one after the other and measure each. Slower; for profiles.

        Raises:
            StarlingError: as :meth:`execute`.
        """
        until = time.monotonic() + deadline_s
        self._list = None  # runs that belong to a list cannot be started alone
        for symbol, run in zip(self._symbols, self._runs, strict=True):
            with timings.measure(symbol):
                with told():
                    run.start()
                self._wait(run, until, deadline_s)
        self._list = self._made_list()

    def _wait(self, run: Any, until: float, deadline_s: float) -> None:
        states = self._pyxrt.ert_cmd_state
        while True:
            with told():
                state = run.wait(SLICE_MS)
                # The same word says that the slice is over and that the command timed out: the command itself knows.
                over = state != states.ERT_CMD_STATE_TIMEOUT or run.state() == states.ERT_CMD_STATE_TIMEOUT
            if over:
                break
            if time.monotonic() >= until:
                raise StarlingError(
                    "npu.timeout",
                    f"The NPU did not finish within {deadline_s:.0f} s.",
                    "If it happens again, restart the driver: sudo modprobe -r amdxdna && sudo modprobe amdxdna",
                )
        if state != states.ERT_CMD_STATE_COMPLETED:
            raise explain(getattr(state, "name", str(state)))
