"""The launches of a whole encoder, and the core images that they share."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from starling.core.errors import StarlingError
from starling.npu.planning import predict
from starling.npu.planning.gemm import GemmPlan, Product, Tiles, candidates, plan_gemm
from starling.npu.planning.limits import DeviceLimits
from starling.npu.planning.refusal import Refusal
from starling.npu.planning.rows import RowsPlan, plan_rows
from starling.npu.planning.shapes import TAPS, ModelShape

FLAT_TILE = 1024
"""Values of a run of a flat buffer (kernels/add, kernels/gelu)."""
EPSILON = 1e-5


@dataclass(frozen=True)
class Launch:
    """One operation of a plan.

    Attributes:
        name: what it is for: ``conv1``, ``qkv``, ``scores``.
        op: folder below ``kernels``.
        symbol: the kernel in the xclbin; launches with one symbol share a core image.
        parameters: of the design; where a name occurs for several heads, their offsets differ.
        count: launches of it in one pass.
        plan: tiles and budgets.
    """

    name: str
    op: str
    symbol: str
    parameters: tuple[dict[str, Any], ...]
    count: int
    plan: GemmPlan | RowsPlan

    @property
    def seconds(self) -> float:
        """Predicted, of all launches without dispatch."""
        return self.count * self.plan.seconds


@dataclass(frozen=True)
class ModelPlan:
    """Everything for one static shape.

    Attributes:
        launches: in the order of a layer; the front end first, the final norm last.
        dispatch_s: predicted, of all launches.
        switch_s: predicted at most, of the changes of kernel, all heads' scores before their softmax.
    """

    device: str
    shape: ModelShape
    positions: int
    launches: tuple[Launch, ...]
    dispatch_s: float
    switch_s: float

    @property
    def compute_s(self) -> float:
        """Predicted, without dispatch and switches."""
        return sum(launch.seconds for launch in self.launches)

    @property
    def seconds(self) -> float:
        """Predicted, of one pass on the NPU."""
        return self.compute_s + self.dispatch_s + self.switch_s

    @property
    def count(self) -> int:
        """Launches of a pass."""
        return sum(launch.count for launch in self.launches)

    @property
    def published_s(self) -> float | None:
        """What somebody measured for this model on such a device; None when nobody has published it."""
        whole = self.positions >= self.shape.positions
        return predict.PUBLISHED_S.get((self.device, self.shape.name, self.shape.positions)) if whole else None


def plan_model(device: DeviceLimits, shape: ModelShape, positions: int) -> ModelPlan | Refusal:
    """Plan one pass of an encoder.

    Args:
        device: the array.
        shape: the encoder's sizes.
        positions: a bucket.
    """
    try:
        launches = tuple(_launches(device, shape, positions))
    except _Refused as refused:
        return refused.refusal
    figures = predict.FIGURES[device.name]
    count = sum(launch.count for launch in launches)
    once = sum(launch.name in _ONCE for launch in launches)
    switches = _switches([launch.symbol for launch in launches], shape.layers, once)
    return ModelPlan(device.name, shape, positions, launches, count * figures.dispatch_s, switches * figures.switch_s)


_ONCE = ("conv1", "conv2", "embed", "final_norm")


def _switches(symbols: list[str], layers: int, once: int) -> int:
    """Changes from one kernel to the next in a pass: within a layer, times the layers, and the rest."""
    front, layer, last = symbols[: once - 1], symbols[once - 1 : -1], symbols[-1:]
    order = [*front, *(layer * layers), *last]
    return sum(before != after for before, after in itertools.pairwise(order))


class _Refused(Exception):
    def __init__(self, refusal: Refusal) -> None:
        super().__init__(str(refusal))
        self.refusal = refusal


def _launches(device: DeviceLimits, shape: ModelShape, rows: int) -> Iterator[Launch]:
    make = _Maker(device, shape, rows)
    width, layers = shape.width, shape.layers
    tile = make.weight_tiles()
    yield make.first(tile)
    yield make.product("conv2", rows, TAPS * width, width, 1, tile, gelu=True, lda=2 * width)
    yield make.flat("embed", 1)
    yield make.norm("norm1", "bf16", layers)
    yield make.product("qkv", rows, width, 3 * width, layers, tile)
    yield from make.attention(layers)
    yield make.product("out", rows, width, width, layers, tile)
    yield make.flat("residual1", layers)
    yield make.norm("norm2", "bf16", layers)
    yield make.product("fc1", rows, width, shape.inner, layers, tile, gelu=True)
    yield make.product("fc2", rows, shape.inner, width, layers, tile)
    yield make.flat("residual2", layers)
    yield make.norm("final_norm", "f32", 1)


class _Maker:
    def __init__(self, device: DeviceLimits, shape: ModelShape, rows: int) -> None:
        self.device, self.shape, self.rows = device, shape, rows

    def weight_tiles(self) -> Tiles:
        """One choice for all products with weights, so that they share two core images: the quickest that all take.

        Depth and columns are those of the largest static shape, because weights are cut into such blocks once. The
        first convolution's depth is padded; nothing else need be.
        """
        whole = self._quickest(self.shape.buckets[-1], lambda tiles: True)
        return self._quickest(self.rows, lambda tiles: (tiles.k, tiles.n) == (whole.k, whole.n))

    def _quickest(self, rows: int, wanted: Callable[[Tiles], bool]) -> Tiles:
        width, inner = self.shape.width, self.shape.inner
        sizes = [(rows, width, 3 * width), (rows, width, width), (rows, width, inner), (rows, inner, width)]
        first = plan_gemm(self.device, *sizes[1], bias=True, gelu=True, exact=True)
        if isinstance(first, Refusal):
            self._planned("out", first)
        best: tuple[float, int, Tiles] | None = None
        for tiles in filter(wanted, candidates(self.device, Product(*sizes[1], exact=True))):
            plans = [plan_gemm(self.device, *size, bias=True, gelu=True, exact=True, tiles=tiles) for size in sizes]
            fitting = [plan for plan in plans if isinstance(plan, GemmPlan)]
            if len(fitting) == len(plans):
                key = sum(plan.seconds for plan in fitting), -tiles.m * tiles.n * tiles.k, tiles
                best = key if best is None or key[:2] < best[:2] else best
        if best is None:
            raise _Refused(
                Refusal("shape", width, 0, f"No tiles fit all products of {self.shape.name} on {self.device.name}.")
            )
        return best[2]

    def first(self, tiles: Tiles) -> Launch:
        """The first convolution; a row of zeros stands before its result, the padding of the second."""
        shape, rows = self.shape, 2 * self.rows
        found = plan_gemm(
            self.device, rows, TAPS * shape.mels, shape.width, bias=True, gelu=True, tiles=tiles, lda=shape.mels
        )
        plan = self._planned("conv1", found)
        assert isinstance(plan, GemmPlan)
        below = {"c_offset": shape.width, "c_elements": (rows + 1) * shape.width}
        return self._gemm("conv1", plan, 1, (below,))

    def product(self, name: str, m: int, k: int, n: int, count: int, tiles: Tiles, **options: Any) -> Launch:
        found = plan_gemm(self.device, m, k, n, bias=True, tiles=tiles, **options)
        plan = self._planned(name, found)
        assert isinstance(plan, GemmPlan)
        return self._gemm(name, plan, count, ({},))

    def attention(self, layers: int) -> Iterator[Launch]:
        shape, rows, width = self.shape, self.rows, self.shape.width
        head, wide = width // shape.heads, 3 * width
        count, whole = layers * shape.heads, rows * wide
        at = [number * head for number in range(shape.heads)]
        scores = plan_gemm(self.device, rows, head, rows, out="f32", b="transposed", lda=wide, ldb=wide, exact=True)
        mix = plan_gemm(self.device, rows, rows, head, b="rows", ldb=wide, ldc=width, exact=True)
        planned = [self._planned(name, found) for name, found in (("scores", scores), ("mix", mix))]
        assert isinstance(planned[0], GemmPlan)
        assert isinstance(planned[1], GemmPlan)
        yield self._gemm("scores", planned[0], count, tuple(
            {"a_offset": first, "b_offset": width + first, "a_elements": whole, "b_elements": whole} for first in at
        ))  # fmt: skip
        yield self._rows("softmax", "softmax", rows, rows, count, {"scale": 1 / math.sqrt(head)})
        yield self._gemm("mix", planned[1], count, tuple(
            {"b_offset": 2 * width + first, "b_elements": whole, "c_offset": first, "c_elements": rows * width}
            for first in at
        ))  # fmt: skip

    def norm(self, name: str, out: str, count: int) -> Launch:
        more = {"out": out, "epsilon": EPSILON}
        return self._rows(name, f"layernorm_{out}", self.rows, self.shape.width, count, more)

    def flat(self, name: str, count: int) -> Launch:
        return self._rows(name, "add", self.rows * self.shape.width // FLAT_TILE, FLAT_TILE, count, {})

    def _gemm(self, name: str, plan: GemmPlan, count: int, offsets: tuple[dict[str, int], ...]) -> Launch:
        product, tiles = plan.product, plan.tiles
        stored = product.b if product.b != "blocks" else ""
        words = ["gemm", "bias" * product.bias, "gelu" * product.gelu, stored, product.out]
        words.append(f"{tiles.m}x{tiles.k}x{tiles.n}")
        parameters = tuple(plan.parameters(self.device.name) | offset for offset in offsets)
        return Launch(name, "gemm", "_".join(filter(None, words)), parameters, count, plan)

    def _rows(self, name: str, kind: str, rows: int, width: int, count: int, more: dict[str, Any]) -> Launch:
        plan = self._planned(name, plan_rows(self.device, kind, rows, width))
        assert isinstance(plan, RowsPlan)
        op = kind.partition("_")[0]
        sizes = {"count": rows * width, "tile": width} if op in ("add", "gelu") else {"rows": rows, "width": width}
        parameters = {"device": self.device.name, **sizes, **more}
        return Launch(name, op, f"{plan.operator.symbol}_{width}", (parameters,), count, plan)

    def _planned(self, name: str, plan: GemmPlan | RowsPlan | Refusal) -> GemmPlan | RowsPlan:
        if isinstance(plan, Refusal):
            reason = f"{name} on {self.device.name}: {plan.reason}"
            raise _Refused(Refusal(plan.budget, plan.needed, plan.available, reason, plan.fits))
        return plan


def wanted(plan: ModelPlan | Refusal) -> ModelPlan:
    """The plan.

    Raises:
        StarlingError: ``npu.no_plan``.
    """
    if isinstance(plan, Refusal):
        raise StarlingError("npu.no_plan", plan.reason, plan.fits)
    return plan
