"""What has to be made for a model: core images, each a kernel of the xclbin, and an instruction file for each shape."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from starling.npu.planning.limits import DeviceLimits
from starling.npu.planning.model import ModelPlan, plan_model, wanted
from starling.npu.planning.shapes import ModelShape

FIRST_KERNEL_ID = 0x901
NAME_LIMIT = 31
"""xclbinutil takes ``name:instance`` up to 64 characters (amd/IRON iron/common: sequence of xclbins)."""


@dataclass(frozen=True)
class Stream:
    """One instruction file.

    Attributes:
        file: its name.
        parameters: of the design.
    """

    file: str
    parameters: dict[str, Any]


@dataclass(frozen=True)
class Image:
    """One core image.

    Attributes:
        symbol: how the plan calls it.
        kernel: its name in the xclbin.
        streams: instruction files that run on it; the first comes with the image.
    """

    symbol: str
    op: str
    kernel: str
    number: int
    streams: tuple[Stream, ...]


def plans(device: DeviceLimits, shape: ModelShape, positions: Iterable[int] = ()) -> tuple[ModelPlan, ...]:
    """The plan of every static shape.

    Raises:
        StarlingError: ``npu.no_plan``.
    """
    return tuple(wanted(plan_model(device, shape, bucket)) for bucket in positions or shape.buckets)


def images(made: Iterable[ModelPlan]) -> tuple[Image, ...]:
    """The core images of all plans, each once, with their instruction streams."""
    found: dict[str, tuple[str, dict[str, dict[str, Any]]]] = {}
    for plan in made:
        for launch in plan.launches:
            _, streams = found.setdefault(launch.symbol, (launch.op, {}))
            for parameters in launch.parameters:
                streams[stream_name(launch.symbol, parameters)] = parameters
    return tuple(
        Image(symbol, op, _kernel(symbol, number), FIRST_KERNEL_ID + number,
              tuple(Stream(file, parameters) for file, parameters in streams.items()))
        for number, (symbol, (op, streams)) in enumerate(found.items())
    )  # fmt: skip


def stream_name(symbol: str, parameters: dict[str, Any]) -> str:
    """File name of an operation's instructions: the same operation has the same one."""
    text = json.dumps(parameters, sort_keys=True)
    return f"{symbol}-{hashlib.sha256(text.encode()).hexdigest()[:12]}.insts"


def _kernel(symbol: str, number: int) -> str:
    return f"MLIR_AIE_{number}_{symbol}"[:NAME_LIMIT]
