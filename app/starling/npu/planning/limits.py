"""What an array has. Sources are named with each number; sizes are bytes unless they say otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from starling.core.errors import StarlingError

DeviceName = Literal["npu1", "npu2"]


@dataclass(frozen=True)
class Dma:
    """The buffer descriptors of one kind of tile.

    Sizes and strides count 32-bit words where they belong to the innermost dimension, which an element of two bytes
    therefore fills half; an outer size counts repetitions.

    Attributes:
        dims: sizes with strides, without the outermost repetition.
        descriptors: of a tile.
        size: largest size of one of the two inner dimensions.
        stride_words: largest stride.
        repeat: largest repetition.
    """

    dims: int
    descriptors: int
    size: int
    stride_words: int
    repeat: int = 64


SHIM = Dma(dims=3, descriptors=16, size=1023, stride_words=1 << 20)
MEM_TILE = Dma(dims=4, descriptors=48, size=1023, stride_words=1 << 17)
CORE = Dma(dims=3, descriptors=16, size=255, stride_words=1 << 13)
"""Xilinx/mlir-aie lib/Dialect/AIEX/IR/AIEXDialect.cpp (verifyStridesWraps) and AIETargetModel.cpp, 1.4.2."""

WORD_BYTES = 4
"""Address granularity of every DMA: sizes and strides in bytes are multiples of it (AIEXDialect.cpp)."""


@dataclass(frozen=True)
class DeviceLimits:
    """One generation's array.

    Attributes:
        name: ``npu1`` or ``npu2``.
        columns: usable ones; XDNA1 reports five.
        rows: of cores.
        l1_bytes: of a core's data memory, stack included.
        l2_bytes: of a column's mem tile.
        program_bytes: of a core's program memory.
        fragments: input type -> r, s, t of the matrix unit.
        macs: input type -> multiplications of a core in a cycle; None where the documents disagree.
        compute_channels: DMA channels of a core, each way.
        shim_channels: of a column's shim, each way.
        mem_channels: of a mem tile, each way.
        contexts: hardware contexts in the driver.
    """

    name: DeviceName
    columns: int
    rows: int
    fragments: dict[str, tuple[int, int, int]]
    macs: dict[str, int]
    contexts: int
    target: str
    l1_bytes: int = 64 << 10
    l2_bytes: int = 512 << 10
    program_bytes: int = 16 << 10
    compute_channels: int = 2
    shim_channels: int = 2
    mem_channels: int = 6
    shim: Dma = SHIM
    mem: Dma = MEM_TILE
    core: Dma = CORE

    @property
    def cores(self) -> int:
        """All of them."""
        return self.columns * self.rows


NPU1 = DeviceLimits(
    "npu1", 4, 4, {"bf16": (4, 8, 4), "i8": (4, 8, 8)}, {"bf16": 128, "i8": 256}, contexts=6, target="aie2"
)
NPU2 = DeviceLimits(
    "npu2", 8, 4, {"bf16": (4, 8, 8), "i8": (8, 8, 8)}, {"bf16": 256, "i8": 512}, contexts=16, target="aie2p"
)
"""Columns, rows, memories, channels: Xilinx/mlir-aie AIETargetModel.cpp, python/iron/device. Fragments: Xilinx/aie_api
mmul documentation. Contexts: amd/xdna-driver npu1_regs.c, npu4_regs.c."""
DEVICES: dict[str, DeviceLimits] = {"npu1": NPU1, "npu2": NPU2}


def device(name: str) -> DeviceLimits:
    """The limits of a generation.

    Raises:
        StarlingError: ``npu.unknown_device``.
    """
    if name not in DEVICES:
        raise StarlingError("npu.unknown_device", f"There is no NPU '{name}'.", f"Use one of {', '.join(DEVICES)}.")
    return DEVICES[name]
