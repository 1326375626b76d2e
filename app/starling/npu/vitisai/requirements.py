"""Whether AMD's provider can run a model of speech on this machine, and with which environment. Pure but for XRT's."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from starling.npu.environment import xrt_environment
from starling.npu.report import Npu, Tool, versions
from starling.npu.sysroot import Sysroot
from starling.npu.vitisai.options import REPORT, REPORT_VARIABLE

INSTALLATION = "RYZEN_AI_INSTALLATION_PATH"
_INSTALL = (
    "Install Ryzen AI software 1.8 for Linux (./install_ryzen_ai.sh -a yes -p FOLDER/venv) and set "
    f"{INSTALLATION}=FOLDER/venv."
)
_SYSTEM_LIBRARIES = "/lib/x86_64-linux-gnu"


@dataclass(frozen=True)
class Hindrance:
    """Why it cannot be tried: one clause, and what to do."""

    why_not: str
    fix: str = ""


def hindrance(npu: Npu, model: str = "Whisper", instead: str = "Use the provider xrt, or legacy.") -> Hindrance | None:
    """What stands in the way of a model of this kind; None when it may be tried. ``instead``: what serves on XDNA1."""
    if not npu.present:
        return Hindrance("no AMD Ryzen AI NPU was found")
    if npu.generation == "XDNA1":
        what = f"Vitis AI runs no {model} on {npu.product or 'XDNA1'}, where it has INT8 models of images only"
        return Hindrance(f"{what}: {model} needs XDNA2", instead)
    if npu.generation != "XDNA2":
        return Hindrance(f"Vitis AI is not known to support the NPU {npu.device_id or 'of this machine'}")
    if not npu.usable:
        fault = next((fault for fault in npu.faults if fault.blocks), None)
        return Hindrance(fault.reason.rstrip("."), fault.fix) if fault else Hindrance("the NPU cannot be used")
    if npu.vitisai is None:
        return Hindrance("AMD's Ryzen AI software was not found", _INSTALL)
    if not npu.vitisai.interpreter:
        return Hindrance(f"the Ryzen AI software in {npu.vitisai.path} has no Python that can be run", _INSTALL)
    return None


def environment(npu: Npu, tool: Tool, root: Sysroot) -> dict[str, str]:
    """The variables that AMD's Python gets on top of ours, as its ``docs/linux.rst`` and XRT's setup.sh have them."""
    variables = dict(xrt_environment(npu, root))
    place = str(root.path(tool.path))
    libraries = [_SYSTEM_LIBRARIES, f"{place}/onnxruntime/lib"]
    held = variables.get("LD_LIBRARY_PATH") or os.environ.get("LD_LIBRARY_PATH", "")
    variables["LD_LIBRARY_PATH"] = os.pathsep.join([*libraries, *filter(None, held.split(os.pathsep))])
    variables[INSTALLATION] = place
    variables[REPORT_VARIABLE] = REPORT
    return variables


def bound(npu: Npu, tool: Tool) -> tuple[tuple[str, str], ...]:
    """What a proof is bound to."""
    return (*versions(npu), *tool_versions(tool))


def compiled_for(npu: Npu, tool: Tool) -> tuple[tuple[str, str], ...]:
    """What a compiled model is bound to: provider, driver, firmware."""
    kept = ("driver", "firmware")
    return tuple(pair for pair in versions(npu) if pair[0] in kept) + tool_versions(tool)


def tool_versions(tool: Tool) -> tuple[tuple[str, str], ...]:
    """The version of AMD's software and of each of its packages."""
    packages: Mapping[str, str] = dict(tool.detail)
    return (("ryzen ai", tool.version), *(pair for pair in sorted(packages.items()) if not pair[1].startswith("/")))
