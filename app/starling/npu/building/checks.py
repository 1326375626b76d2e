"""Checks kernels against their references: random inputs, the tolerance that is promised, the time it took."""

from __future__ import annotations

import importlib
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from starling.core.errors import StarlingError
from starling.npu.building import cache
from starling.npu.emulation.iron.package import installed
from starling.npu.planning.model import Launch
from starling.npu.xrt.bf16 import from_bf16, to_bf16
from starling.npu.xrt.layout import to_blocks

Bytes = NDArray[np.uint8]
F32 = NDArray[np.float32]

GEMM_ERROR, ROWS_ERROR, SIGNED_ERROR = 1e-2, 2e-2, 5e-4
"""Relative to max(1, |reference|): the largest, and the mean with its sign (cutting off instead of rounding shows)."""
ROWS_CHECKED = 2
"""Rounds of every core, so that fifos turn over."""
SIZES = {"bf16": 2, "f32": 4}


@dataclass(frozen=True)
class Case:
    """One launch whose result is known.

    Attributes:
        memory: the data arguments' bytes, the last one to be written.
        expected: the reference.
        read: takes the result out of the last argument's bytes.
        tolerance: of the largest error.
        flops: multiplications and additions.
    """

    memory: list[Bytes]
    expected: F32
    read: Callable[[Bytes], F32]
    tolerance: float
    flops: int


@dataclass(frozen=True)
class Checked:
    """How a kernel did.

    Attributes:
        device: ``npu1``, ``npu2``, or ``emulated npu1`` …
        seconds: of the launch.
        gflops: on hardware; None in the emulation, whose time says nothing of an NPU.
        problem: empty when it is right.
    """

    symbol: str
    op: str
    device: str
    parameters: dict[str, Any]
    worst: float | None
    mean: float | None
    tolerance: float
    seconds: float | None
    gflops: float | None
    problem: str

    @property
    def ok(self) -> bool:
        """Whether it is right."""
        return not self.problem

    def to_json(self) -> dict[str, Any]:
        """For reports."""
        return asdict(self) | {"ok": self.ok}


Run = Callable[[str, Mapping[str, Any], list[Bytes]], float]
"""Runs an operator with parameters on memory that it changes; the seconds of the launch."""


def emulated(op: str, parameters: Mapping[str, Any], memory: list[Bytes]) -> float:
    """In the emulation: the design on the emulated array, the C++ compiled by g++."""
    from starling.npu.emulation.iron import load

    program = load(op, parameters)
    begun = time.perf_counter()
    program.run(memory)
    return time.perf_counter() - begun


def small(launch: Launch, columns: int) -> dict[str, Any]:
    """The same cores on a problem that goes round twice; the other sizes of a launch are in its instructions."""
    given = dict(launch.parameters[0])
    if launch.op == "gemm":
        m, k, n = 4 * given["tile_m"] * ROWS_CHECKED, given["tile_k"] * ROWS_CHECKED, columns * given["tile_n"]
        kept = {name: given[name] for name in
                ("device", "tile_m", "tile_k", "tile_n", "dtype", "out", "bias", "gelu", "b")}  # fmt: skip
        return {**kept, "m": m, "k": k, "n": n}
    rows = 4 * columns * ROWS_CHECKED
    return {**given, "count": rows * given["tile"]} if "tile" in given else {**given, "rows": rows}


def check(symbol: str, op: str, parameters: dict[str, Any], device: str, run: Run, measured: bool) -> Checked:
    """Run one kernel and compare.

    Args:
        symbol: its name in reports.
        op: folder of its design.
        parameters: of the design.
        device: for the report.
        run: how.
        measured: the time is a device's.
    """
    tolerance = GEMM_ERROR if op == "gemm" else ROWS_ERROR
    try:
        case = make(op, parameters)
        seconds = run(op, parameters, case.memory)
    except StarlingError as error:
        return Checked(symbol, op, device, parameters, None, None, tolerance, None, None, str(error))
    except Exception as error:  # noqa: BLE001 - a fault of the emulation or the driver is this kernel's result
        text = f"{type(error).__name__}: {error}"
        return Checked(symbol, op, device, parameters, None, None, tolerance, None, None, text)
    worst, mean, problem = compare(case.read(case.memory[-1]), case.expected, tolerance)
    gflops = case.flops / seconds / 1e9 if measured and seconds > 0 else None
    return Checked(symbol, op, device, parameters, worst, mean, tolerance, seconds, gflops, problem)


def compare(result: F32, expected: F32, tolerance: float) -> tuple[float | None, float | None, str]:
    """The largest error, the mean one with the sign of a drift of size, and what is wrong."""
    if not np.isfinite(result).all():
        return None, None, "the result is not finite"
    if np.any(expected) and not np.any(result):
        return None, None, "the result is zeros, as kernels for the other generation give"
    error = (result.astype(np.float64) - expected) / np.maximum(1, np.abs(expected))
    worst, mean = float(np.abs(error).max()), float((error * np.sign(expected)).mean())
    if worst > tolerance:
        return worst, mean, f"off by {worst:.2e}, {tolerance:g} is allowed"
    if abs(mean) > SIGNED_ERROR:
        return worst, mean, f"drifts by {mean:.2e}, {SIGNED_ERROR:g} is allowed"
    return worst, mean, ""


