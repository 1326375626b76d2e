"""What ``starling kernels`` shows: plans and results as objects for ``--json`` and as lines for people."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from starling.npu.building.checks import Checked
from starling.npu.building.jobs import stream_name
from starling.npu.planning import predict
from starling.npu.planning.gemm import GemmPlan
from starling.npu.planning.limits import DeviceLimits
from starling.npu.planning.model import Launch, ModelPlan

PREDICTION = "a prediction from published figures, not a measurement"


def plan_json(
    device: DeviceLimits, plan: ModelPlan, measured: dict[str, float], built: dict[str, Any] | None
) -> dict[str, Any]:
    """One static shape."""
    return {
        "positions": plan.positions,
        "kernels": [launch_json(launch, measured, built) for launch in plan.launches],
        "launches": plan.count,
        "predicted": {
            "what": PREDICTION,
            "seconds": plan.seconds,
            "compute_s": plan.compute_s,
            "dispatch_s": plan.dispatch_s,
            "switch_s": plan.switch_s,
            "contexts": 1,
        },
        "published_s": plan.published_s,
        "limits": {"l1": device.l1_bytes, "l2": device.l2_bytes, "program": device.program_bytes},
    }


def launch_json(launch: Launch, measured: dict[str, float], built: dict[str, Any] | None) -> dict[str, Any]:
    """One operation of it."""
    plan = launch.plan
    told = (built or {}).get(launch.symbol, {}).get("program_bytes")
    times = [measured[file] for file in map(_file(launch), launch.parameters) if file in measured]
    tiles = {"m": plan.tiles.m, "k": plan.tiles.k, "n": plan.tiles.n} if isinstance(plan, GemmPlan) else None
    return {
        "name": launch.name,
        "op": launch.op,
        "symbol": launch.symbol,
        "tiles": tiles,
        "launches": launch.count,
        "shapes": len(launch.parameters),
        "parameters": launch.parameters[0],
        "l1": plan.l1 | {"total": plan.l1_bytes},
        "l2": plan.l2 | {"total": plan.l2_bytes},
        "program_bytes": told or plan.program_bytes,
        "program_known_from": "the built object" if told else "an estimate",
        "predicted_s": plan.seconds,
        "measured_s": min(times) if times else None,
    }


def _file(launch: Launch) -> Any:
    return lambda parameters: stream_name(launch.symbol, parameters)


def plan_lines(report: dict[str, Any]) -> list[str]:
    """For people."""
    lines = [f"{report['model']['name']} on {report['device']}"]
    for plan in report["plans"]:
        lines += ["", *_shape_lines(plan)]
    lines += ["", "Predicted from:"]
    return [*lines, *(f"  {source}" for source in report["figures"])]


def _shape_lines(plan: dict[str, Any]) -> list[str]:
    predicted = plan["predicted"]
    lines = [
        f"{plan['positions']} positions, {plan['launches']} launches",
        f"  {'kernel':<11}{'tiles':<13}{'launches':>9}{'L1 KB':>8}{'L2 KB':>8}{'program KB':>12}"
        f"{'predicted':>12}{'measured':>12}",
    ]
    for kernel in plan["kernels"]:
        tiles = "x".join(map(str, kernel["tiles"].values())) if kernel["tiles"] else ""
        measured = f"{kernel['measured_s'] * 1e3:.3f} ms" if kernel["measured_s"] else "-"
        about = "" if kernel["program_known_from"] == "the built object" else "~"
        lines.append(
            f"  {kernel['name']:<11}{tiles:<13}{kernel['launches']:>9}{kernel['l1']['total'] / 1024:>8.1f}"
            f"{kernel['l2']['total'] / 1024:>8.1f}{about + format(kernel['program_bytes'] / 1024, '.1f'):>12}"
            f"{kernel['predicted_s'] * 1e3:>9.3f} ms{measured:>12}"
        )
    lines.append(
        f"  A pass: {predicted['seconds']:.3f} s ({PREDICTION}): {predicted['compute_s']:.3f} s of kernels, "
        f"{predicted['dispatch_s']:.3f} s of dispatch, at most {predicted['switch_s']:.3f} s of changing kernels."
    )
    if plan["published_s"]:
        lines.append(
            f"  Published by drakosha/whisper-xdna for this model on such a device: {plan['published_s']:.3f} s; the "
            f"prediction is {predicted['seconds'] / plan['published_s']:.2f} times that."
        )
    return lines


def figures(device: DeviceLimits) -> list[str]:
    """Where the prediction's numbers come from."""
    found = predict.FIGURES[device.name]
    rates = [f"{rate.gflops:g} GFLOP/s at {rate.intensity:g} FLOP a byte: {rate.source}" for rate in found.rates]
    return [*rates, *found.sources]


def check_lines(results: Iterable[Checked]) -> list[str]:
    """For people."""
    lines = []
    for result in results:
        took = f"{result.seconds * 1e3:.2f} ms" if result.seconds is not None else ""
        rate = f", {result.gflops:.0f} GFLOP/s" if result.gflops else ""
        if not result.gflops and took:
            took += " emulated"
        worst = f"error {result.worst:.1e}" if result.worst is not None else ""
        state = "right" if result.ok else f"WRONG: {result.problem}"
        lines.append(", ".join(filter(None, (f"{result.symbol}: {state}", worst, took))) + rate)
    return lines
