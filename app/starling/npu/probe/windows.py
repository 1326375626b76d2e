"""The probe on Windows: the PnP id tells the NPU, and xrt-smi the rest. Only the parsers run elsewhere."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from starling.core.foreign import one_line
from starling.npu.probe import hardware, judge, smi
from starling.npu.probe.distro import Distro
from starling.npu.probe.hardware import Device
from starling.npu.probe.notes import Notes
from starling.npu.report import Npu, Tool, Xrt
from starling.npu.sysroot import Sysroot
from starling.npu.tools import ToolResult, run_tool

POWERSHELL_TIMEOUT_S = 8.0
"""PowerShell alone takes some seconds to start."""
VALUE_CHARACTERS = 200
SMI = r"C:\Windows\System32\AMD\xrt-smi.exe"
OLDEST_DRIVER = (32, 0, 203, 280)
"""Of the 203 series, for Ryzen AI 1.5 and newer; other series are numbered differently and are not compared."""
SERIES = 203
DRIVER_PAGE = "Install the newest NPU driver from ryzenai.docs.amd.com."
ASK = (
    "Get-PnpDevice -PresentOnly | Where-Object InstanceId -Match 'PCI.VEN_1022' | ForEach-Object { "
    "$_ | Format-List FriendlyName,Status,Problem,InstanceId; "
    "$_ | Get-PnpDeviceProperty DEVPKEY_Device_DriverVersion,DEVPKEY_Device_DriverProvider | "
    'ForEach-Object { "$($_.KeyName) : $($_.Data)" } }'
)


@dataclass(frozen=True)
class PnpDevice:
    """One device as PowerShell or pnputil lists it."""

    name: str = ""
    status: str = ""
    instance: str = ""
    driver_version: str = ""

    @property
    def ids(self) -> tuple[int, int | None, int] | None:
        """Vendor, revision and device id; None for what is no PCI device."""
        match = re.search(r"VEN_([0-9A-Fa-f]{4})&DEV_([0-9A-Fa-f]{4})", self.instance)
        revision = re.search(r"&REV_([0-9A-Fa-f]{2})(?![0-9A-Fa-f])", self.instance)
        if match is None:
            return None
        return int(match[1], 16), int(revision[1], 16) if revision else None, int(match[2], 16)


_KEYS = {
    "friendlyname": "name", "device description": "name", "status": "status", "instanceid": "instance",
    "instance id": "instance", "devpkey_device_driverversion": "driver_version", "driver version": "driver_version",
}  # fmt: skip


def parse_pnp(text: str) -> list[PnpDevice]:
    """Devices of PowerShell's lists or of ``pnputil /enum-devices``; text of other kinds gives none. Never raises."""
    devices: list[PnpDevice] = []
    values: dict[str, str] = {}
    for line in text.splitlines():
        key, colon, value = line.partition(":")
        field = _KEYS.get(key.strip().lower())
        if not colon or field is None:
            continue
        if field in values and field in ("name", "instance"):  # the next device begins
            devices.append(PnpDevice(**values))
            values = {}
        values[field] = one_line(value, VALUE_CHARACTERS)
    return [*devices, PnpDevice(**values)] if values else devices


def npus(devices: list[PnpDevice]) -> Iterator[tuple[PnpDevice, Device]]:
    """Those that are NPUs by vendor and device id."""
    for device in devices:
        ids = device.ids
        if ids is not None and ids[0] == hardware.VENDOR and ids[2] in hardware.GENERATIONS:
            yield device, Device("", device.instance, ids[2], ids[1], driver="npu")


def driver_version(text: str) -> tuple[int, ...]:
    """``(32, 0, 203, 280)``; empty for anything else."""
    parts = text.split(".")
    return (
        tuple(map(int, parts)) if len(parts) == 4 and all(re.fullmatch(r"[0-9]{1,9}", part) for part in parts) else ()
    )


