"""From what the encoder asks to the designs below ``kernels/``, with the planner's tiles. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starling.core.errors import StarlingError
from starling.npu.planning.limits import device as limits
from starling.npu.planning.model import ModelPlan, plan_model, wanted
from starling.npu.planning.shapes import ModelShape
from starling.npu.xrt.operations import Add, Gelu, LayerNorm, Linear, Mix, Operation, Scores, Softmax

Value = int | float | str | bool
Meaning = tuple[Value, ...]
"""What an operation computes, whatever the tiles."""


@dataclass(frozen=True)
class Job:
    """One operation as a design computes it.

    Attributes:
        op: the folder below ``kernels/``.
        symbol: of the core image; jobs of one symbol share it.
        parameters: of its ``design``.
    """

    op: str
    symbol: str
    parameters: Mapping[str, Value]


Lower = Callable[[Operation], Job]


class Lowering:
    """The planner's launches, found by what they compute.

    Args:
        device: ``npu1`` or ``npu2``.
        model: the encoder.

    Attributes:
        block: rows and columns of the blocks that weights are cut into.
        jobs: everything that the kernels of this model are asked.

    Raises:
        StarlingError: ``npu.no_plan``.
    """

    def __init__(self, device: str, model: ModelShape) -> None:
        plans = [wanted(plan_model(limits(device), model, positions)) for positions in model.buckets]
        self.jobs = {job_meaning(job): job for plan in plans for job in _jobs(plan)}
        blocks = {_block(job) for job in self.jobs.values() if job.parameters.get("b") == "blocks"}
        if len(blocks) != 1:
            raise AssertionError(f"weights are cut once, not into {blocks}")
        (self.block,) = blocks

    def __call__(self, operation: Operation) -> Job:
        """The job of an operation.

        Raises:
            StarlingError: ``npu.not_planned``.
        """
        try:
            return self.jobs[meaning(operation)]
        except KeyError:
            raise StarlingError(
                "npu.not_planned", f"The kernels are not planned for {operation}.", "Please report it."
            ) from None


def _jobs(plan: ModelPlan) -> list[Job]:
    return [Job(launch.op, launch.symbol, told) for launch in plan.launches for told in launch.parameters]


def _block(job: Job) -> tuple[int, int]:
    return int(job.parameters["tile_k"]), int(job.parameters["tile_n"])


def job_meaning(job: Job) -> Meaning:
    """What a job computes."""
    told: Mapping[str, Any] = job.parameters
    if job.op != "gemm":
        return (job.op, *(told[name] for name in _SIZES[job.op]))
    k, n = told["k"], told["n"]
    dense = {"blocks": 0, "rows": n, "transposed": k}[told["b"]]
    return _product(
        told["out"], told["bias"], told["gelu"], told["b"], (told["m"], k, n),
        (told.get("lda") or k, told.get("ldb") or dense, told.get("ldc") or n),
        (told.get("a_offset", 0), told.get("b_offset", 0), told.get("c_offset", 0)),
    )  # fmt: skip


_SIZES = {
    "softmax": ("rows", "width", "scale"),
    "layernorm": ("rows", "width", "out", "epsilon"),
    "gelu": ("count",),
    "add": ("count",),
}


def meaning(operation: Operation) -> Meaning:
    """What an operation computes."""
    match operation:
        case Linear(m, k, n, lda, ldc, c_offset, gelu):
            return _product("bf16", True, bool(gelu), "blocks", (m, k, n), (lda, 0, ldc), (0, 0, c_offset))
        case Scores(m, k, n, lda, a_offset, ldb, b_offset):
            return _product("f32", False, False, "transposed", (m, k, n), (lda, ldb, n), (a_offset, b_offset, 0))
        case Mix(m, k, n, ldb, b_offset, ldc, c_offset):
            return _product("bf16", False, False, "rows", (m, k, n), (k, ldb, ldc), (0, b_offset, c_offset))
        case Softmax(rows, width, scale):
            return ("softmax", rows, width, scale)
        case LayerNorm(rows, width, epsilon, wide):
            return ("layernorm", rows, width, "f32" if wide else "bf16", epsilon)
        case Gelu(count):
            return ("gelu", count)
        case Add(count):
            return ("add", count)


def _product(
    out: str,
    bias: bool,
    gelu: bool,
    b: str,
    sizes: tuple[int, int, int],
    strides: tuple[int, int, int],
    offsets: tuple[int, int, int],
) -> Meaning:
    return ("gemm", out, bias, gelu, b, *sizes, *strides, *offsets)
