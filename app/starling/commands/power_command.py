"""``starling power show`` and ``starling power set MODE``."""

from __future__ import annotations

import argparse
import json
from typing import Any

from starling.commands.options import add_json, load_settings
from starling.core.errors import StarlingError
from starling.npu.power import mains, modes, reading, setting
from starling.npu.power.modes import Mode
from starling.npu.power.setting import Change, Way
from starling.npu.probe import probe
from starling.npu.report import Npu
from starling.npu.sysroot import Sysroot
from starling.settings.store import Settings

WAYS = {
    "helper": "the system asks for an administrator's password",
    "direct": "nothing is asked",
    "none": "only root may",
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    show = actions.add_parser("show", help="the power mode, and who may set it", description="The NPU's power mode.")
    show.set_defaults(run=run_show)
    change = actions.add_parser(
        "set", help="set the power mode", description="Set the NPU's power mode and read it back."
    )
    change.add_argument("mode", type=_mode, metavar="|".join(Mode))
    change.set_defaults(run=run_set)
    add_json(show)
    add_json(change)


def _mode(text: str) -> Mode:
    try:
        return modes.parse(text)
    except StarlingError as error:
        raise argparse.ArgumentTypeError(f"{error.message} {error.fix}") from None


def run_show(options: argparse.Namespace) -> int:
    """Report the mode, the power source and the way to set it; whatever it finds, that is a report."""
    root = Sysroot.current()
    npu = probe(root, tools=False)
    told, way = reading.look(npu, root), setting.find_way(npu, root)
    report = _report(npu, told, way, mains.on_mains(root), load_settings())
    print(json.dumps({"power": report}, ensure_ascii=False, indent=2) if options.json else "\n".join(_lines(report)))
    return 0


def run_set(options: argparse.Namespace) -> int:
    """Set the mode; fails with the reason when the NPU is not in it afterwards."""
    root = Sysroot.current()
    made: Change | None = None
    try:
        made = setting.change(options.mode, probe(root, tools=False), root)
        error = setting.doubt(made)
    except StarlingError as failure:
        error = failure
    if options.json:
        print(json.dumps({"power": _changed(options.mode, made, error)}, ensure_ascii=False, indent=2))
    elif made is not None and error is None:
        already = " already" if made.way == "none" else ""
        print(f"The NPU is in the power mode {made.now}{already}.")
    if error is not None:
        raise error
    return 0


def _changed(asked: Mode, made: Change | None, error: StarlingError | None) -> dict[str, Any]:
    return {
        "asked": asked,
        "before": made.before if made else None,
        "mode": made.now if made else None,
        "evidence": made.evidence if made else "",
        "way": made.way if made else "none",
        "error": error.to_json() if error else None,
    }


def _report(npu: Npu, told: reading.Reading, way: Way, plugged: bool | None, settings: Settings) -> dict[str, Any]:
    return {
        "present": npu.present,
        "mode": told.mode,
        "evidence": told.evidence,
        "problem": told.problem,
        "mains": plugged,
        "way": way.kind if npu.present else "none",
        "why": way.why if npu.present else told.problem,
        "command": way.command if npu.present else "",
        "modes": list(Mode),
        "rule": _rule(settings),
    }


def _lines(report: dict[str, Any]) -> list[str]:
    if not report["present"]:
        return ["There is no NPU here, so there is no power mode. starling doctor tells why."]
    source = {True: "mains", False: "battery", None: "not known"}[report["mains"]]
    rule = report["rule"]
    automatic = f"{rule['on_mains']} on mains, {rule['on_battery']} on battery" if rule["automatic"] else "off"
    mode = report["mode"] or f"not known: {report['problem']}"
    way = WAYS[report["way"]] + (f" ({report['why']})" if report["why"] else "")
    lines = [
        f"Power mode    {mode}" + (f"   ({report['evidence']})" if report["evidence"] else ""),
        f"Power source  {source}",
        f"Automatic     {automatic}",
        f"To set it     {way}",
    ]
    return [*lines, f"By hand       {report['command']}"] if report["way"] == "none" else lines


def _rule(settings: Settings) -> dict[str, Any]:
    return {
        "automatic": settings.get("power.automatic"),
        "on_mains": settings.get("power.on_mains"),
        "on_battery": settings.get("power.on_battery"),
        "restore": settings.get("power.restore"),
    }
