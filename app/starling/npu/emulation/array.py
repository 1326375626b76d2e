"""The cores of a hardware context: what its programs left in their memory, and the thread that they run in.

An emulated core is a greenlet. It cannot go on in another thread, and one whose thread has ended is never freed; so the
cores do not run in whatever thread waits for them.
"""

from __future__ import annotations

import functools
import json
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from starling.npu.emulation import iron
from starling.npu.xrt.lowering import Job

PROGRAMS_KEPT = 256
"""Some dozens for each static shape: every head of attention has its own."""
PROGRAMS_LOADED = 64
"""With their memory, 1.5 MB each (npu2: 3): what one clip needs, also of a model with twenty heads."""


def program(job: Job) -> iron.EmulatedProgram:
    """A job's design on the emulated array, its C++ compiled; kept for the next time.

    Raises:
        StarlingError: ``npu.no_compiler``, or what the compiler says.
        EmulationFault: the design asks for more than the device has.
    """
    return _program(job.op, json.dumps(dict(job.parameters), sort_keys=True))


@functools.lru_cache(maxsize=PROGRAMS_KEPT)
def _program(op: str, parameters: str) -> iron.EmulatedProgram:
    return iron.load(op, json.loads(parameters))


class Array:
    """Runs jobs, one after the other, whoever waits for them. Its thread begins at once and ends with :meth:`close`."""

    def __init__(self) -> None:
        self._loaded: OrderedDict[str, iron.EmulatedProgram] = OrderedDict()
        self._thread = ThreadPoolExecutor(1, "emulated NPU")
        self._thread.submit(self._loaded.clear).result()

    def run(self, job: Job, memory: list[NDArray[np.uint8]]) -> iron.Ran:
        """One launch.

        Raises:
            EmulationFault: hardware would hang or compute something else.
        """
        return self._thread.submit(self._run, job, memory).result()

    def close(self) -> None:
        """Let go of memory and thread. Idempotent; nothing runs here any more."""
        try:
            self._thread.submit(self._loaded.clear)
        except RuntimeError:  # it is closed, or Python ends
            return
        self._thread.shutdown(wait=False)

    def _run(self, job: Job, memory: list[NDArray[np.uint8]]) -> iron.Ran:
        key = json.dumps([job.op, dict(job.parameters)], sort_keys=True)
        if key not in self._loaded:
            while len(self._loaded) >= PROGRAMS_LOADED:
                self._loaded.popitem(last=False)
            self._loaded[key] = program(job).fresh()
        self._loaded.move_to_end(key)
        return self._loaded[key].run(memory)
