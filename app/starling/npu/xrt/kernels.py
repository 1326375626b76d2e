"""The kernels that there are: which xclbin, for which device, and how each is asked.

The rest of the runtime knows kernels only through :class:`KernelSet`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from starling.core.errors import StarlingError
from starling.npu import emulation
from starling.npu.xrt.operations import Operation

if TYPE_CHECKING:  # the window's process asks only whether there are kernels
    from starling.npu.building.cache import Built
    from starling.npu.planning.shapes import ModelShape

Words = NDArray[np.uint32]

GENERATIONS = {"1502": "npu1", "17f0": "npu2"}
"""PCI device id -> which kernels it runs. Never by name: names changed between drivers."""


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


def why_not(generation: str, model: ModelShape) -> tuple[str, str]:
    """Why there are no kernels of a model for a device, as one clause, and the fix; empty when there are."""
    if emulation.wanted():
        return "", ""
    from starling.npu.building import found

    try:
        found(generation, model)
    except StarlingError as error:
        return error.message[:1].lower() + error.message[1:].rstrip("."), error.fix
    return "", ""


def find(generation: str, model: ModelShape, folder: Path) -> KernelSet:
    """The kernels for a device and a model.

    Args:
        generation: ``npu1`` or ``npu2``.
        model: the encoder.
        folder: an empty one; the emulation puts its xclbin there.

    Raises:
        StarlingError: ``npu.no_plan``, ``npu.not_built`` and what else is wrong with a build; from the emulation
            ``npu.no_compiler`` and what the compiler says.
    """
    if emulation.wanted():
        from starling.npu.emulation.kernels import emulated
        from starling.npu.xrt.lowering import Lowering

        lower = Lowering(generation, model)
        return emulated(generation, lower.jobs.values(), lower, lower.block, folder)
    from starling.npu.building import found

    return _built(found(generation, model))


def _built(built: Built) -> KernelSet:
    """What ``starling kernels build`` made."""
    from starling.npu.building.jobs import stream_name
    from starling.npu.xrt.lowering import Lowering

    lower = Lowering(built.device, built.model)
    unit: Literal["words", "bytes"] = "words" if built.unit == "words" else "bytes"

    def instructions(operation: Operation) -> Words:
        job = lower(operation)
        file = stream_name(job.symbol, dict(job.parameters))
        if file not in built.instructions:
            raise StarlingError("npu.not_built", f"{operation} was not built.", "Run: starling kernels build")
        return np.fromfile(built.stream(file), np.uint32)

    return KernelSet(
        built.device,
        built.xclbin,
        unit,
        lower.block,
        lambda operation: str(built.kernels[lower(operation).symbol]["name"]),
        instructions,
    )
