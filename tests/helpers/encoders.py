"""Encoders for tests, loaded in a child by the real worker; numpy is all that this module needs."""

from __future__ import annotations

import ctypes
import os
import shlex
import signal
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from starling.core.errors import StarlingError
from starling.core.placement import Placement

ROOT = Path(__file__).resolve().parents[2]
WIDTH = 8


class Doubling:
    """(clips, mels, frames) to (clips, frames // 2, 8): each state is twice the mean of its two frames."""

    mels = 80

    def __init__(self, config: Mapping[str, Any]) -> None:
        self._fault = config.get("fault", "")
        self._calls = 0
        time.sleep(config.get("load_s", 0.0))
        if config.get("refuse"):
            raise StarlingError("npu.refused", "The encoder refused.", "Do something else.")

    @property
    def placement(self) -> Placement:
        return Placement("emulated", (f"{self._calls} calls",))

    def describe(self) -> dict[str, Any]:
        return {"pid": os.getpid(), "modules": sorted({name.partition(".")[0] for name in sys.modules})}

    def encode(self, mel):
        self._calls += 1
        means = mel.mean(axis=1)[:, : mel.shape[2] // 2 * 2].reshape(mel.shape[0], -1, 2).mean(axis=2)
        states = np.repeat(2 * means[:, :, np.newaxis], WIDTH, axis=2).astype(np.float32)
        return _FAULTS[self._fault](states) if self._fault else states


def doubling(config: Mapping[str, Any]) -> Doubling:
    return Doubling(config)


def _crash(states):
    raise RuntimeError("a secret sentence")


def _abort(states):
    os.kill(os.getpid(), signal.SIGABRT)


def _freeze(states):
    os.kill(os.getpid(), signal.SIGSTOP)


def _hold_lock(states):
    """As a driver does that waits with Python's lock held."""
    ctypes.PyDLL(None).sleep(1000)


def _set(value):
    def fault(states):
        states[0, 1, 2] = value
        return states

    return fault


_FAULTS = {
    "crash": _crash,
    "abort": _abort,
    "freeze": _freeze,
    "hold_lock": _hold_lock,
    "nan": _set(np.nan),
    "inf": _set(-np.inf),
    "short": lambda states: states[:, 1:],
    "flat": lambda states: states[0],
    "double": lambda states: states.astype(np.float64),
    "narrow": lambda states: np.ascontiguousarray(states[:, :, 1:]),
    "none": lambda states: states[:0],
}


def bare_python(folder: Path) -> tuple[str, dict[str, str]]:
    """A Python that sees the standard library, numpy and this module, and the variables for it."""
    packages = folder / "packages"
    packages.mkdir()
    numpy = Path(np.__file__).parent
    for source in (numpy, numpy.with_name("numpy.libs")):
        if source.exists():
            (packages / source.name).symlink_to(source)
    (packages / "encoders.py").symlink_to(Path(__file__))
    script = folder / "python"
    script.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -S "$@"\n')
    script.chmod(0o755)
    return str(script), {"PYTHONPATH": str(packages)}
