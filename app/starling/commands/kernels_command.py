"""``starling kernels list|plan|build|check|clean``."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from starling.commands import kernels_text
from starling.commands.options import add_json
from starling.core.errors import StarlingError
from starling.models import library
from starling.npu import building, emulation
from starling.npu.building import cache, checks, measured, report, toolchain
from starling.npu.building.build import build
from starling.npu.building.checks import Checked
from starling.npu.building.jobs import images, plans, stream_name
from starling.npu.planning import shapes
from starling.npu.planning.limits import DEVICES, DeviceLimits, device
from starling.npu.planning.shapes import KNOWN, ModelShape
from starling.npu.probe import probe
from starling.npu.report import Npu
from starling.npu.xrt.encoder_weights import FILE
from starling.npu.xrt.kernels import GENERATIONS

DEFAULT_MODEL = "starter"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    actions = parser.add_subparsers(metavar="ACTION", required=True)

    def action(name: str, run: Callable[[argparse.Namespace], int], summary: str) -> argparse.ArgumentParser:
        sub = actions.add_parser(name, help=summary, description=summary.capitalize() + ".")
        sub.add_argument("--device", choices=tuple(DEVICES), help="the one here if not given")
        sub.add_argument("--model", metavar="NAME", help="a Whisper size or an installed model")
        add_json(sub)
        sub.set_defaults(run=run)
        return sub

    action("list", run_list, "the kernels there are, what is built, and whether it can be built here")
    planning = action("plan", run_plan, "tiles, buffers and predicted times; nothing is built")
    building_ = action("build", run_build, "compile a model's kernels for the NPU; takes up unfinished builds")
    checking = action("check", run_check, "run each kernel, on the NPU or in its emulation, and compare the result")
    action("clean", run_clean, "delete what was built")
    for sub in (planning, building_, checking):
        sub.add_argument(
            "--positions", type=int, choices=shapes.BUCKETS, help="only this static shape; all of the model's if not"
        )
        sub.add_argument("--report", metavar="FILE", help="write one file to attach to an issue; .json or text")


def run_list(options: argparse.Namespace) -> int:
    """Kernels, builds, toolchain; whatever it finds, that is a report."""
    folder = cache.kernel_sources()
    kernels = sorted(path.parent.name for path in folder.glob("*/design.py"))
    builds = [_build_json(place) for place in cache.entries() if _wanted(place, options)]
    tools = _tools_json()
    if options.json:
        _print({"kernels": kernels, "folder": str(folder), "builds": builds, "toolchain": tools})
        return 0
    print(f"Kernels    {', '.join(kernels)}")
    for built in builds:
        print(f"Built      {built['model'] or built['folder']} for {built['device']}: {built['problem'] or 'whole'}")
    if not builds:
        print("Built      nothing yet")
    print(f"Toolchain  {tools['problem'] or ', '.join(f'{name} {text}' for name, text in tools['versions'].items())}")
    return 0


def _wanted(place: Path, options: argparse.Namespace) -> bool:
    named = not options.model or place.name.rpartition("-")[0] == cache.safe(options.model)
    return named and options.device in (None, place.parent.name)


def _build_json(place: Path) -> dict[str, Any]:
    told = {"folder": str(place), "device": place.parent.name, "model": "", "versions": {}, "problem": ""}
    try:
        built = cache.read(place)
        return told | {"model": built.model.name, "versions": built.versions}
    except StarlingError as error:
        return told | {"problem": error.message}


def _tools_json() -> dict[str, Any]:
    try:
        return {"found": True, "versions": dict(toolchain.find().versions), "problem": ""}
    except StarlingError as error:
        return {"found": False, "versions": {}, "problem": str(error)}


def run_plan(options: argparse.Namespace) -> int:
    """What a build would make of a model."""
    limits, model = _device(options), _model(options)
    made = _plan(limits, model, options)
    _report(options, made, [])
    if options.json:
        _print(made)
    else:
        print("\n".join(kernels_text.plan_lines(made)))
    return 0


def _plan(limits: DeviceLimits, model: ModelShape, options: argparse.Namespace) -> dict[str, Any]:
    found = building.find(limits.name, model)
    known = measured.read(limits.name)
    kernels = found.kernels if found else None
    whole = plans(limits, model, _positions(options))
    return {
        "device": limits.name,
        "model": model.to_json(),
        "plans": [kernels_text.plan_json(limits, plan, known, kernels) for plan in whole],
        "images": len(images(whole)),
        "figures": kernels_text.figures(limits),
        "built": building.why_not(limits.name, model) or "yes",
    }


def run_build(options: argparse.Namespace) -> int:
    """Build, with a line for each step on stderr."""
    limits, model = _device(options), _model(options)
    npu = _here()
    if npu and npu != limits.name:
        print(f"starling: this machine's NPU is {npu}; kernels for {limits.name} do not run on it.", file=sys.stderr)

    def told(number: int, count: int, text: str) -> None:
        print(f"[{number}/{count}] {text}", file=sys.stderr, flush=True)

    try:
        result = build(limits, model, toolchain.find(), told, _positions(options))
    except KeyboardInterrupt:
        raise StarlingError(
            "cli.interrupted", "Interrupted.", "Finished steps are kept; starling kernels build goes on."
        ) from None
    except StarlingError:
        _report(options, {"device": limits.name, "model": model.to_json()}, [])
        raise
    _report(options, _plan(limits, model, options), [])
    if options.json:
        _print({"folder": str(result.built.folder), "xclbin": str(result.built.xclbin), "device": limits.name,
                "model": model.name, "steps_run": result.ran, "steps_kept": result.kept,
                "from_cache": result.ran == 0 and result.kept == 0, "kernels": result.built.kernels})  # fmt: skip
    else:
        cached = " (built before)" if not result.ran and not result.kept else ""
        print(f"{model.name} for {limits.name}: {result.built.folder}{cached}")
    return 0


def run_check(options: argparse.Namespace) -> int:
    """Run every core image once; exit code 1 when one is wrong."""
    limits, model = _device(options), _model(options)
    positions = _positions(options) or (shapes.bucket_for(1) if model.short_context else model.buckets[0],)
    (plan,) = plans(limits, model, positions)
    launches = list({launch.symbol: launch for launch in plan.launches}.values())
    results: list[Checked] = []
    if emulation.wanted():
        for launch in launches:
            given = checks.small(launch, limits.columns)
            name = f"emulated {limits.name}"
            results.append(checks.check(launch.symbol, launch.op, given, name, checks.emulated, False))
            _told(results[-1], options)
    else:
        run = _hardware(limits, model)
        for launch in launches:
            results.append(checks.check(launch.symbol, launch.op, launch.parameters[0], limits.name, run, True))
            _told(results[-1], options)
        files = [stream_name(launch.symbol, launch.parameters[0]) for launch in launches]
        measured.keep(limits.name, zip(files, results, strict=True))
    if options.json:
        _print({"device": limits.name, "emulated": emulation.wanted(), "model": model.name,
                "checks": [result.to_json() for result in results]})  # fmt: skip
    _report(options, _plan(limits, model, options), [result.to_json() for result in results])
    return 0 if all(result.ok for result in results) else 1


def _told(result: Checked, options: argparse.Namespace) -> None:
    if not options.json:
        print("\n".join(kernels_text.check_lines([result])), flush=True)


def _hardware(limits: DeviceLimits, model: ModelShape) -> checks.Run:
    from starling.npu.building.hardware import Hardware
    from starling.npu.xrt import driver

    here = _here()
    if here != limits.name:
        raise StarlingError(
            "npu.wrong_generation" if here else "npu.no_device",
            f"This machine has {f'an NPU of the kind {here}' if here else 'no NPU'}: kernels for {limits.name} cannot "
            "be checked on it.",
            "To check them without one: STARLING_NPU=emulated starling kernels check",
        )
    built = building.found(limits.name, model)
    return Hardware(driver.load(), built).run


def run_clean(options: argparse.Namespace) -> int:
    """Delete builds, all of them or those of a device or a model."""
    count, freed = cache.clean(options.device or "", options.model or "")
    if options.json:
        _print({"removed": count, "bytes": freed})
    else:
        print(f"{count} builds removed, {freed / 1e6:.1f} MB")
    return 0


def _here() -> str:
    return GENERATIONS.get(probe(tools=False).device_id, "")


def _device(options: argparse.Namespace) -> DeviceLimits:
    if options.device:
        return device(options.device)
    if emulation.wanted():
        from starling.npu.emulation.machine import machine

        return device(machine().generation)
    if here := _here():
        return device(here)
    raise StarlingError("npu.no_device", "There is no NPU here to choose kernels for.", "Add --device npu1 or npu2.")


def _model(options: argparse.Namespace) -> ModelShape:
    """An installed model by its weights, or a Whisper size by its published configuration."""
    name = options.model or DEFAULT_MODEL
    if name in KNOWN:
        return KNOWN[name]
    info = library.find(name, "whisper-ct2")
    path = info.path / FILE
    if not path.is_file():
        raise StarlingError(
            "npu.model_shape", f"The model {name} has no {FILE} for the NPU.", f"Use one of {', '.join(KNOWN)}."
        )
    return shapes.of_file(info.name, path, bool(getattr(info, "short_context", False)))


def _positions(options: argparse.Namespace) -> tuple[int, ...]:
    return (options.positions,) if options.positions else ()


def _report(options: argparse.Namespace, plan: dict[str, Any], results: list[dict[str, Any]]) -> None:
    if options.report:
        contents = report.make(_npu_json(probe(tools=False)), _tools_json(), plan, results)
        report.write(Path(options.report).expanduser(), contents)
        print(f"starling: the report is in {options.report}.", file=sys.stderr)


def _npu_json(npu: Npu) -> dict[str, str]:
    return {
        "product": npu.product,
        "generation": npu.generation,
        "driver": npu.driver,
        "firmware": npu.firmware,
        "xrt": npu.xrt.version if npu.xrt else "",
    }


def _print(report: dict[str, Any]) -> None:
    print(json.dumps(report, ensure_ascii=False, indent=2, default=str))
