"""``aie.helpers.taplib``: patterns of access to a host buffer."""

from __future__ import annotations

import itertools
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


class TensorTiler2D:
    """Patterns that cut a matrix into tiles."""

    @classmethod
    def simple_tiler(
        cls,
        tensor_dims: Sequence[int],
        tile_dims: Sequence[int] | None = None,
        tile_col_major: bool = False,
        iter_col_major: bool = False,
        pattern_repeat: int = 1,
    ) -> list[TensorAccessPattern]:
        """One pattern for each tile."""
        dims = tensor_dims if tile_dims is None else tile_dims
        return cls.group_tiler(
            tensor_dims, dims, (1, 1), tile_col_major, False, iter_col_major, pattern_repeat=pattern_repeat
        )

    @classmethod
    def group_tiler(
        cls,
        tensor_dims: Sequence[int],
        tile_dims: Sequence[int],
        tile_group_dims: Sequence[int],
        tile_col_major: bool = False,
        tile_group_col_major: bool = False,
        iter_col_major: bool = False,
        pattern_repeat: int = 1,
    ) -> list[TensorAccessPattern]:
        """One pattern for each group of tiles."""
        height, width = tensor_dims
        tile = (tile_dims[0], tile_dims[1])
        group = (tile[0] * tile_group_dims[0], tile[1] * tile_group_dims[1])
        if height % group[0] or width % group[1]:
            raise Misuse(f"groups of {group} do not divide a matrix of {tuple(tensor_dims)}")
        rows, columns = range(0, height, group[0]), range(0, width, group[1])
        starts = itertools.product(columns, rows) if iter_col_major else itertools.product(rows, columns)
        outer = [(tile_group_dims[0], tile[0] * width), (tile_group_dims[1], tile[1])]
        inner = [(tile[0], width), (tile[1], 1)]
        loops = (outer[::-1] if tile_group_col_major else outer) + (inner[::-1] if tile_col_major else inner)
        loops = [loop for place, loop in enumerate(loops) if loop[0] > 1 or place == 3]
        if pattern_repeat > 1:
            loops.insert(0, (pattern_repeat, 0))
        loops = [(1, 0)] * (4 - len(loops)) + loops
        if len(loops) > 4:
            raise Misuse(f"a pattern of {len(loops)} dimensions; a DMA has 4")
        sizes, strides = [size for size, _ in loops], [stride for _, stride in loops]
        offsets = ((start[1], start[0]) if iter_col_major else start for start in starts)
        return [TensorAccessPattern(tensor_dims, row * width + column, sizes, strides) for row, column in offsets]
