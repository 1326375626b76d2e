"""The kernels that there are: which xclbin, for which device, and how each is asked.

The rest of the runtime knows kernels only through :class:`KernelSet`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from starling.core.errors import StarlingError
from starling.npu import emulation
from starling.npu.xrt.operations import Operation

Words = NDArray[np.uint32]

GENERATIONS = {"1502": "npu1", "17f0": "npu2"}
"""PCI device id -> which kernels it runs. Never by name: names changed between drivers."""
NO_KERNELS = "no kernels are built for this NPU, and this version of Starling cannot build them yet"


@dataclass(frozen=True)
class KernelSet:
    """One xclbin and what is needed to use it.

    Attributes:
        generation: ``npu1`` or ``npu2``; on the other one it would compute zeros and say nothing.
        xclbin: the file.
        unit: what the instruction length counts; compilers differ.
        block: rows and columns of the blocks that weights are cut into.
        image: the name in the xclbin of the kernel that an operation runs on.
        instructions: makes or reads an operation's instruction stream.
        calls: C++ functions that ran so far, with how often; only the emulation can count them.
    """

    generation: str
    xclbin: Path
    unit: Literal["words", "bytes"]
    block: tuple[int, int]
    image: Callable[[Operation], str]
    instructions: Callable[[Operation], Words]
    calls: Callable[[], Counter[str]] = Counter

    def length(self, words: Words) -> int:
        """The length argument for an instruction stream."""
        return len(words) * (4 if self.unit == "bytes" else 1)


def why_not(generation: str) -> str:
    """Why there are no kernels for a device, as one clause; empty when there are."""
    return "" if emulation.wanted() else NO_KERNELS


def find(generation: str, operations: Iterable[Operation], folder: Path) -> KernelSet:
    """The kernels for a device.

    Args:
        generation: ``npu1`` or ``npu2``.
        operations: everything that they will be asked.
        folder: an empty one; the emulation puts its xclbin there.

    Raises:
        StarlingError: ``npu.no_kernels``; from the emulation ``npu.no_compiler`` and what the compiler says.
    """
    if emulation.wanted():
        from starling.npu.emulation.kernels import emulated

        return emulated(generation, operations, folder)
    raise StarlingError("npu.no_kernels", f"For {generation}, {NO_KERNELS}.", "")
