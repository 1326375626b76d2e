"""Whether this machine has an AMD Ryzen AI NPU: by PCI id and revision, from sysfs alone.

Ids and products: the tables of the amdxdna driver (``amdxdna_pci_drv.c``, ``npu*_regs.c``). Never by PCI class or
device name: the sensor hub shares the class, and names changed between driver versions.
"""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

VENDOR = 0x1022
PRODUCTS = {
    (0x1502, 0x00): ("Phoenix or Hawk Point", "XDNA1"),
    (0x17F0, 0x10): ("Strix Point or Gorgon Point", "XDNA2"),
    (0x17F0, 0x11): ("Strix Halo", "XDNA2"),
    (0x17F0, 0x20): ("Krackan", "XDNA2"),
}
GENERATIONS = {0x1502: "XDNA1", 0x17F0: "XDNA2"}
NO_ENGINE = "This version of Starling has no NPU engine yet: speech is recognised on the CPU."


@dataclass(frozen=True)
class Npu:
    """What sysfs says. Empty fields were not readable; ``power_mode`` is not read by this version."""

    present: bool
    usable: bool = False
    product: str = ""
    generation: str = ""
    firmware: str = ""
    driver: str = ""
    power_mode: str = ""
    reasons: list[str] = field(default_factory=list)
    fixes: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """The ``npu`` object of ``doctor --json``."""
        return asdict(self)


def detect(root: Path | None = None) -> Npu:
    """Look for the NPU.

    Args:
        root: prefix of every path read; None takes ``STARLING_SYSROOT`` or the real root.
    """
    root = root or Path(os.environ.get("STARLING_SYSROOT") or "/")
    for device in sorted((root / "sys/bus/pci/devices").glob("*")):
        if _number(device / "vendor") == VENDOR and _number(device / "device") in GENERATIONS:
            return _describe(device)
    return Npu(present=False, reasons=["No AMD Ryzen AI NPU is on the PCI bus.", NO_ENGINE])


def _describe(device: Path) -> Npu:
    device_id, revision = _number(device / "device") or 0, _number(device / "revision")
    product, generation = PRODUCTS.get((device_id, revision if revision is not None else -1), ("", ""))
    driver = (device / "driver").resolve().name if (device / "driver").exists() else ""
    reasons, fixes = [NO_ENGINE], []
    if driver != "amdxdna":
        reasons.append(f"The driver amdxdna is not bound to it{f' ({driver} is)' if driver else ''}.")
        fixes.append("Use Linux 6.14 or newer, or install the amdxdna driver, and keep the AMD IOMMU on.")
    return Npu(
        present=True,
        product=product or f"unknown product (device {device_id:04x}, revision {revision})",
        generation=generation or GENERATIONS[device_id],
        firmware=_text(device / "fw_version"),
        driver=driver,
        reasons=reasons,
        fixes=fixes,
    )


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _number(path: Path) -> int | None:
    try:
        return int(_text(path), 16)
    except ValueError:
        return None
