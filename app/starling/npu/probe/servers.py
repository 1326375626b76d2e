"""Programs that bring models to the NPU by themselves: FastFlowLM and Lemonade. Their HTTP side is not looked at."""

from __future__ import annotations

import re

from starling.npu.probe import files, smi_json
from starling.npu.probe.notes import Notes
from starling.npu.probe.smi_report import known
from starling.npu.report import Tool
from starling.npu.sysroot import Sysroot
from starling.npu.tools import run_tool

TIMEOUT_S = 2.0
FLM_FOLDERS = ("/opt/fastflowlm/bin", "/opt/fastflowlm")
FLM_FLAGS = ("ready", "amd_device_found", "kernel_ok", "memlock_ok", "all_fw_ok", "enough_cols")
FLM_WORDS = {
    "amd_device_found": "no NPU",
    "kernel_ok": "the kernel",
    "memlock_ok": "the limit of locked memory",
    "all_fw_ok": "the NPU's firmware",
    "enough_cols": "the number of columns",
}
LEMONADE_NAMES = ("lemonade-server", "lemonade", "lemond")


def flm(root: Sysroot, notes: Notes, *, run: bool) -> Tool | None:
    """FastFlowLM, and, if it may be started (``run``), what it says of this machine."""
    path = next(files.programs(root, ["flm"], (*FLM_FOLDERS, f"{files.home()}/.local/bin")), "")
    if not path:
        return None
    version, detail = "", dict[str, str]()
    if run:
        result = run_tool([str(root.path(path)), "version", "--json"], TIMEOUT_S)
        version = parse_version(result.stdout)
        notes.found("flm", version or result.problem or "its answer was not understood", f"{path} version --json")
        if not result.problem:
            result = run_tool([str(root.path(path)), "validate", "--json"], TIMEOUT_S)
            detail = parse_validate(result.stdout)
            for name, value in detail.items():
                notes.found(f"flm {name}", value, f"{path} validate --json")
        if not notes.blocked:  # else for a reason that is told already
            _flm_faults(detail, notes)
    return Tool("FastFlowLM", path, version, "", tuple(detail.items()))


def _flm_faults(detail: dict[str, str], notes: Notes) -> None:
    if detail.get("ready") != "false":
        return
    wrong = [words for name, words in FLM_WORDS.items() if detail.get(name) == "false"]
    notes.fault(
        "npu.flm_not_ready",
        f"FastFlowLM says that this machine is not ready: {', '.join(wrong) or 'no reason given'}.",
        "Run: flm validate",
        blocks=False,
    )


def parse_version(text: str) -> str:
    """``{ "version": "0.9.46" }``, or the first version in any other text."""
    told = known(smi_json.dig(smi_json.load(text), "version"))
    return told or first_version(text)


def first_version(text: str) -> str:
    """The first ``1.2`` or ``1.2.3`` in a text."""
    match = re.search(r"(?<![0-9.])[0-9]{1,6}\.[0-9]{1,6}(\.[0-9]{1,6})?(?![0-9])", text[:2000])
    return match[0] if match else ""


def parse_validate(text: str) -> dict[str, str]:
    """The flags, versions and limit that ``flm validate --json`` tells; empty for anything else."""
    told = smi_json.load(text)
    if not isinstance(told, dict):
        return {}
    flags = {name: str(told[name]).lower() for name in FLM_FLAGS if isinstance(told.get(name), bool)}
    for name in ("kernel", "drm_version", "memlock_limit"):
        if value := known(told.get(name)):
            flags[name] = value
    devices = told.get("devices")
    first = devices[0] if isinstance(devices, list) and devices and isinstance(devices[0], dict) else {}
    firmware = [known(first.get(f"fw_{part}")) for part in ("major", "minor", "patch", "build")]
    if all(firmware):
        flags["firmware"] = ".".join(firmware)
    if value := known(first.get("cols")):
        flags["columns"] = value
    return flags


def lemonade(root: Sysroot, notes: Notes, *, run: bool) -> Tool | None:
    """Lemonade's server program; started for its version if it may be."""
    path = next(files.programs(root, LEMONADE_NAMES, ("/opt/lemonade/bin", f"{files.home()}/.local/bin")), "")
    if not path:
        return None
    version = ""
    if run:
        result = run_tool([str(root.path(path)), "--version"], TIMEOUT_S)
        version = first_version(result.stdout)
        notes.found("lemonade", version or result.problem or "its answer was not understood", f"{path} --version")
    return Tool("Lemonade", path, version)
