"""Tiles of a product, as ``kernels/gemm`` takes them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from starling.npu.planning import predict
from starling.npu.planning.dma import check_transfer
from starling.npu.planning.limits import DeviceLimits
from starling.npu.planning.program import GEMM_PROGRAM
from starling.npu.planning.refusal import Refusal, Refused, within

BYTES = {"bf16": 2, "f32": 4, "i8": 1, "i32": 4}
STACK_BYTES = 3328
"""0xD00, as mlir-aie's own products (programming_examples/basic/matrix_multiplication)."""
COUNT_BYTES = 3 * 4
"""Loop counts, written at run time."""
TILE_SIZES = (128, 96, 64, 48, 40, 32, 24, 16, 8, 4)
"""Sides that are tried, largest first."""
LARGEST_PAD = 1.34
"""A tile may make the problem so many times larger than the smallest one does: beyond, that one computes less."""


@dataclass(frozen=True)
class Tiles:
    """Of one core."""

    m: int
    k: int
    n: int


@dataclass(frozen=True)
class Product:
    """One problem before it is padded.

    Attributes:
        b: how B lies in memory: ``blocks``, ``rows``, ``transposed``.
        lda: elements from row to row of A; 0: k.
        ldb: of B as it lies; 0: as narrow as it is.
        ldc: of C; 0: n.
        exact: the buffers have no room for padding.
    """

    m: int
    k: int
    n: int
    dtype: str = "bf16"
    out: str = "bf16"
    bias: bool = False
    gelu: bool = False
    b: str = "blocks"
    lda: int = 0
    ldb: int = 0
    ldc: int = 0
    exact: bool = False


@dataclass(frozen=True)
class GemmPlan:
    """Tiles, what they take, and how long it is predicted to last.

    Attributes:
        m: padded to what the array takes at once.
        l1: bytes of a core by what takes them.
        l2: bytes of the fullest mem tile.
        program_bytes: of a core's program; an estimate until the object is built.
        seconds: predicted, for one launch without its dispatch.
    """

    product: Product
    tiles: Tiles
    m: int
    k: int
    n: int
    l1: dict[str, int]
    l2: dict[str, int]
    program_bytes: int
    seconds: float

    @property
    def l1_bytes(self) -> int:
        """Of a core."""
        return sum(self.l1.values())

    @property
    def l2_bytes(self) -> int:
        """Of the fullest mem tile."""
        return sum(self.l2.values())

    @property
    def flops(self) -> int:
        """With the padding."""
        return 2 * self.m * self.k * self.n

    def parameters(self, device: str) -> dict[str, Any]:
        """Of the design; offsets and buffer sizes are the caller's."""
        return {
            "device": device,
            "m": self.m, "k": self.k, "n": self.n,
            "tile_m": self.tiles.m, "tile_k": self.tiles.k, "tile_n": self.tiles.n,
            "dtype": self.product.dtype, "out": self.product.out, "bias": self.product.bias, "gelu": self.product.gelu,
            "b": self.product.b, "lda": self.product.lda, "ldb": self.product.ldb, "ldc": self.product.ldc,
        }  # fmt: skip


def plan_gemm(
    device: DeviceLimits,
    m: int,
    k: int,
    n: int,
    dtype: str = "bf16",
    out: str = "bf16",
    *,
    tiles: Tiles | None = None,
    **options: Any,
) -> GemmPlan | Refusal:
    """Choose the tiles of a product, or say why none will do.

    Args:
        device: the array.
        m: rows of A.
        k: depth.
        n: columns of B.
        dtype: of A and B, ``bf16`` or ``i8``.
        out: of C, ``bf16``, ``f32`` or ``i32``.
        tiles: these and no others.
        **options: further fields of :class:`Product`.
    """
    product = Product(m, k, n, dtype, out, **options)
    if dtype not in device.fragments:
        return Refusal("shape", 0, 0, f"{device.name} has no product of {dtype}.", "Use bf16 or i8.")
    if min(m, k, n) < 1:
        return Refusal("shape", 1, min(m, k, n), f"A product of {m} x {k} x {n} has nothing to compute.")
    best: GemmPlan | None = None
    refusals: list[Refusal] = []
    for chosen in [tiles] if tiles else candidates(device, product):
        try:
            plan = _fitted(device, product, chosen)
        except Refused as refused:
            refusals.append(refused.refusal)
            continue
        if best is None or _order(plan) < _order(best):
            best = plan
    return best or _why(device, product, refusals)


