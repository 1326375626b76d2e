"""The programs of a faked machine: xrt-smi, flm, lemonade-server, dmesg; good ones, and ones that hang or babble."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from pathlib import Path

HANG = "exec sleep 600"
GARBAGE = "\x1b[31m<html>{{{ \u2603 not json, not a report\x00\x01 ]]"
HALF_JSON = '{"system": {"host": {"xrt": {"version": "2.2'
NO_DEVICE = "System Configuration\n  OS Name              : Linux\n\nDevice(s) Present\n  0 devices found\n"
MEMLOCK_ERROR = (
    "[xrt-smi] ERROR: mmap(addr=0x7f0000000000, len=67108864, prot=3, flags=8209, offset=4294967296) failed "
    "(err=-11): Resource temporarily unavailable"
)
LOG = {
    "firmware_mismatch": "[    4.1] amdxdna 0000:c6:00.1: [drm] *ERROR* aie2_check_protocol: Incompatible firmware "
    "protocol major 7 minor 2\n[    4.2] amdxdna 0000:c6:00.1: [drm] *ERROR* aie2_hw_start: firmware is not alive\n",
    "": "[    4.1] [drm] Initialized amdxdna_accel_driver 0.6.0 for 0000:c6:00.1 on minor 0\n",
}


@dataclass(frozen=True)
class SmiFacts:
    """What xrt-smi is to say."""

    bdf: str
    name: str
    xrt: str
    firmware: str
    columns: int
    kernel: str
    contexts: tuple[tuple[int, int], ...] = ()
    """(process id, contexts)"""


def script(path: Path, body: str) -> Path:
    """An executable of sh."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def says(text: str, code: int = 0) -> str:
    """A script's body that prints a text, whatever it is asked."""
    return f"printf '%s\\n' {shlex.quote(text.replace(chr(0), ''))}\nexit {code}"


def xrt_smi(path: Path, facts: SmiFacts, fault: str = "") -> Path:
    """A fake xrt-smi; ``configure --pmode X`` is remembered and reported by ``examine -r platform``.

    Args:
        path: where it goes; its reports go into a folder beside it.
        facts: what it says.
        fault: ``hangs``, ``garbage``, ``half_json`` (its text is good), ``text_only``, ``no_device``, ``memlock``.
    """
    simple = {"hangs": HANG, "garbage": says(GARBAGE), "no_device": says(NO_DEVICE),
              "memlock": f"{says(MEMLOCK_ERROR, 1).replace(chr(10), ' >&2' + chr(10), 1)}"}  # fmt: skip
    if fault in simple:
        return script(path, simple[fault])
    folder = path.parent / "fake-reports"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "mode").write_text("Default")
    for report, (text, document) in _reports(facts).items():
        (folder / f"{report}.txt").write_text(text, encoding="utf-8")
        content = HALF_JSON if fault == "half_json" else json.dumps(document, indent=4).replace("/", "\\/")
        if fault != "text_only":
            (folder / f"{report}.json").write_text(content, encoding="utf-8")
    return script(path, _SMI.replace("@FOLDER@", shlex.quote(str(folder))))


_SMI = """folder=@FOLDER@
command=$1; report=host; out=
while [ $# -gt 0 ]; do
  case $1 in -r) report=$2; shift;; -o) out=$2; shift;; --pmode) mode=$2; shift;; esac
  shift
done
if [ "$command" = configure ]; then
  printf '%s' "$mode" > "$folder/mode"; printf '\\nPower mode is set to %s\\n' "$mode"; exit 0
fi
[ -f "$folder/$report.txt" ] || { echo "ERROR: Invalid report: $report" >&2; exit 1; }
if [ -n "$out" ]; then
  [ -f "$folder/$report.json" ] || { echo "ERROR: unrecognised option '-f'" >&2; exit 1; }
  sed "s/@MODE@/$(cat "$folder/mode")/" "$folder/$report.json" > "$out"
  echo "Successfully wrote the JSON file: $out"
else
  sed "s/@MODE@/$(cat "$folder/mode")/" "$folder/$report.txt"
fi"""


