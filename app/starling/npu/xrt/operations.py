"""What the kernels can be asked to do. One operation is one instruction stream and one launch.

Sizes and offsets count elements. Every operation names the kernel symbol that runs it; the data arguments of a symbol
are in :data:`ARGUMENTS`, the last one is written.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

Element = Literal["bf16", "f32"]

ARGUMENTS: dict[str, tuple[Element, ...]] = {
    "gemm_bias_bf16": ("bf16", "bf16", "f32", "bf16"),
    "gemm_gelu_bf16": ("bf16", "bf16", "f32", "bf16"),
    "gemm_bf16": ("bf16", "bf16", "bf16"),
    "gemm_f32": ("bf16", "bf16", "f32"),
    "softmax_bf16": ("f32", "f32", "bf16"),
    "layernorm_bf16": ("f32", "f32", "bf16"),
    "layernorm_f32": ("f32", "f32", "f32"),
    "gelu_bf16": ("bf16", "bf16"),
    "add_f32": ("f32", "bf16", "f32"),
}
"""Symbol -> data arguments."""


@dataclass(frozen=True)
class Linear:
    """``C = A @ B + bias``: A (m, k) bf16, B in blocks, bias (n,) float32, accumulated in float32, C (m, n) bf16.

    Rows of A lie ``lda`` apart and may overlap, which makes a convolution; C starts at ``c_offset``. With ``gelu`` 1
    the exact GELU, by erf, of that.
    """

    m: int
    k: int
    n: int
    lda: int
    ldc: int
    c_offset: int = 0
    gelu: int = 0

    @property
    def symbol(self) -> str:
        """The kernel."""
        return "gemm_gelu_bf16" if self.gelu else "gemm_bias_bf16"

    @property
    def flops(self) -> int:
        """Multiplications and additions."""
        return 2 * self.m * self.k * self.n


@dataclass(frozen=True)
class Scores:
    """``C = A @ B.T``: A (m, k) and B (n, k) bf16 inside larger rows, C (m, n) float32."""

    symbol: ClassVar[str] = "gemm_f32"
    m: int
    k: int
    n: int
    lda: int
    a_offset: int
    ldb: int
    b_offset: int

    @property
    def flops(self) -> int:
        """Multiplications and additions."""
        return 2 * self.m * self.k * self.n


@dataclass(frozen=True)
class Mix:
    """``C = A @ B``: A (m, k) bf16, B (k, n) and C (m, n) bf16 inside larger rows."""

    symbol: ClassVar[str] = "gemm_bf16"
    m: int
    k: int
    n: int
    ldb: int
    b_offset: int
    ldc: int
    c_offset: int

    @property
    def flops(self) -> int:
        """Multiplications and additions."""
        return 2 * self.m * self.k * self.n


@dataclass(frozen=True)
class Softmax:
    """Along rows of (rows, width) ``scale * x``, over the columns whose ``keep`` is not 0; the others become 0."""

    symbol: ClassVar[str] = "softmax_bf16"
    rows: int
    width: int
    scale: float

    @property
    def flops(self) -> int:
        """Five for each element."""
        return 5 * self.rows * self.width


@dataclass(frozen=True)
class LayerNorm:
    """Along rows of (rows, width) float32; weight and bias follow one another in the second argument."""

    rows: int
    width: int
    epsilon: float
    wide: int = 0
    """1 for a float32 result."""

    @property
    def symbol(self) -> str:
        """The kernel."""
        return "layernorm_f32" if self.wide else "layernorm_bf16"

    @property
    def flops(self) -> int:
        """Eight for each element."""
        return 8 * self.rows * self.width


@dataclass(frozen=True)
class Gelu:
    """The exact one, by erf, of ``count`` values."""

    symbol: ClassVar[str] = "gelu_bf16"
    count: int

    @property
    def flops(self) -> int:
        """Ten for each element."""
        return 10 * self.count


@dataclass(frozen=True)
class Add:
    """``z = x + y`` of ``count`` values; z may be x."""

    symbol: ClassVar[str] = "add_f32"
    count: int

    @property
    def flops(self) -> int:
        """One for each element."""
        return self.count


Operation = Linear | Scores | Mix | Softmax | LayerNorm | Gelu | Add