def _order(plan: GemmPlan) -> tuple[float, int, int]:
    """The quickest; then what calls the core's function least often; then what moves least for it."""
    tiles = plan.tiles
    return plan.seconds, -tiles.m * tiles.k * tiles.n, tiles.m * tiles.k + tiles.k * tiles.n


def _why(device: DeviceLimits, product: Product, refusals: list[Refusal]) -> Refusal:
    """The refusal that came nearest."""
    if not refusals:
        r, s, t = device.fragments[product.dtype]
        units = (device.rows * r, s, device.columns * t)
        return Refusal(
            "shape", product.n % units[2], 0,
            f"{product.m} x {product.k} x {product.n} does not divide among {device.cores} cores of {device.name}.",
            f"Multiples of {units[0]} x {units[1]} x {units[2]} would fit.",
        )  # fmt: skip
    return min(refusals, key=lambda refusal: refusal.excess)


def padded(size: int, unit: int) -> int:
    """The smallest multiple of ``unit`` that holds ``size``."""
    return -(-size // unit) * unit


def candidates(device: DeviceLimits, product: Product) -> Iterator[Tiles]:
    """Tiles that divide a product, padded if it may be; whether they fit is another question."""
    r, s, t = device.fragments[product.dtype]
    downs = _sides(product.m, r, device.rows, product.exact)
    depths = _sides(product.k, s, 1, product.exact)
    rights = _sides(product.n, t, device.columns, product.exact or product.b != "blocks")
    for m in downs:
        for n in rights:
            for k in depths:
                yield Tiles(m, k, n)


def _sides(size: int, fragment: int, cores: int, exact: bool) -> list[int]:
    sides = [side for side in TILE_SIZES if side % fragment == 0]
    limit = size if exact else padded(size, fragment * cores) * LARGEST_PAD
    return [side for side in sides if padded(size, side * cores) <= limit]


def _fitted(device: DeviceLimits, product: Product, tiles: Tiles) -> GemmPlan:
    _check_fragments(device, product, tiles)
    m = padded(product.m, device.rows * tiles.m)
    k, n = padded(product.k, tiles.k), padded(product.n, device.columns * tiles.n)
    if product.exact and (m, k, n) != (product.m, product.k, product.n):
        sizes = f"{product.m} x {product.k} x {product.n}"
        raise Refused(
            Refusal(
                "shape", m * n * k, product.m * product.n * product.k, f"{sizes} would be padded to {m} x {k} x {n}."
            )
        )
    l1, l2 = l1_parts(device, product, tiles), l2_parts(device, product, tiles)
    smaller = "Smaller tiles fit."
    within("L1", f"tiles of {tiles.m} x {tiles.k} x {tiles.n}", sum(l1.values()), device.l1_bytes, fits=smaller)
    within("L2", f"tiles of {tiles.m} x {tiles.k} x {tiles.n}", sum(l2.values()), device.l2_bytes, fits=smaller)
    within("program", "the core's functions", GEMM_PROGRAM, device.program_bytes)
    _check_dma(device, product, tiles, (m, k, n))
    seconds = predict.gemm_seconds(device, m, k, n, product.dtype, BYTES[product.dtype], BYTES[product.out])
    return GemmPlan(product, tiles, m, k, n, l1, l2, GEMM_PROGRAM, seconds)


def _check_fragments(device: DeviceLimits, product: Product, tiles: Tiles) -> None:
    for side, fragment, name in zip(
        (tiles.m, tiles.k, tiles.n), device.fragments[product.dtype], ("tile_m", "tile_k", "tile_n"), strict=True
    ):
        if side < 1 or side % fragment:
            raise Refused(
                Refusal("shape", side, 0, f"{name} = {side} is no multiple of {fragment}.", f"{fragment} would fit.")
            )


def l1_parts(device: DeviceLimits, product: Product, tiles: Tiles) -> dict[str, int]:
    """Bytes of a core: both halves of the inputs' double buffers, the sums, a tile of C, and the rest."""
    size, r = BYTES[product.dtype], device.fragments[product.dtype][0]
    values = (2 if product.dtype == "i8" else 1) if product.bias else 0
    return {
        "a": 2 * size * tiles.m * tiles.k,
        "b": 2 * size * tiles.k * tiles.n,
        "sums": 4 * tiles.m * tiles.n,
        "c": BYTES[product.out] * tiles.m * tiles.n,
        "columns": 4 * max(values * tiles.n * r, 1),
        "counts": COUNT_BYTES,
        "stack": STACK_BYTES,
    }


def l2_parts(device: DeviceLimits, product: Product, tiles: Tiles) -> dict[str, int]:
    """Bytes of the fullest mem tile: both ends of A and B, and C joined from the column's cores, each twice."""
    size = BYTES[product.dtype]
    return {
        "a": 2 * size * tiles.m * tiles.k * -(-device.rows // device.columns),
        "b": 2 * size * tiles.k * tiles.n,
        "c": 2 * BYTES[product.out] * device.rows * tiles.m * tiles.n,
    }


def _check_dma(device: DeviceLimits, product: Product, tiles: Tiles, sizes: tuple[int, int, int]) -> None:
    m, k, n = sizes
    blocks, depth = m // (device.rows * tiles.m), k // tiles.k
    lda, ldc = product.lda or k, product.ldc or n
    within("dma", "the blocks of rows", blocks, device.shim.repeat, "times", "Higher tiles fit.")
    if product.bias:
        copies = tiles.k * BYTES[product.dtype] // (8 if product.dtype == "i8" else 4)
        within(
            "dma", "copies of the bias in an object of B", copies, device.shim.repeat, "times", "A lower tile_k fits."
        )
    incoming = -(-device.rows // device.columns) + 1 + device.rows
    within("channels", "ways into a mem tile", incoming, device.mem_channels, "channels")
    size, out = BYTES[product.dtype], BYTES[product.out]
    check_transfer(
        "A", device.shim, (blocks, depth, tiles.m, tiles.k), (device.rows * tiles.m * lda, tiles.k, lda, 1), size
    )
    along, down, stride, step = tiles.n, tiles.k, product.ldb or n, tiles.k * (product.ldb or n)
    if product.b == "transposed":
        along, down, stride, step = tiles.k, tiles.n, product.ldb or k, tiles.k
    elif product.b == "blocks":
        stride, step = tiles.n, tiles.k * tiles.n
    check_transfer("B", device.shim, (blocks, depth, down, along), (0, step, stride, 1), size)
    rows = device.rows * tiles.m
    check_transfer("C", device.shim, (1, blocks, rows, tiles.n), (0, rows * ldc, ldc, 1), out)
    r, s, t = device.fragments[product.dtype]
    wide = (tiles.m // r, r, tiles.n // t, t), (r * tiles.n, t, r * t, 1)
    check_transfer("C in the mem tile", device.mem, *wide, out)
    cut = (tiles.m // r, tiles.k // s, r, s), (r * tiles.k, s, tiles.k, 1)
    check_transfer("A in the mem tile", device.mem, *cut, size)
    # Two steps are under way at once; a column has A's, B's, C's and the bias's transfer of each.
    within("descriptors", "the transfers of a column", 2 * (3 + product.bias), device.shim.descriptors, "descriptors")
