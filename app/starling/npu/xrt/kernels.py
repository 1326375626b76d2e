"""The kernels that there are: which xclbin, for which device, and how each is asked.

The rest of the runtime knows kernels only through :class:`KernelSet`.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from starling.core.errors import StarlingError
from starling.npu import emulation
from starling.npu.xrt.operations import ARGUMENTS, Operation

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
        names: symbol -> the kernel's name in the xclbin.
        row_tile: rows of every product are a multiple of it.
        block: rows and columns of the blocks that weights are cut into.
        instructions: makes or reads an operation's instruction stream.
    """

    generation: str
    xclbin: Path
    unit: Literal["words", "bytes"]
    names: dict[str, str]
    row_tile: int
    block: tuple[int, int]
    instructions: Callable[[Operation], Words]

    def length(self, words: Words) -> int:
        """The length argument for an instruction stream."""
        return len(words) * (4 if self.unit == "bytes" else 1)


def why_not(generation: str) -> str:
    """Why there are no kernels for a device, as one clause; empty when there are."""
    return "" if emulation.wanted() else NO_KERNELS


def find(generation: str, folder: Path) -> KernelSet:
    """The kernels for a device.

    Args:
        generation: ``npu1`` or ``npu2``.
        folder: an empty one; the emulation puts its xclbin there.

    Raises:
        StarlingError: ``npu.no_kernels``.
    """
    if emulation.wanted():
        return emulated(generation, folder)
    raise StarlingError("npu.no_kernels", f"For {generation}, {NO_KERNELS}.", "")


def emulated(generation: str, folder: Path, unit: Literal["words", "bytes"] = "words") -> KernelSet:
    """NumPy reference kernels that run inside the emulation."""
    from starling.npu.emulation.devices import FORMAT
    from starling.npu.emulation.instructions import encode
    from starling.npu.emulation.reference import BLOCK, ROW_TILE

    names = {symbol: f"MLIR_AIE_{symbol}" for symbol in ARGUMENTS}
    contents: dict[str, Any] = {
        "format": FORMAT,
        "generation": generation,
        "unit": unit,
        "kernels": [
            {
                "name": names[symbol],
                "symbol": symbol,
                "arguments": ["scalar", "instructions", "scalar", *(["data"] * len(data))],
            }
            for symbol, data in ARGUMENTS.items()
        ],
    }
    # The same kernels have the same uuid, as a compiler's would.
    contents["uuid"] = str(uuid.uuid5(uuid.NAMESPACE_OID, json.dumps(contents, sort_keys=True)))
    path = folder / f"whisper-{generation}.xclbin"
    path.write_text(json.dumps(contents), "utf-8")
    return KernelSet(generation, path, unit, names, ROW_TILE, (BLOCK, BLOCK), encode)
