"""The section of ``starling doctor`` on the NPU: what was found, on what evidence, and how to mend what is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from starling.npu import environment
from starling.npu.probe import probe

TOOLS = ("xrt", "vitisai", "flm", "lemonade", "mlir_aie", "peano")
NAMES = {"xrt": "XRT", "mlir_aie": "mlir-aie", "peano": "Peano"}


def section() -> dict[str, Any]:
    """Look, and run the tools that are there; with what an engine that uses XRT would be given."""
    npu = probe()
    return replace(npu, findings=(*npu.findings, *environment.look(npu).findings())).to_json()


def lines(found: dict[str, Any]) -> list[str]:
    """For people; :func:`troubles` are printed after them."""
    told = []
    if found["present"]:
        told = [_device(found), *_facts(found), *_holders(found)]
    return [*told, *_tools(found)]


def troubles(found: dict[str, Any]) -> list[str]:
    """Each reason with its own remedy; what only limits the NPU is marked less than what keeps it from working."""
    told = []
    for fault in found["faults"]:
        told.append(f"  {'!' if fault['blocks'] else '-'} {fault['reason']}")
        told += [f"    → {fault['fix']}"] if fault["fix"] else []
    return told


def _device(found: dict[str, Any]) -> str:
    state = "usable" if found["usable"] else "not usable"
    return f"{found['product']}, {found['generation']}: {state}"


def _facts(found: dict[str, Any]) -> Iterator[str]:
    facts = (("firmware", found["firmware"]), ("driver", found["driver"]), ("power mode", found["power_mode"]),
             ("device file", found["node"]))  # fmt: skip
    line = ", ".join(f"{name} {value}" for name, value in facts if value)
    if line:
        yield line


def _holders(found: dict[str, Any]) -> Iterator[str]:
    for holder in found["holders"]:
        count = holder["contexts"]
        what = f"{count} hardware context{'s' if count > 1 else ''}" if count else "its device file open"
        yield f"in use: {holder['process'] or 'process'} ({holder['pid']}) has {what}"


def _tools(found: dict[str, Any]) -> Iterator[str]:
    for key in TOOLS:
        tool = found[key]
        if tool is not None:
            name = NAMES.get(key) or tool["name"]
            yield f"{name} {tool['version']}".strip() + f": {tool.get('root') or tool['path']}"
    for module in (found["xrt"] or {}).get("pyxrt", ()):
        python = module["interpreter"] or "none here"
        yield f"XRT's Python module is for Python {module['cpython'] or 'of an unknown version'}: {python}"
    for finding in found["findings"]:
        if finding["name"] == environment.FINDING:
            yield f"XRT's environment: {finding['value']} ({finding['evidence']})"
            break