def make(op: str, parameters: Mapping[str, Any], seed: int = 0) -> Case:
    """A case for an operator.

    Raises:
        StarlingError: ``npu.no_check``.
    """
    if op not in CASES:
        raise StarlingError("npu.no_check", f"There is no check for the kernel {op}.", "Update Starling.")
    with installed(cache.kernel_sources()):
        design = importlib.import_module(f"kernels.{op}.design")
        reference = importlib.import_module(f"kernels.{op}.reference")
        arguments = design.arguments(**parameters)
    return CASES[op](parameters, arguments, reference, np.random.default_rng([seed, len(parameters)]))


def _values(random: np.random.Generator, count: int, dtype: str) -> tuple[F32, Bytes]:
    values = random.standard_normal(count).astype(np.float32)
    if dtype == "bf16":
        packed = to_bf16(values)
        return from_bf16(packed), packed.view(np.uint8)
    return values, values.view(np.uint8)


def _numbers(memory: Bytes, dtype: str) -> F32:
    return from_bf16(memory.view(np.uint16)) if dtype == "bf16" else memory.view(np.float32)


def _matrix(flat: NDArray[Any], offset: int, rows: int, width: int, stride: int) -> NDArray[Any]:
    """Rows inside a buffer; they may overlap."""
    size = flat.itemsize
    return as_strided(flat[offset:], (rows, width), (stride * size, size), writeable=False)


def _gemm(given: Mapping[str, Any], arguments: Any, reference: Any, random: np.random.Generator) -> Case:
    m, k, n, out = given["m"], given["k"], given["n"], given.get("out", "bf16")
    a_flat, a_bytes = _values(random, arguments[0].elements, "bf16")
    b_flat, b_bytes = _values(random, arguments[1].elements, "bf16")
    a = _matrix(a_flat, given.get("a_offset", 0), m, k, given.get("lda") or k)
    how, offset = given.get("b", "blocks"), given.get("b_offset", 0)
    if how == "blocks":
        b = b_flat[: k * n].reshape(k, n)
        b_bytes = np.ascontiguousarray(to_blocks(to_bf16(b), given["tile_k"], given["tile_n"])).reshape(-1)
        b_bytes = b_bytes.view(np.uint8)
    elif how == "rows":
        b = _matrix(b_flat, offset, k, n, given.get("ldb") or n)
    else:
        b = _matrix(b_flat, offset, n, k, given.get("ldb") or k).T
    memory, bias = [a_bytes, b_bytes], None
    if given.get("bias"):
        bias, bias_bytes = _values(random, n, "f32")
        memory.append(bias_bytes)
    memory.append(np.full(arguments[-1].nbytes, 0xAA, np.uint8))

    def read(result: Bytes) -> F32:
        return _matrix(_numbers(result, out), given.get("c_offset", 0), m, n, given.get("ldc") or n)

    expected = reference.gemm(np.ascontiguousarray(a), np.ascontiguousarray(b), bias, bool(given.get("gelu")))
    return Case(memory, expected, read, GEMM_ERROR, 2 * m * k * n)


def _rows(compute: Callable[..., F32], flops: int) -> Callable[..., Case]:
    def case(given: Mapping[str, Any], arguments: Any, reference: Any, random: np.random.Generator) -> Case:
        inputs = [_values(random, entry.elements, entry.dtype) for entry in arguments[:-1]]
        out = arguments[-1]
        memory = [packed for _, packed in inputs] + [np.full(out.nbytes, 0xAA, np.uint8)]
        expected = compute(reference, given, *(values for values, _ in inputs))
        return Case(
            memory, expected, lambda result: _numbers(result, out.dtype).reshape(expected.shape), ROWS_ERROR,
            flops * out.elements,
        )  # fmt: skip

    return case


def _softmax(reference: Any, given: Mapping[str, Any], x: F32, keep: F32) -> F32:
    return np.asarray(reference.softmax(x.reshape(given["rows"], -1), keep, given["scale"]))


def _layernorm(reference: Any, given: Mapping[str, Any], x: F32, both: F32) -> F32:
    width = given["width"]
    rows = x.reshape(-1, width)
    return np.asarray(reference.layernorm(rows, both[:width], both[width:], given["epsilon"]))


CASES: dict[str, Callable[..., Case]] = {
    "gemm": _gemm,
    "softmax": _rows(_softmax, 5),
    "layernorm": _rows(_layernorm, 8),
    "gelu": _rows(lambda reference, given, x: np.asarray(reference.gelu(x)), 10),
    "add": _rows(lambda reference, given, x, y: np.asarray(reference.add(x, y)), 1),
}
"""Folder of an operator -> makes a case from its parameters, arguments and reference."""
