"""Kernel, module, firmware and IOMMU: why a device on the bus has no node, or one that does not answer."""

from __future__ import annotations

import os
import platform
import re

from starling.npu.probe import files, fixes
from starling.npu.probe.distro import Distro
from starling.npu.probe.hardware import EARLY_STRIX, Device
from starling.npu.probe.notes import Notes
from starling.npu.sysroot import Sysroot
from starling.npu.tools import run_tool

MODULE = "amdxdna"
OLDEST_KERNEL = (6, 10)
"""The driver can be built for it; it is a part of Linux since 6.14."""
FIRMWARE_FOLDERS = ("/lib/firmware/amdnpu", "/usr/lib/firmware/amdnpu", "/lib/firmware/updates/amdnpu")
FIRMWARE_FILE = r"npu.*\.sbin.*"
MODULE_PLACES = ("kernel/drivers/accel/amdxdna", "updates/dkms", "updates", "extra", "extra/amdxdna")
IOMMU_GROUPS = "/sys/kernel/iommu_groups"
LOG_TIMEOUT_S = 2.0
TROUBLE = {
    "Incompatible firmware protocol": "its firmware does not fit the driver",
    "firmware is not alive": "its firmware did not start",
    "Direct firmware load for amdnpu": "its firmware could not be loaded",
    "smu cmd": "it did not answer the driver's power commands",
}
"""Words of the kernel's log -> what they mean."""


def check(root: Sysroot, device: Device, distro: Distro, notes: Notes) -> None:
    """Write down versions and files; a fault for what keeps the driver from working."""
    kernel = read_kernel(root, notes)
    loaded = files.exists(root, f"/sys/module/{MODULE}")
    notes.found("module", "loaded" if loaded else "", f"/sys/module/{MODULE}")
    notes.found("module version", root.text(f"/sys/module/{MODULE}/version"), f"/sys/module/{MODULE}/version")
    firmware = _firmware_files(root, device, notes)
    for name in ("vbnv", "device_type", "fw_version"):
        notes.found(name.replace("fw_version", "firmware"), root.text(f"{device.folder}/{name}"),
                    f"{device.folder}/{name}")  # fmt: skip
    blocked = _iommu(root, device, distro, notes)
    if device.driver == MODULE:
        if not device.node:
            _no_node(device, distro, firmware, notes)
    elif not blocked:
        _unbound(root, device, distro, kernel, loaded, firmware, notes)


def read_kernel(root: Sysroot, notes: Notes) -> str:
    """The kernel's release."""
    kernel, evidence = root.text("/proc/sys/kernel/osrelease"), "/proc/sys/kernel/osrelease"
    if not kernel and not root.faked:
        kernel, evidence = platform.release(), "uname"
    notes.found("kernel", kernel, evidence)
    return kernel


def kernel_version(release: str) -> tuple[int, int] | None:
    """``(6, 17)`` of ``6.17.0-6-generic``."""
    match = re.match(r"([0-9]{1,4})\.([0-9]{1,4})", release)
    return (int(match[1]), int(match[2])) if match else None


def _firmware_files(root: Sysroot, device: Device, notes: Notes) -> list[str]:
    if device.revision is None:
        return []
    name = f"{device.device_id:04x}_{device.revision:02x}"
    found = [path for folder in FIRMWARE_FOLDERS for path in files.glob(root, f"{folder}/{name}", FIRMWARE_FILE)]
    for path in found:
        notes.found("firmware file", path.rpartition("/")[2], path)
    return found


def _iommu(root: Sysroot, device: Device, distro: Distro, notes: Notes) -> bool:
    """Whether the IOMMU is what keeps the driver away."""
    groups = files.names(root, IOMMU_GROUPS)
    notes.found("iommu", f"{len(groups)} groups" if groups else "", IOMMU_GROUPS)
    words = root.text("/proc/cmdline").split()
    off = next((word for word in words if word in ("amd_iommu=off", "iommu=off")), "")
    if off:
        notes.found("iommu", off, "/proc/cmdline")
        notes.fault("npu.iommu_off", f"The kernel was started with {off}, and the NPU needs the IOMMU.",
                    fixes.iommu(off, distro))  # fmt: skip
    elif not groups and device.driver != MODULE and files.exists(root, IOMMU_GROUPS):
        notes.fault(
            "npu.iommu_off",
            "The IOMMU is not on, and the NPU needs it.",
            f"Switch on IOMMU (and SVM) in the computer's firmware setup (BIOS); {fixes.RESTART}",
        )
    else:
        return False
    return True


def _no_node(device: Device, distro: Distro, firmware: list[str], notes: Notes) -> None:
    if distro.container:
        notes.fault("npu.node_missing", "The NPU's device file was not handed to this container.",
                    fixes.container("", distro))  # fmt: skip
    elif not firmware and device.known:
        _no_firmware(device, distro, notes)
    else:
        notes.fault(
            "npu.node_missing",
            f"The driver {MODULE} is bound, but it made no device file below /dev/accel.",
            f"Run: sudo modprobe -r {MODULE} && sudo modprobe {MODULE}; look at: sudo dmesg | grep {MODULE}",
        )


