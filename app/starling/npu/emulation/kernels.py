"""Our designs as an xclbin of the emulation: JSON that names each core image; instruction streams say the rest."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

from starling.npu.emulation import cores, iron
from starling.npu.emulation.array import program
from starling.npu.emulation.devices import FORMAT
from starling.npu.emulation.instructions import encode
from starling.npu.emulation.machine import machine
from starling.npu.xrt.kernels import KernelSet, Words
from starling.npu.xrt.lowering import Job, Lower


def emulated(
    generation: str,
    jobs: Iterable[Job],
    lower: Lower,
    block: tuple[int, int],
    folder: Path,
    unit: Literal["words", "bytes"] = "words",
) -> KernelSet:
    """The core images of these jobs. Their C++ is compiled for this machine when one is first asked for.

    Raises:
        StarlingError: ``npu.no_compiler``.
    """
    cores.compiler()
    kernels = list({job.symbol: _entry(job) for job in jobs}.values())
    contents: dict[str, Any] = {"format": FORMAT, "generation": generation, "unit": unit, "kernels": kernels}
    # The same kernels have the same uuid, as a compiler's would.
    contents["uuid"] = str(uuid.uuid5(uuid.NAMESPACE_OID, json.dumps(contents, sort_keys=True)))
    path = folder / f"whisper-{generation}.xclbin"
    path.write_text(json.dumps(contents), "utf-8")
    return KernelSet(
        generation,
        path,
        unit,
        block,
        lambda operation: _name(lower(operation)),
        lambda operation: _instructions(lower(operation)),
        lambda: machine().calls.copy(),
    )


def _instructions(job: Job) -> Words:
    """The stream; what it asks for is compiled now, not when a deadline runs."""
    program(job)
    return encode(job)


def _name(job: Job) -> str:
    return f"MLIR_AIE_{job.symbol}"


def _entry(job: Job) -> dict[str, Any]:
    """What is baked in; the rest has the design's own value."""
    data = iron.arguments(job.op, job.parameters)
    core = {name: job.parameters[name] for name in iron.core_parameters(job.op) if name in job.parameters}
    return {
        "name": _name(job),
        "symbol": job.symbol,
        "op": job.op,
        "core": core,
        "arguments": ["scalar", "instructions", "scalar", *(["data"] * len(data))],
        "result": data[-1],
    }
