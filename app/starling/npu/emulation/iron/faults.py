"""What mlir-aie would refuse, and what hardware would answer with a hang or wrong numbers."""

from __future__ import annotations

from starling.npu.emulation.machine import EmulationFault


class Misuse(EmulationFault):
    """A design uses IRON in a way that it does not take, or that goes wrong without a word."""


class BudgetExceeded(EmulationFault):
    """More memory, channels, descriptors or locks than a tile has."""


class DmaLimit(EmulationFault):
    """A transfer that a buffer descriptor cannot express."""


class Deadlock(EmulationFault):
    """Nobody can go on: hardware hangs until the driver's timeout."""


class OutOfBounds(EmulationFault):
    """A transfer reaches beyond a host buffer."""
