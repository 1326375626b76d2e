"""Sizes of the product's design: the array, the matrix unit's fragments, a problem and its tiles. Pure arithmetic."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal, get_args

B = Literal["blocks", "rows", "transposed"]

ROWS = 4
"""Rows of cores in a column."""
COLUMNS = {"npu1": 4, "npu2": 8}
FRAGMENTS = {
    ("npu1", "bf16"): (4, 8, 4),
    ("npu2", "bf16"): (4, 8, 8),
    ("npu1", "i8"): (4, 8, 8),
    ("npu2", "i8"): (8, 8, 8),
}
"""(device, input) -> rows of A, depth, columns of B that the matrix unit takes at once."""
BYTES = {"bf16": 2, "f32": 4, "i8": 1, "i32": 4}
OUTPUTS = {"bf16": ("bf16", "f32"), "i8": ("i32", "bf16", "f32")}

STACK_BYTES = 3328
"""mlir-aie's own products take so much (0xD00)."""
WORD = 4
"""Bytes: what DMAs count in."""
REPEAT_LIMIT = 64
"""How often a shim DMA repeats a transfer (the outermost size)."""

_POSITIVE = ("m", "k", "n", "tile_m", "tile_k", "tile_n")
_BUFFERS = ("a_elements", "b_elements", "c_elements")