def too_old(text: str) -> bool:
    """Whether a driver of the known series is older than the oldest that AMD's software takes."""
    version = driver_version(text)
    return len(version) == 4 and version[2] == SERIES and version < OLDEST_DRIVER


def probe(root: Sysroot, *, tools: bool) -> Npu:
    """See :func:`starling.npu.probe.probe`. PowerShell is needed even without ``tools``: there are no files to read."""
    result = run_tool([_powershell(), "-NoProfile", "-NonInteractive", "-Command", ASK], POWERSHELL_TIMEOUT_S)
    npu, notes = from_pnp(result)
    if npu.present and tools and Path(SMI).exists():
        npu = _with_smi(root, npu, notes)
    return replace(
        npu,
        usable=npu.present and not notes.blocked,
        vitisai=_vitisai(notes),
        findings=tuple(notes.findings),
        faults=tuple(notes.faults),
    )


def _powershell() -> str:
    """By its place: Windows would look for the bare name in the folder that Starling was started from."""
    return os.environ.get("SystemRoot", r"C:\Windows") + r"\System32\WindowsPowerShell\v1.0\powershell.exe"


def from_pnp(result: ToolResult) -> tuple[Npu, Notes]:
    """The NPU as the list of devices tells it."""
    notes, evidence = Notes(), "Get-PnpDevice"
    found = next(npus(parse_pnp(result.stdout)), None)
    if found is None:
        if result.problem or not result.ok:
            problem = result.problem or "it failed"
            notes.fault("npu.unknown", f"Windows' list of devices could not be read: {problem}.")
        else:
            judge.absent(Distro(), "", True, notes)
        return Npu(present=False), notes
    listed, device = found
    notes.found("pci id", listed.instance, evidence)
    notes.found("device name", listed.name, evidence)
    notes.found("status", listed.status, evidence)
    notes.found("driver version", listed.driver_version, "DEVPKEY_Device_DriverVersion")
    judge.kind(device, notes)
    if listed.status and listed.status.lower() not in ("ok", "started"):
        notes.fault("npu.driver_missing", f"Windows says of the NPU: {listed.status}.", DRIVER_PAGE)
    elif too_old(listed.driver_version):
        notes.fault("npu.driver_old", f"The NPU's driver {listed.driver_version} is too old for AMD's software.",
                    DRIVER_PAGE, blocks=False)  # fmt: skip
    npu = Npu(
        present=True,
        product=device.product,
        generation=device.generation,
        device_id=f"{device.device_id:04x}",
        revision="" if device.revision is None else f"{device.revision:02x}",
        driver=listed.driver_version,
    )
    return npu, notes


def _with_smi(root: Sysroot, npu: Npu, notes: Notes) -> Npu:
    answer = smi.examine(root, SMI)
    told = answer.report
    judge.smi(answer, SMI, Distro(), notes)
    return replace(
        npu,
        xrt=Xrt(told.xrt_version, str(Path(SMI).parent), "", SMI),
        firmware=told.firmware,
        power_mode=told.power_mode,
        columns=told.columns,
        bdf=next((device.bdf for device in told.devices or ()), ""),
    )


def _vitisai(notes: Notes) -> Tool | None:
    """AMD's installer sets a variable, and makes a conda environment of that name."""
    folder = os.environ.get("RYZEN_AI_INSTALLATION_PATH", "").rstrip("\\/")
    if not folder or not Path(folder).is_dir():
        return None
    version = re.search(r"[0-9]+\.[0-9]+(\.[0-9]+)?", Path(folder).name)
    name = os.environ.get("RYZEN_AI_CONDA_ENV_NAME") or f"ryzen-ai-{version[0] if version else ''}"
    homes = [Path.home() / kind for kind in ("miniforge3", "miniconda3", "anaconda3")]
    interpreter = next((str(path) for home in homes if (path := home / "envs" / name / "python.exe").is_file()), "")
    notes.found("vitisai", version[0] if version else folder, "environment variable RYZEN_AI_INSTALLATION_PATH")
    return Tool("Ryzen AI software", folder, version[0] if version else "", interpreter)
