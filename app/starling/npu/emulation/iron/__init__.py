"""IRON in software: runs the designs of ``kernels/`` unchanged, with the budgets and limits of the hardware.

The names and signatures are those of mlir-aie 1.4.2, as far as ``iron_signatures.toml`` lists them. What this cannot
show is in docs/emulation.md.
"""

from __future__ import annotations

from starling.npu.emulation.iron.engine import Ran
from starling.npu.emulation.iron.faults import BudgetExceeded, Deadlock, DmaLimit, Misuse, OutOfBounds
from starling.npu.emulation.iron.loading import EmulatedProgram, arguments, core_parameters, load

__all__ = [
    "BudgetExceeded",
    "Deadlock",
    "DmaLimit",
    "EmulatedProgram",
    "Misuse",
    "OutOfBounds",
    "Ran",
    "arguments",
    "core_parameters",
    "load",
]
