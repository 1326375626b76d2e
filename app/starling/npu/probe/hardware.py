"""The NPU on the PCI bus: decided by vendor, device id and revision, never by PCI class or by a name.

Ids and products: the tables of the amdxdna driver (``amdxdna_pci_drv.c``, ``npu*_regs.c``). The sensor hub shares the
NPU's class, and the names of devices changed between driver versions.
"""

from __future__ import annotations

from dataclasses import dataclass

from starling.npu.probe import files
from starling.npu.report import Generation
from starling.npu.sysroot import Sysroot

VENDOR = 0x1022
PCI = "/sys/bus/pci/devices"
ACCEL = "/sys/class/accel"
PRODUCTS = {
    (0x1502, 0x00): "Phoenix or Hawk Point",
    (0x17F0, 0x00): "Strix Point, early silicon",
    (0x17F0, 0x10): "Strix Point or Gorgon Point",
    (0x17F0, 0x11): "Strix Halo",
    (0x17F0, 0x20): "Krackan",
}
AIE4 = (0x17F1, 0x17F2, 0x17F3, 0x1B0A, 0x1B0B, 0x1B0C)
GENERATIONS: dict[int, Generation] = {0x1502: "XDNA1", 0x17F0: "XDNA2", **dict.fromkeys(AIE4, "AIE4")}
EARLY_STRIX = (0x17F0, 0x00)


@dataclass(frozen=True)
class Device:
    """One NPU.

    Attributes:
        folder: in sysfs; empty on Windows.
        revision: None when it is not readable.
        driver: the name of the bound one; empty when none is.
        node: ``/dev/accel/accel0``; empty when the driver made none.
    """

    folder: str
    bdf: str
    device_id: int
    revision: int | None
    driver: str = ""
    node: str = ""

    @property
    def product(self) -> str:
        """For people; says so honestly when the revision is not known."""
        known = PRODUCTS.get((self.device_id, -1 if self.revision is None else self.revision))
        if known:
            return known
        revision = "unreadable" if self.revision is None else f"{self.revision:02x}"
        kind = "next-generation NPU" if self.generation == "AIE4" else f"unknown {self.generation} product"
        return f"{kind} (device {self.device_id:04x}, revision {revision})"

    @property
    def known(self) -> bool:
        """Whether device and revision are in the table."""
        return (self.device_id, self.revision) in PRODUCTS

    @property
    def generation(self) -> Generation:
        """By the device id alone."""
        return GENERATIONS[self.device_id]


def find(root: Sysroot) -> list[Device]:
    """Every NPU, those with a node first; empty when there is none."""
    folders = [f"{PCI}/{name}" for name in files.names(root, PCI)]
    folders += [f"{ACCEL}/{name}/device" for name in files.names(root, ACCEL)]
    found: dict[str, Device] = {}
    for folder in folders:
        device = _device(root, folder)
        if device is not None:
            found.setdefault(device.bdf, device)
    return sorted(found.values(), key=lambda device: not device.node)


def _device(root: Sysroot, folder: str) -> Device | None:
    device_id = root.number(f"{folder}/device")
    if root.number(f"{folder}/vendor") != VENDOR or device_id not in GENERATIONS:
        return None
    bdf = folder.rpartition("/")[2] if folder.startswith(PCI) else files.link_name(root, folder)
    return Device(
        folder=folder,
        bdf=bdf,
        device_id=device_id,
        revision=root.number(f"{folder}/revision"),
        driver=files.link_name(root, f"{folder}/driver"),
        node=_node(root, folder, bdf),
    )


def _node(root: Sysroot, folder: str, bdf: str) -> str:
    for path in files.glob(root, f"{folder}/accel", r"accel[0-9]+"):
        return f"/dev/accel/{path.rpartition('/')[2]}"
    for path in files.glob(root, ACCEL, r"accel[0-9]+"):
        if files.link_name(root, f"{path}/device") == bdf:
            return f"/dev/accel/{path.rpartition('/')[2]}"
    return ""