@dataclass(frozen=True)
class Shape:
    """One problem; see ``design()`` for the attributes.

    Raises:
        ValueError: what does not fit, in one sentence.
    """

    device: str
    m: int
    k: int
    n: int
    tile_m: int
    tile_k: int
    tile_n: int
    dtype: str = "bf16"
    out: str = "bf16"
    bias: bool = False
    gelu: bool = False
    b: B = "blocks"
    lda: int = 0
    a_offset: int = 0
    ldb: int = 0
    b_offset: int = 0
    ldc: int = 0
    c_offset: int = 0
    a_elements: int = 0
    b_elements: int = 0
    c_elements: int = 0

    def __post_init__(self) -> None:
        self._check_numbers()
        if (self.device, self.dtype) not in FRAGMENTS or self.out not in OUTPUTS[self.dtype]:
            raise ValueError(f"there is no product of {self.dtype} into {self.out} on {self.device}")
        if self.dtype == "i8" and self.bias is (self.out == "i32"):
            raise ValueError("int8 has scales and biases for bf16 and f32, and none for i32")
        if self.gelu and self.out == "i32":
            raise ValueError("GELU needs a result in bf16 or f32")
        if self.b not in get_args(B):
            raise ValueError(f"b = {self.b!r} is not one of {', '.join(get_args(B))}")
        r, s, t = self.fragment
        units = (("m", ROWS * self.tile_m), ("k", self.tile_k), ("n", self.columns * self.tile_n))
        for name, unit in units:
            size = getattr(self, name)
            if size % unit:
                raise ValueError(f"{name} = {size} is not a multiple of {unit}")
        for name, unit in (("tile_m", r), ("tile_k", s), ("tile_n", t)):
            if getattr(self, name) % unit:
                raise ValueError(f"{name} = {getattr(self, name)} is not a multiple of {unit}")
        for name, dtype in (("a", self.dtype), ("b", self.dtype), ("c", self.out)):
            for value in (f"{name}_stride", f"{name}_offset"):
                if getattr(self, value) * BYTES[dtype] % WORD:
                    raise ValueError(
                        f"{value} = {getattr(self, value)} elements of {dtype} is no multiple of {WORD} bytes"
                    )
        if self.row_blocks > REPEAT_LIMIT:
            raise ValueError(f"m = {self.m} is more than {REPEAT_LIMIT} times {ROWS * self.tile_m} rows")
        if self.bias and self.object_repeats > REPEAT_LIMIT:
            raise ValueError(f"tile_k = {self.tile_k} is too high for a bias to fill an object")
        self._check_reach()

    def _check_numbers(self) -> None:
        for entry in fields(self):
            value, least = getattr(self, entry.name), 1 if entry.name in _POSITIVE else 0
            if entry.type == "int" and (type(value) is not int or value < least):
                raise ValueError(f"{entry.name} = {value!r} is no whole number from {least} on")

    def _check_reach(self) -> None:
        if self.c_stride < self.n:
            raise ValueError(f"ldc = {self.ldc}: rows of {self.n} would be written over one another")
        for name, given, least in zip(_BUFFERS, self.sizes, self.reached, strict=True):
            if given < least:
                raise ValueError(f"{name} = {given}, and {least} are reached")

    @property
    def columns(self) -> int:
        """Columns of cores."""
        return COLUMNS[self.device]

    @property
    def fragment(self) -> tuple[int, int, int]:
        """r, s, t of the matrix unit."""
        return FRAGMENTS[self.device, self.dtype]

    @property
    def row_blocks(self) -> int:
        """How often the cores go down the rows of C."""
        return self.m // (ROWS * self.tile_m)

    @property
    def k_tiles(self) -> int:
        """Tiles of K that are summed up."""
        return self.k // self.tile_k

    @property
    def column_steps(self) -> int:
        """How often the cores go right."""
        return self.n // (self.columns * self.tile_n)

    @property
    def b_tile(self) -> int:
        """Elements of a tile of B."""
        return self.tile_k * self.tile_n

    @property
    def column_values(self) -> int:
        """float32 values for each column of C that come with B: a bias, with int8 a scale before it."""
        return (2 if self.dtype == "i8" else 1) if self.bias else 0

    @property
    def object_repeats(self) -> int:
        """How often the values of a tile's columns fit into a tile of B: it is filled with copies."""
        return self.b_tile * BYTES[self.dtype] // (4 * max(self.column_values, 1) * self.tile_n)

    @property
    def a_stride(self) -> int:
        """Elements from row to row of A."""
        return self.lda or self.k

    @property
    def b_stride(self) -> int:
        """Elements from row to row of B as it lies in memory."""
        return self.ldb or (self.k if self.b == "transposed" else self.n)

    @property
    def c_stride(self) -> int:
        """Elements from row to row of C."""
        return self.ldc or self.n

    @property
    def sizes(self) -> tuple[int, int, int]:
        """Elements of the buffers of A, B and C: what was asked for, or what is reached."""
        a, b, c = self.reached
        return self.a_elements or a, self.b_elements or b, self.c_elements or c

    @property
    def reached(self) -> tuple[int, int, int]:
        """Elements of the smallest buffers of A, B and C."""
        a = self.a_offset + (self.m - 1) * self.a_stride + self.k
        rows, width = {"blocks": (1, self.k * self.n), "rows": (self.k, self.n), "transposed": (self.n, self.k)}[self.b]
        b = self.b_offset + (rows - 1) * self.b_stride + width
        c = self.c_offset + (self.m - 1) * self.c_stride + self.n
        return a, b, c

    @property
    def l1_bytes(self) -> int:
        """Of a core: two tiles of A and of B, the sums, one tile of C, the columns' values, loop counts and stack."""
        r = self.fragment[0]
        inputs = 2 * BYTES[self.dtype] * (self.tile_m * self.tile_k + self.b_tile)
        outputs = (4 + BYTES[self.out]) * self.tile_m * self.tile_n
        return inputs + outputs + self.columns_bytes(r) + 4 * 3 + STACK_BYTES

    def columns_bytes(self, r: int) -> int:
        """Of the buffer for the columns' values: each as often as a fragment has rows; never empty."""
        return 4 * max(self.column_values * self.tile_n * r, 1)


DEFAULT_TILES = {
    ("bf16", "bf16"): (64, 64, 64),
    ("bf16", "f32"): (64, 32, 64),
    ("i8", "i32"): (64, 64, 64),
    ("i8", "bf16"): (64, 64, 64),
    ("i8", "f32"): (64, 64, 64),
}
"""(input, output) -> tile_m, tile_k, tile_n for a large problem, on both devices; README says why."""
L1_BYTES = 65536