def _reports(facts: SmiFacts) -> dict[str, tuple[str, dict[str, object]]]:
    rule = "-" * (len(facts.bdf) + len(facts.name) + 5)
    head = f"\n{rule}\n[{facts.bdf}] : {facts.name}\n{rule}\n"
    return {
        "host": (_host_text(facts), _host_json(facts)),
        "platform": (
            f"{head}Platform\n  Name                   : {facts.name} \n  Power Mode             : @MODE@ \n"
            f"  Total Columns          : {facts.columns} \n\nEstimated Power          : N/A\n",
            _device(facts, platforms=[{"static_region": {"name": facts.name, "total_columns": str(facts.columns)},
                                       "status": {"power_mode": "@MODE@"},
                                       "electrical": {"power_consumption_watts": "N/A"}}]),
        ),
        "aie-partitions": (f"{head}AIE Partitions\n{_partitions_text(facts)}", _partitions_json(facts)),
    }  # fmt: skip


def _host_text(facts: SmiFacts) -> str:
    return (
        f"System Configuration\n  OS Name              : Linux\n  Release              : {facts.kernel}\n\n"
        f"XRT\n  Version              : {facts.xrt}\n  amdxdna Version      : {facts.kernel}\n"
        f"  NPU Firmware Version : {facts.firmware}\n\n"
        f"Device(s) Present\n|BDF             |Name          |\n|----------------|--------------|\n"
        f"|[{facts.bdf}]  |{facts.name}  |\n"
    )


def _host_json(facts: SmiFacts) -> dict[str, object]:
    device = {"bdf": facts.bdf, "device_class": "Ryzen", "name": facts.name, "firmware_version": facts.firmware,
              "instance": "user(inst=0)", "is_ready": "true"}  # fmt: skip
    drivers = [{"name": "amdxdna", "version": facts.kernel, "hash": "unknown"}]
    return {"system": {"host": {"os": {"sysname": "Linux", "release": facts.kernel},
                                "xrt": {"version": facts.xrt, "drivers": drivers},
                                "devices": [device]}}}  # fmt: skip


def _device(facts: SmiFacts, **what: object) -> dict[str, object]:
    return {"devices": [{"interface_type": "pcie", "device_id": facts.bdf, **what}]}


def _partitions_text(facts: SmiFacts) -> str:
    if not facts.contexts:
        return "  No hardware contexts running on device\n"
    rule = "|-----|-----|-----|----|----|"
    rows = [
        line
        for pid, count in facts.contexts
        for index in range(1, count + 1)
        for line in (f"|{pid}  |{index}  |64  |0  |N/A  |", "|N/A  |Active  |60  |0  |  |", rule)
    ]
    heads = ("|PID  |Ctx ID  |Submissions  |Err  |Priority  |", "|Process Name  |Status  |Completions  |     |GOPS  |")
    lines = "".join(f"      {line}\n" for line in (*heads, rule.replace("-", "="), *rows))
    columns = list(range(facts.columns))
    return f"  Partition Index   : 0\n    Columns: {columns}\n    HW Contexts:\n{lines}"


def _partitions_json(facts: SmiFacts) -> dict[str, object]:
    contexts = [{"pid": str(pid), "process_name": "N/A", "context_id": str(index), "status": "Active",
                 "command_submissions": "64", "command_completions": "60", "errors": "0"}
                for pid, count in facts.contexts for index in range(1, count + 1)]  # fmt: skip
    partitions: object = ""
    if contexts:
        partitions = [
            {"start_col": "0", "num_cols": str(facts.columns), "partition_index": "0", "hw_contexts": contexts}
        ]
    return _device(facts, aie_partitions={"total_memory_usage": "N/A", "partitions": partitions})


def flm(path: Path, fault: str = "", *, ready: bool = True) -> Path:
    """A fake FastFlowLM; ``hangs``, ``garbage`` or good."""
    if fault in ("hangs", "garbage"):
        return script(path, HANG if fault == "hangs" else says(GARBAGE))
    validation = {"ready": ready, "amd_device_found": True, "kernel_ok": True, "memlock_ok": ready, "all_fw_ok": True,
                  "enough_cols": True, "drm_version": "0.6", "memlock_limit": "infinity" if ready else "8192",
                  "devices": [{"cols": 8, "fw_major": 1, "fw_minor": 1, "fw_patch": 2, "fw_build": 65}]}  # fmt: skip
    version = shlex.quote(json.dumps({"version": "0.9.40"}))
    body = f"case $1 in version) echo {version};; validate) echo {shlex.quote(json.dumps(validation))};; esac"
    return script(path, body)
