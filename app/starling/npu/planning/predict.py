"""Predicted times, from figures that others published. None of them is a measurement of this machine.

A product is bound by the cores when it has many operations for each byte, and by its transfers when it has few: its
rate is interpolated between published rates of such products. A row operator is bound by the streams of the array (its
arithmetic is not published, so this is the least it takes). Every launch has a dispatch, every change of kernel a
switch.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from starling.npu.planning.limits import DeviceLimits

GIGA = 1e9


@dataclass(frozen=True)
class Rate:
    """A published product: operations for each byte of A, B and C, and its rate in GFLOP/s."""

    intensity: float
    gflops: float
    source: str


@dataclass(frozen=True)
class Figures:
    """Of one generation.

    Attributes:
        rates: products in bfloat16, fewest operations a byte first.
        int8: how much faster int8 is.
        dispatch_s: of a launch in a run list.
        switch_s: from one kernel to another; published for contexts, the most that it can be inside one.
        clock_hz: of the array's streams.
        sources: of the last three.
    """

    rates: tuple[Rate, ...]
    int8: float
    dispatch_s: float
    switch_s: float
    clock_hz: float
    sources: tuple[str, ...]


_DRAKOSHA = "drakosha/whisper-xdna README, 8845HS"
_JONAS = "Jonas-Augustinus-Linus/ryzen-npu-linux, mlir-aie 1.4.1, 8 columns"
STREAM_BYTES = 4
"""A stream carries so many in a cycle."""

FIGURES: dict[str, Figures] = {
    "npu1": Figures(
        rates=(
            Rate(59.1, 386, f"{_DRAKOSHA}: 1536x64x1536"),
            Rate(256.0, 1561, f"{_DRAKOSHA}: mean of 1536x1536x384, 1536x5120x1280, 1536x1280x1280"),
        ),
        int8=1.33,
        dispatch_s=27.7e-6,
        switch_s=2.81e-3 / 2,
        clock_hz=1.0e9,
        sources=(
            f"int8: {_DRAKOSHA}",
            "dispatch: xrt-smi validate cmd-chain on Phoenix",
            f"switch: {_DRAKOSHA}, a pair takes 2.81 ms",
            "clock: the lower end of AMD's 1.0 to 1.3 GHz",
        ),
    ),
    "npu2": Figures(
        rates=(
            Rate(170.7, 1150, f"{_JONAS}: 512x512x512"),
            Rate(682.7, 2800, "plain bf16 on the whole array, as practitioners report (4640 through bfp16)"),
        ),
        int8=6650 / 2800,
        dispatch_s=18.7e-6,
        switch_s=2.67e-3,
        clock_hz=1.8e9,
        sources=(
            f"int8: {_JONAS}, 2048x2048x2048",
            "dispatch: xrt-smi validate cmd-chain on Strix",
            "switch: atassis, 2.67 ms a context switch",
            "clock: DPM table of amd/xdna-driver npu4_regs.c",
        ),
    ),
}

PUBLISHED_S: dict[tuple[str, str, int], float] = {
    ("npu1", "tiny", 1500): 0.484,
    ("npu1", "small", 1500): 1.507,
    ("npu1", "large-v3-turbo", 1500): 3.344,
    ("npu1", "large-v3", 1500): 3.990,
}
"""(device, model, positions) -> seconds that somebody measured for a whole encoder: drakosha/whisper-xdna README.
Parts of that encoder run on the CPU between the launches, which no figure here covers: small models spend most of their
time there."""


def rate(device: DeviceLimits, intensity: float, dtype: str = "bf16") -> float:
    """FLOP/s of a product with so many operations for each byte."""
    figures = FIGURES[device.name]
    first, last = figures.rates[0], figures.rates[-1]
    if intensity <= first.intensity:
        gflops = first.gflops * intensity / first.intensity  # bound by its transfers
    else:
        span = math.log(last.intensity / first.intensity)
        share = min(1.0, math.log(intensity / first.intensity) / span)
        gflops = first.gflops + share * (last.gflops - first.gflops)
    return gflops * GIGA * (figures.int8 if dtype == "i8" else 1)


def gemm_seconds(device: DeviceLimits, m: int, k: int, n: int, dtype: str, size: int, out: int) -> float:
    """Of one product, without its dispatch."""
    flops = 2 * m * k * n
    # Published rates are of two bytes a value; other types move others for the same operations.
    moved = size * (m * k + k * n) + out * m * n
    return flops / rate(device, flops / moved, dtype)


def rows_seconds(device: DeviceLimits, inputs: Sequence[int], output: int) -> float:
    """Of one row operator, without its dispatch: each input has one channel in every column, the result another."""
    return max(*inputs, output) / (device.columns * STREAM_BYTES * FIGURES[device.name].clock_hz)
