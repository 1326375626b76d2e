"""Row operators, as ``kernels/common/rows.py`` lays them out."""

from __future__ import annotations

from dataclasses import dataclass

from starling.npu.planning import predict
from starling.npu.planning.dma import check_transfer
from starling.npu.planning.limits import DeviceLimits
from starling.npu.planning.program import ROWS_PROGRAM
from starling.npu.planning.refusal import Refusal, Refused, within

STACK_BYTES = 2048
LANES = 16
"""A unit is a multiple of so many values."""
BYTES = {"bf16": 2, "f32": 4}


@dataclass(frozen=True)
class RowOperator:
    """What one operator moves and keeps.

    Attributes:
        inputs: types of the units that come.
        output: of the unit that goes.
        parameter: float32 values broadcast to every core, as a multiple of the unit.
        scratch: float32 values kept besides, alike.
        scalars: at run time, besides the three that every core gets.
        workers: cores used of a column.
        longest: values of a unit that the kernel was written for.
        units: a unit is a ``row`` or a run of ``tile`` values of a flat buffer.
    """

    symbol: str
    inputs: tuple[str, ...]
    output: str
    parameter: int = 0
    scratch: int = 0
    scalars: int = 0
    workers: int = 4
    longest: int = 1 << 20
    flops: int = 1


OPERATORS: dict[str, RowOperator] = {
    "softmax": RowOperator("softmax_bf16", ("f32",), "bf16", 1, 1, 1, longest=1536, flops=5),
    "layernorm_bf16": RowOperator("layernorm_bf16", ("f32",), "bf16", 2, 1, 1, longest=1280, flops=8),
    "layernorm_f32": RowOperator("layernorm_f32", ("f32",), "f32", 2, 1, 1, longest=1280, flops=8),
    "gelu": RowOperator("gelu_bf16", ("bf16",), "bf16", flops=10),
    "add": RowOperator("add_f32", ("f32", "bf16"), "f32", workers=2),
}


@dataclass(frozen=True)
class RowsPlan:
    """What it takes and how long it is predicted to last."""

    operator: RowOperator
    rows: int
    width: int
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
        """Of a mem tile."""
        return sum(self.l2.values())


def plan_rows(device: DeviceLimits, name: str, rows: int, width: int) -> RowsPlan | Refusal:
    """Check a row operator against every budget.

    Args:
        device: the array.
        name: of :data:`OPERATORS`.
        rows: how many units.
        width: values of a unit.
    """
    operator = OPERATORS[name]
    if width < LANES or width % LANES:
        return Refusal("shape", width, width - width % LANES, f"{width} values are no multiple of {LANES}.",
                       f"{max(LANES, width - width % LANES)} would fit.")  # fmt: skip
    if rows < operator.workers or rows % operator.workers:
        return Refusal("shape", rows, rows - rows % operator.workers,
                       f"{rows} rows do not divide among the {operator.workers} cores of a column.",
                       f"{-(-max(rows, 1) // operator.workers) * operator.workers} would fit.")  # fmt: skip
    try:
        return _fitted(device, operator, rows, width)
    except Refused as refused:
        return refused.refusal


def _fitted(device: DeviceLimits, operator: RowOperator, rows: int, width: int) -> RowsPlan:
    l1, l2 = l1_parts(operator, width), l2_parts(operator, width)
    fits = f"Rows of {operator.longest} fit at most." if operator.longest < 1 << 20 else "Shorter runs fit."
    within("L1", f"a row of {width} and its buffers", sum(l1.values()), device.l1_bytes, fits=fits)
    within("L2", f"rows of {width} for a column's cores", sum(l2.values()), device.l2_bytes, fits=fits)
    within("L1", f"rows of {operator.symbol}", width, operator.longest, "values", fits)
    within("program", f"the function {operator.symbol}", ROWS_PROGRAM, device.program_bytes)
    outgoing = len(operator.inputs) * operator.workers + (1 if operator.parameter else 0) + 1
    within("channels", "ways out of a mem tile", outgoing, device.mem_channels, "channels", "Use fewer cores.")
    for dtype in (*operator.inputs, operator.output):
        check_transfer("rows", device.shim, (rows * width,), (1,), BYTES[dtype])
    moved = [rows * width * BYTES[dtype] for dtype in operator.inputs]
    seconds = predict.rows_seconds(device, moved, rows * width * BYTES[operator.output])
    return RowsPlan(operator, rows, width, l1, l2, ROWS_PROGRAM, seconds)


def l1_parts(operator: RowOperator, width: int) -> dict[str, int]:
    """Bytes of a core: both halves of what comes and goes, the parameter, the scratch, scalars and stack."""
    return {
        "inputs": 2 * sum(BYTES[dtype] * width for dtype in operator.inputs),
        "output": 2 * BYTES[operator.output] * width,
        "parameter": 4 * operator.parameter * width,
        "scratch": 4 * operator.scratch * width,
        "scalars": 4 * (3 + operator.scalars),
        "stack": STACK_BYTES,
    }


def l2_parts(operator: RowOperator, width: int) -> dict[str, int]:
    """Bytes of a mem tile: a unit for each core, twice."""
    both = (*operator.inputs, operator.output)
    return {
        "units": 2 * operator.workers * sum(BYTES[dtype] * width for dtype in both),
        "parameter": 4 * operator.parameter * width,
    }