def _no_firmware(device: Device, distro: Distro, notes: Notes) -> None:
    folder = f"{FIRMWARE_FOLDERS[0]}/{device.device_id:04x}_{device.revision or 0:02x}"
    notes.fault("npu.firmware_missing", f"The NPU's firmware is not installed: no npu*.sbin in {folder}.",
                fixes.package("firmware", distro))  # fmt: skip


def _unbound(
    root: Sysroot, device: Device, distro: Distro, kernel: str, loaded: bool, firmware: list[str], notes: Notes
) -> None:
    """The reason why the driver is not bound; the first one that holds."""
    version = kernel_version(kernel)
    if device.driver:
        notes.fault(
            "npu.other_driver",
            f"Another driver holds the NPU: {device.driver}.",
            f"Release it from {device.driver} (look in /etc/modprobe.d and at the kernel's vfio-pci.ids); "
            + fixes.RESTART,
        )
    elif distro.container:
        notes.fault("npu.driver_missing", "The driver is not bound; that is to be mended outside this container.",
                    f"On the host: {fixes.package('module', distro)}")  # fmt: skip
    elif version is not None and version < OLDEST_KERNEL and not loaded:
        notes.fault("npu.kernel_old", f"Linux {kernel} is too old for the NPU's driver.",
                    fixes.package("kernel", distro))  # fmt: skip
    elif (device.device_id, device.revision) == EARLY_STRIX:
        notes.fault("npu.early_silicon", "The driver no longer takes this early Strix silicon (revision 00).")
    elif not loaded:
        _not_loaded(root, distro, kernel, notes)
    elif not firmware and device.known:
        _no_firmware(device, distro, notes)
    else:
        notes.fault(
            "npu.driver_unbound",
            f"The driver {MODULE} is loaded, but it did not take the NPU.",
            f"Look at: sudo dmesg | grep {MODULE}; then: {fixes.package('firmware_age', distro)}",
        )


def _not_loaded(root: Sysroot, distro: Distro, kernel: str, notes: Notes) -> None:
    blacklist = _blacklisted(root)
    if blacklist:
        notes.fault("npu.driver_blacklisted", f"The driver {MODULE} is forbidden in {blacklist}.",
                    f"Remove its line from {blacklist} and run: sudo modprobe {MODULE}")  # fmt: skip
        return
    module = _module_file(root, kernel)
    if module:
        notes.found("module file", module, module)
        notes.fault("npu.driver_not_loaded", f"The driver {MODULE} is installed, but not loaded.",
                    f"Run: sudo modprobe {MODULE}; if that fails, look at: sudo dmesg | grep {MODULE}")  # fmt: skip
    else:
        old = (kernel_version(kernel) or (0, 0)) < (6, 14)
        notes.fault("npu.driver_missing", f"Linux {kernel} has no driver {MODULE}.".replace("  ", " "),
                    fixes.package("kernel" if old else "module", distro))  # fmt: skip


def _blacklisted(root: Sysroot) -> str:
    matcher = re.compile(rf"\s*(blacklist\s+{MODULE}|install\s+{MODULE}\s+/bin/(false|true))\s*")
    for folder in ("/etc/modprobe.d", "/usr/lib/modprobe.d", "/lib/modprobe.d"):
        for path in files.glob(root, folder, r".*\.conf"):
            if any(matcher.fullmatch(line) for line in root.text(path).splitlines()):
                return path
    return ""


def _module_file(root: Sysroot, kernel: str) -> str:
    if not kernel or os.sep in kernel:
        return ""
    for base in (f"/lib/modules/{kernel}", f"/usr/lib/modules/{kernel}"):
        for place in MODULE_PLACES:
            for path in files.glob(root, f"{base}/{place}", rf"{MODULE}\.ko.*"):
                return path
    return ""


def check_log(root: Sysroot, distro: Distro, notes: Notes) -> None:
    """What the kernel said about the driver, where this user may read it."""
    program = next(files.programs(root, ["dmesg"]), "")
    result = run_tool([str(root.path(program))], LOG_TIMEOUT_S) if program else None
    if result is None or not result.ok:
        return
    for line, meaning in parse_log(result.stdout):
        notes.found("kernel log", line, "dmesg")
        notes.drop("npu.driver_unbound")  # this says more
        notes.fault("npu.firmware_mismatch", f"The kernel's log says of the NPU that {meaning}.",
                    fixes.package("firmware_age", distro))  # fmt: skip


def parse_log(text: str) -> list[tuple[str, str]]:
    """Lines of the kernel's log that tell trouble with the NPU, and what they mean."""
    lines = [line for line in text.splitlines() if MODULE in line or "amdnpu" in line]
    return [
        (re.sub(r"^\[[ 0-9.]*\] *", "", line)[:300], meaning)
        for line in lines
        for words, meaning in TROUBLE.items()
        if words in line
    ]
