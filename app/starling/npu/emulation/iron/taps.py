"""``aie.helpers.taplib``: patterns of access to a host buffer."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from starling.npu.emulation.iron.faults import Misuse
from starling.npu.emulation.iron.kinds import is_int
from starling.npu.emulation.iron.walks import Walk


class TensorAccessPattern:
    """Loops over a tensor: an offset, and sizes and strides in elements, outermost first."""

    def __init__(self, tensor_dims: Sequence[int], offset: int, sizes: Sequence[int], strides: Sequence[int]) -> None:
        numbers = (*tensor_dims, offset, *sizes, *strides)
        if not all(map(is_int, numbers)) or not sizes or len(sizes) != len(strides):
            raise Misuse(
                f"TensorAccessPattern of {tensor_dims}, {offset}, {sizes}, {strides}: integers, size by stride"
            )
        if min(tensor_dims) < 1 or min(sizes) < 1 or min(strides) < 0:
            raise Misuse(f"TensorAccessPattern of {tensor_dims}, {sizes}, {strides}: sizes start at 1, strides at 0")
        if not 0 <= offset < math.prod(tensor_dims):
            raise Misuse(f"Offset {offset} is not in a tensor of {math.prod(tensor_dims)} elements")
        self.tensor_dims = tuple(map(int, tensor_dims))
        self.offset = int(offset)
        self.sizes = list(map(int, sizes))
        self.strides = list(map(int, strides))

    def walk(self) -> Walk:
        """As the DMA sees it. For the emulation only."""
        return Walk(self.offset, tuple(self.sizes), tuple(self.strides))

    def __eq__(self, other: Any) -> bool:
        return isinstance(other, TensorAccessPattern) and vars(self) == vars(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"TensorAccessPattern({self.tensor_dims}, {self.offset}, {self.sizes}, {self.strides})"
