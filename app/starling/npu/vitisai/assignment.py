"""Which nodes of a model the provider says it put where: ``vitisai_ep_report.json``. Pure.

``deviceStat`` lists devices with ``name`` and ``nodeNum``; ``all`` is their sum. The NPU's nodes are under ``NPU``,
under ``VAIML`` for BF16 models, and under ``DPU`` in older releases; ``VITIS_EP_CPU`` is the provider's own work on the
CPU. A ``subgraphStat`` may tell how many subgraphs are ``Actually running on NPU``. That a provider is listed says
nothing: it stays listed when every node fell back.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starling.core.foreign import one_line
from starling.core.placement import Placement

NPU_NAMES = frozenset({"NPU", "VAIML", "DPU"})
HEAVY = frozenset(
    {"Conv", "MatMul", "Gemm", "FusedMatMul", "FusedGemm", "FusedConv", "Attention", "MultiHeadAttention"}
)
"""Operators that do the encoder's work; one of them on the CPU, and it is not the NPU's."""
UNTOLD = "operators that are not told"
_NAME_CHARACTERS = 40
_RUNNING = "actually running on npu"
_MOST_DEVICES = 100


@dataclass(frozen=True)
class Assignment:
    """The report.

    Attributes:
        npu: nodes on the NPU.
        nodes: of the whole model.
        devices: nodes by device, as the report names it.
        left: heavy operators that are on the CPU; ``UNTOLD`` where that cannot be known.
        running: subgraphs that run on the NPU; None when the report does not tell.
    """

    npu: int
    nodes: int
    devices: tuple[tuple[str, int], ...]
    left: tuple[str, ...] = ()
    running: int | None = None


def read(text: str) -> Assignment | None:
    """The assignment of a report; None when it is no report."""
    try:
        data = json.loads(text)
        entries = data["deviceStat"]
        if not isinstance(entries, list) or len(entries) > _MOST_DEVICES:
            return None
        devices = tuple((one_line(str(entry["name"]), _NAME_CHARACTERS), _count(entry["nodeNum"])) for entry in entries)
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    parts = tuple((name, count) for name, count in devices if name.lower() != "all")
    if not parts:
        return None
    return Assignment(
        npu=sum(count for name, count in parts if name.upper() in NPU_NAMES),
        nodes=max(sum(count for _, count in parts), *(count for name, count in devices if name.lower() == "all"), 0),
        devices=parts,
        left=_left(entries),
        running=_running(data.get("subgraphStat")),
    )


def placement(providers: tuple[str, ...], wanted: str, found: Assignment | None, source: str) -> Placement:
    """Where an encoder runs.

    Args:
        providers: of the session, as it lists them.
        wanted: the provider that was asked for.
        found: what the report says; None when there is none that can be read.
        source: where the report is, or why it is none.
    """
    listed = f"session providers: {', '.join(providers) or 'none'}"
    if wanted not in providers:
        return Placement("cpu", (f"{listed}: the session fell back",))
    if found is None:
        return Placement("unknown", (listed, source))
    counts = ", ".join(f"{name} {count}" for name, count in found.devices)
    evidence = [listed, f"{source}: nodes by device: {counts}"]
    if found.running is not None:
        evidence.append(f"subgraphs running on the NPU: {found.running}")
    if found.left:
        evidence.append(f"on the CPU: {', '.join(found.left)}")
    if not found.npu or found.running == 0 or 2 * found.npu < found.nodes:
        return Placement("cpu", tuple(evidence))
    return Placement("unknown" if found.left else "npu", tuple(evidence))


def _count(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise ValueError
    return value


def _left(entries: list[Any]) -> tuple[str, ...]:
    found: set[str] = set()
    for entry in entries:
        name = str(entry["name"])
        operators = entry.get("supportedOpType") if isinstance(entry, Mapping) else None
        if name.lower() == "all" or name.upper() in NPU_NAMES or not entry["nodeNum"]:
            continue
        if not isinstance(operators, list):
            return (UNTOLD,)
        found.update(str(operator).rpartition("::")[2] for operator in operators)
    return tuple(sorted(found & HEAVY))


def _running(entries: Any) -> int | None:
    """The entry's own number has no documented name, so it is the one whole number in it."""
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, Mapping) and any(str(value).strip().lower() == _RUNNING for value in entry.values()):
            numbers = [value for value in entry.values() if type(value) is int]
            return numbers[0] if len(numbers) == 1 else None
    return None
