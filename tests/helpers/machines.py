"""Builds machines with an NPU into a folder for ``STARLING_SYSROOT``: sysfs, /proc, /dev/accel, packages, programs.

``machine(tmp_path, "strix", "memlock")`` is a Strix machine that is fine but for the limit of locked memory.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.helpers import machine_tools
from tests.helpers.machine_tools import SmiFacts, script

BDF = "0000:c6:00.1"
NODE = "/dev/accel/accel2"
"""Not 0: another accelerator may have taken that."""
XRT = "/opt/xilinx/xrt"
USER = "alex"
RENDER_GID = 109
FLAGS = "fpu sse sse2 ssse3 sse4_1 sse4_2 avx avx2 f16c fma bmi1 bmi2"


@dataclass(frozen=True)
class Kind:
    """One product."""

    device: int
    revision: int
    cpu: str
    product: str
    generation: str
    columns: int
    name: str
    firmware: str


KINDS = {
    "phoenix": Kind(0x1502, 0x00, "AMD Ryzen 7 7840U w/ Radeon 780M Graphics", "Phoenix or Hawk Point", "XDNA1", 5,
                    "RyzenAI-npu1", "1.5.2.380"),
    "hawk point": Kind(0x1502, 0x00, "AMD Ryzen 7 8845HS w/ Radeon 780M Graphics", "Phoenix or Hawk Point", "XDNA1", 5,
                       "NPU Phoenix", "1.5.5.391"),
    "strix": Kind(0x17F0, 0x10, "AMD Ryzen AI 9 HX 370 w/ Radeon 890M", "Strix Point or Gorgon Point", "XDNA2", 8,
                  "RyzenAI-npu4", "1.1.2.64"),
    "gorgon point": Kind(0x17F0, 0x10, "AMD Ryzen AI 9 465 w/ Radeon 880M", "Strix Point or Gorgon Point", "XDNA2", 8,
                         "NPU Gorgon Point 1", "1.1.2.64"),
    "strix halo": Kind(0x17F0, 0x11, "AMD RYZEN AI MAX+ 395 w/ Radeon 8060S", "Strix Halo", "XDNA2", 8,
                       "RyzenAI-npu5", "1.1.2.65"),
    "krackan": Kind(0x17F0, 0x20, "AMD Ryzen AI 7 350 w/ Radeon 860M", "Krackan", "XDNA2", 8,
                    "NPU Krackan 1", "255.0.5.35"),
    "unknown": Kind(0x17F0, 0x33, "AMD Ryzen AI 9 999", "unknown XDNA2 product (device 17f0, revision 33)", "XDNA2", 8,
                    "NPU", "1.1.2.65"),
    "aie4": Kind(0x17F1, 0x00, "AMD Ryzen AI 9 1099", "next-generation NPU (device 17f1, revision 00)", "AIE4", 0,
                 "NPU", "2.0.0.1"),
}  # fmt: skip

DISTROS = {
    "ubuntu": 'PRETTY_NAME="Ubuntu 24.04.3 LTS"\nNAME="Ubuntu"\nVERSION_ID="24.04"\nID=ubuntu\nID_LIKE=debian\n',
    "debian": 'PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nNAME="Debian"\nVERSION_ID="13"\nID=debian\n',
    "fedora": 'NAME="Fedora Linux"\nVERSION_ID=44\nID=fedora\nPRETTY_NAME="Fedora Linux 44"\n',
    "arch": 'NAME="CachyOS Linux"\nPRETTY_NAME="CachyOS"\nID=cachyos\nID_LIKE=arch\n',
    "other": 'NAME="Own Linux"\nID=own\n',
    "none": "",
}

FAULTS = {
    "absent": "npu.absent",
    "kernel_old": "npu.kernel_old",
    "module_missing": "npu.driver_missing",
    "not_loaded": "npu.driver_not_loaded",
    "blacklisted": "npu.driver_blacklisted",
    "vfio": "npu.other_driver",
    "unbound": "npu.driver_unbound",
    "firmware_mismatch": "npu.firmware_mismatch",
    "no_firmware": "npu.firmware_missing",
    "iommu_off": "npu.iommu_off",
    "no_iommu_groups": "npu.iommu_off",
    "no_node": "npu.node_missing",
    "not_in_group": "npu.permission",
    "login_again": "npu.permission",
    "root_only": "npu.permission",
    "memlock": "npu.memlock",
    "memlock_set": "npu.memlock",
    "smi_hangs": "npu.smi_hangs",
    "smi_garbage": "npu.smi",
    "smi_no_device": "npu.xrt_no_device",
    "smi_memlock": "npu.memlock",
    "no_plugin": "npu.xrt_plugin",
    "no_interpreter": "npu.pyxrt_interpreter",
    "no_xrt": "npu.no_software",
    "contexts_full": "npu.contexts",
    "flm_not_ready": "npu.flm_not_ready",
}
"""Fault of a machine -> the code that a probe gives it."""
HARMLESS = ("smi_half_json", "smi_text_only", "smi_missing", "flm_hangs", "flm_garbage")
"""Faults that the probe gets around."""
NO_NODE = ("kernel_old", "module_missing", "not_loaded", "blacklisted", "vfio", "unbound", "firmware_mismatch",
           "no_firmware", "iommu_off", "no_iommu_groups")  # fmt: skip


@dataclass
class Machine:
    """A built one."""

    root: Path
    kind: Kind
    faults: tuple[str, ...]
    kernel: str
    answers: dict[int, bytes | int] = field(default_factory=dict)
    """GET_INFO parameter -> bytes, or the errno that it fails with."""

    @property
    def env(self) -> dict[str, str]:
        """What a command needs to see this machine."""
        return {"STARLING_SYSROOT": str(self.root)}

    def write(self, path: str, text: str = "") -> Path:
        """A file of the machine."""
        place = self.root / path.lstrip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
        return place

    def link(self, path: str, target: str) -> None:
        """A symbolic link of the machine, as sysfs has them: relative."""
        place = self.root / path.lstrip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(target)

    @property
    def ioctl(self) -> Callable[[int, int, ctypes.Structure], object]:
        """Stands for the driver."""
        return fake_ioctl(self.answers)

    def __getitem__(self, fault: str) -> bool:
        return fault in self.faults


def machine(
    tmp: Path, kind: str, *faults: str, distro: str = "ubuntu", container: bool = False, wsl: bool = False
) -> Machine:
    """Build one into a folder.

    Args:
        tmp: becomes its root.
        kind: a key of ``KINDS``.
        faults: keys of ``FAULTS`` or of ``HARMLESS``.
        distro: a key of ``DISTROS``.
        container: looks like the inside of a Docker container.
        wsl: looks like Linux under Windows.
    """
    unknown = set(faults) - set(FAULTS) - set(HARMLESS)
    assert not unknown, unknown
    kernel = "6.8.0-60-generic" if {"kernel_old"} & set(faults) else "6.17.0-6-generic"
    made = Machine(tmp, KINDS[kind], faults, f"{kernel}-microsoft-standard-WSL2" if wsl else kernel)
    _system(made, distro, container)
    if not made["absent"]:
        _device(made)
        _node(made)
    _limits(made)
    _xrt(made)
    if {"flm_hangs", "flm_garbage", "flm_not_ready"} & set(faults):
        fault = next((fault[4:] for fault in faults if fault.startswith("flm_")), "")
        machine_tools.flm(tmp / "usr/bin/flm", fault, ready=not made["flm_not_ready"])
    script(
        tmp / "usr/bin/dmesg",
        machine_tools.says(machine_tools.LOG["firmware_mismatch" if made["firmware_mismatch"] else ""]),
    )
    made.answers.update(good_answers(made.kind))
    return made


def _system(made: Machine, distro: str, container: bool) -> None:
    if DISTROS[distro]:
        made.write("/etc/os-release", DISTROS[distro])
    if container:
        made.write("/.dockerenv")
    else:
        (made.root / "run/systemd/system").mkdir(parents=True)
    made.write("/proc/sys/kernel/osrelease", made.kernel + "\n")
    made.write("/proc/cmdline", "quiet splash amd_iommu=off" if made["iommu_off"] else "quiet splash")
    about = f"vendor_id\t: AuthenticAMD\nmodel name\t: {made.kind.cpu}\nflags\t\t: {FLAGS}\n\n"
    made.write("/proc/cpuinfo", "".join(f"processor\t: {number}\n{about}" for number in range(4)))
    (made.root / "sys/bus/pci/devices").mkdir(parents=True)
    if not made["iommu_off"] and not made["no_iommu_groups"]:
        for number in range(3):
            (made.root / f"sys/kernel/iommu_groups/{number}").mkdir(parents=True)
    else:
        (made.root / "sys/kernel/iommu_groups").mkdir(parents=True)
    hub = "/sys/bus/pci/devices/0000:c6:00.7"  # the sensor hub: the NPU's class, another device
    for name, text in (("vendor", "0x1022"), ("device", "0x164a"), ("class", "0x118000"), ("revision", "0x00")):
        made.write(f"{hub}/{name}", text)


def _device(made: Machine) -> None:
    kind, folder = made.kind, f"/sys/devices/pci0000:00/0000:00:08.2/{BDF}"
    for name, value in (("vendor", 0x1022), ("device", kind.device), ("revision", kind.revision), ("class", 0x118000)):
        made.write(f"{folder}/{name}", f"0x{value:04x}\n" if name != "revision" else f"0x{value:02x}\n")
    made.link(f"/sys/bus/pci/devices/{BDF}", f"../../../devices/pci0000:00/0000:00:08.2/{BDF}")
    bound = not any(made[fault] for fault in NO_NODE)
    loaded = not any(made[fault] for fault in ("kernel_old", "module_missing", "not_loaded", "blacklisted"))
    if loaded:
        (made.root / "sys/module/amdxdna").mkdir(parents=True)
    if not made["kernel_old"] and not made["module_missing"]:
        made.write(f"/lib/modules/{made.kernel}/kernel/drivers/accel/amdxdna/amdxdna.ko.zst")
    if made["blacklisted"]:
        made.write("/etc/modprobe.d/no-npu.conf", "# loud fan\nblacklist amdxdna\n")
    if not made["no_firmware"]:
        made.write(f"/lib/firmware/amdnpu/{kind.device:04x}_{kind.revision:02x}/npu.sbin.{kind.firmware}.zst")
    if bound or made["vfio"]:
        name = "vfio-pci" if made["vfio"] else "amdxdna"
        (made.root / f"sys/bus/pci/drivers/{name}").mkdir(parents=True)
        made.link(f"{folder}/driver", f"../../../../bus/pci/drivers/{name}")
    if bound:
        made.write(f"{folder}/vbnv", kind.name + "\n")
        made.write(f"{folder}/fw_version", kind.firmware + "\n")
        made.write(f"{folder}/device_type", "0\n")


def _node(made: Machine) -> None:
    """The stand-in for the character device. Its owner is called root and its group render, whoever made it."""
    if any(made[fault] for fault in NO_NODE):
        return
    name = NODE.rpartition("/")[2]
    folder = f"/sys/devices/pci0000:00/0000:00:08.2/{BDF}"
    if not made["no_node"]:
        made.write(f"{folder}/accel/{name}/dev", "261:2\n")
        made.link(f"{folder}/accel/{name}/device", f"../../../{BDF}")
        made.link(f"/sys/class/accel/{name}", f"../../devices/pci0000:00/0000:00:08.2/{BDF}/accel/{name}")
        place = made.write(NODE)
        place.chmod(0o600 if made["root_only"] else 0o660)
        if os.getuid() == 0:
            os.chown(place, 0, RENDER_GID)


def _limits(made: Machine) -> None:
    owner = os.getuid()
    group = RENDER_GID if owner == 0 else os.getgid()
    uid, gid = owner + 1, group + 1
    groups = f"{gid}" if made["not_in_group"] or made["login_again"] else f"{gid} {group}"
    ids = "".join(f"{name}:" + f"\t{number}" * 4 + "\n" for name, number in (("Uid", uid), ("Gid", gid)))
    made.write("/proc/self/status", f"Name:\tpython\n{ids}Groups:\t{groups} \nCapEff:\t0000000000000000\n")
    member = "" if made["not_in_group"] else USER
    made.write("/etc/passwd", f"root:x:{owner}:0::/root:/bin/sh\n{USER}:x:{uid}:{gid}::/home/{USER}:/bin/sh\n")
    made.write("/etc/group", f"render:x:{group}:{member}\n{USER}:x:{gid}:\n")
    locked = (
        "8388608              8388608" if made["memlock"] or made["memlock_set"] else "unlimited            unlimited"
    )
    made.write("/proc/self/limits", "Limit                     Soft Limit           Hard Limit           Units     \n"
               f"Max locked memory         {locked}              bytes     \n")  # fmt: skip
    if made["memlock_set"]:
        made.write(
            "/etc/security/limits.d/99-amdxdna.conf", "# npu\n* soft memlock unlimited\n* hard memlock unlimited\n"
        )
        made.write("/etc/systemd/system/user@.service.d/npu.conf", "[Service]\nLimitMEMLOCK=infinity\n")


def _xrt(made: Machine) -> None:
    if made["no_xrt"]:
        return
    made.write(f"{XRT}/version.json", '{\n  "BUILD_VERSION" : "2.21.75",\n  "BUILD_BRANCH" : "HEAD"\n}\n')
    made.write(f"{XRT}/setup.sh", f'export XILINX_XRT={XRT}\nexport PATH="$XILINX_XRT/bin:$PATH"\n')
    made.write(f"{XRT}/python/pyxrt.cpython-312-x86_64-linux-gnu.so")
    if not made["no_plugin"]:
        made.write(f"{XRT}/lib/libxrt_driver_xdna.so.2.21.75")
    if not made["no_interpreter"]:
        script(made.root / "usr/bin/python3.12", "echo 3.12")
    holders = ()
    if made["contexts_full"]:
        holders = ((4242, 6 if made.kind.generation == "XDNA1" else 16),)
        made.write("/proc/4242/comm", "flm\n")
        made.link("/proc/4242/fd/7", NODE)
        made.write("/proc/4242/fdinfo/7", f"pos:\t0\ndrm-driver:\tamdxdna_accel_driver\ndrm-pdev:\t{BDF}\n")
    facts = SmiFacts(BDF, made.kind.name, "2.21.75", made.kind.firmware, made.kind.columns, made.kernel, holders)
    fault = next((fault[4:] for fault in made.faults if fault.startswith("smi_")), "")
    if fault != "missing":
        machine_tools.xrt_smi(made.root / f"{XRT}/bin/xrt-smi".lstrip("/"), facts, fault)


def good_answers(kind: Kind) -> dict[int, bytes | int]:
    """What a driver of today answers to GET_INFO, by parameter."""
    clocks = b"".join(
        struct.pack("<16sII", name, mhz, 0) for name, mhz in ((b"MP-NPU Clock", 1267), (b"H Clock", 1800))
    )
    firmware = struct.pack("<4I", *map(int, kind.firmware.split(".")))
    contexts = struct.pack("<IIIIqQQQQQ", 3, 0, 4, 0, 777, 90, 88, 0, 0, 1)
    return {
        1: struct.pack("<IHHII24H", 504, kind.columns or 8, 6, 1, 1, *range(24)),
        3: clocks,
        5: contexts,
        8: firmware,
        9: struct.pack("<B7x", 2),
        12: struct.pack("<5Q", 1800, 50, 16, 0, 1),
    }


def fake_ioctl(answers: Mapping[int, bytes | int], version: tuple[int, int, int] = (0, 6, 0),
               driver: bytes = b"amdxdna_accel_driver") -> Callable[[int, int, ctypes.Structure], object]:  # fmt: skip
    """A driver that answers with these bytes, or fails with these numbers; what is not listed is EINVAL."""

    def ioctl(_descriptor: int, request: int, argument: ctypes.Structure) -> object:
        if request == 0xC0406400:
            argument.major, argument.minor, argument.patch = version
            ctypes.memmove(argument.name, driver, min(len(driver), argument.name_len))
            return 0
        assert request == 0xC0106447, hex(request)
        answer = answers.get(argument.param, errno.EINVAL)
        if isinstance(answer, int):
            raise OSError(answer, os.strerror(answer))
        ctypes.memmove(argument.buffer, answer, min(len(answer), argument.buffer_size))
        return 0

    return ioctl
