"""The emulated ``aie`` package: modules with the names that designs import."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from starling.npu.emulation.iron import dataflow, device, program, recording, taps, values

_lock = threading.RLock()
ROOTS = ("aie", "kernels")
"""Packages that are imported anew for each design."""


def modules() -> dict[str, ModuleType]:
    """By name; nothing is in them that the table of signatures has not."""
    contents: dict[str, dict[str, object]] = {
        "aie": {},
        "aie.iron": {
            "Buffer": program.Buffer,
            "Kernel": program.Kernel,
            "ObjectFifo": dataflow.ObjectFifo,
            "Program": program.Program,
            "Runtime": program.Runtime,
            "TaskGroup": recording.TaskGroup,
            "Worker": program.Worker,
            "WorkerRuntimeBarrier": program.WorkerRuntimeBarrier,
        },
        "aie.iron.controlflow": {"range_": values.range_},
        "aie.iron.device": {
            "AnyComputeTile": device.AnyComputeTile,
            "AnyMemTile": device.AnyMemTile,
            "AnyShimTile": device.AnyShimTile,
            "NPU1": device.NPU1,
            "NPU2": device.NPU2,
            "Tile": device.Tile,
        },
        "aie.helpers": {},
        "aie.helpers.taplib": {"TensorAccessPattern": taps.TensorAccessPattern},
    }
    made = {}
    for name, names in contents.items():
        made[name] = module = ModuleType(name, "Emulated by Starling.")
        module.__path__ = []
        vars(module).update(names)
        parent, _, leaf = name.rpartition(".")
        if parent:
            setattr(made[parent], leaf, module)
    return made


@contextmanager
def installed(kernels: Path) -> Iterator[None]:
    """While this lasts, ``aie`` is the emulation and ``kernels`` a folder; afterwards nothing of both is left."""
    with _lock:
        before = {name: module for name, module in sys.modules.items() if _ours(name)}
        for name in before:
            del sys.modules[name]
        sys.modules.update(modules())
        sys.path.insert(0, str(kernels.parent))
        try:
            yield
        finally:
            sys.path.remove(str(kernels.parent))
            for name in [name for name in sys.modules if _ours(name)]:
                del sys.modules[name]
            sys.modules.update(before)


def _ours(name: str) -> bool:
    return name.partition(".")[0] in ROOTS
