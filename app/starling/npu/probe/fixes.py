"""The exact remedy of each fault, by distribution. Package names and options: as their makers document them."""

from __future__ import annotations

from starling.npu.probe.distro import Distro

RESTART = "then restart the computer."
DRIVER_SOURCE = "https://github.com/amd/xdna-driver"
MEMLOCK_BYTES = 64 << 20
"""XRT locks a heap of this size for each process."""

_KERNEL = {
    "ubuntu": "Install a kernel of 6.14 or newer: sudo apt install linux-generic-hwe-24.04 (or upgrade Ubuntu); or the "
    "driver alone: sudo add-apt-repository ppa:lemonade-team/stable && sudo apt install amdxdna-dkms; " + RESTART,
    "debian": "Install the kernel of Debian 13's backports (6.14 or newer): "
    "sudo apt install -t trixie-backports linux-image-amd64; " + RESTART,
    "fedora": "Install the newest kernel: sudo dnf upgrade --refresh 'kernel*'; " + RESTART,
    "arch": "Install the newest kernel: sudo pacman -Syu; " + RESTART,
    "": "Use Linux 6.14 or newer with CONFIG_DRM_ACCEL_AMDXDNA, or build the driver amdxdna from "
    f"{DRIVER_SOURCE} (it needs Linux 6.10); " + RESTART,
}
_MODULE = {
    "ubuntu": "Install the kernel's extra modules: sudo apt install linux-modules-extra-$(uname -r); or the driver "
    "alone: sudo add-apt-repository ppa:lemonade-team/stable && sudo apt install amdxdna-dkms; " + RESTART,
    "debian": _KERNEL["debian"],
    "fedora": "Install the kernel's extra modules: sudo dnf install kernel-modules kernel-modules-extra; " + RESTART,
    "arch": _KERNEL["arch"],
    "": _KERNEL[""],
}
_DRIVER = {
    "ubuntu": "Install the newest driver: sudo add-apt-repository ppa:lemonade-team/stable && "
    "sudo apt install amdxdna-dkms; " + RESTART,
    "debian": "Install a kernel of 7.0 or newer: sudo apt install -t trixie-backports linux-image-amd64 "
    f"(or build the driver from {DRIVER_SOURCE}); " + RESTART,
    "fedora": _KERNEL["fedora"],
    "arch": _KERNEL["arch"],
    "": f"Use Linux 7.0 or newer, or build the driver amdxdna from {DRIVER_SOURCE}; " + RESTART,
}
_FIRMWARE = {
    "ubuntu": "Run: sudo apt install --reinstall linux-firmware; " + RESTART,
    "debian": "Enable non-free-firmware in the package sources, run: "
    "sudo apt install firmware-amd-graphics firmware-misc-nonfree; " + RESTART,
    "fedora": "Run: sudo dnf install linux-firmware; " + RESTART,
    "arch": "Run: sudo pacman -S linux-firmware; " + RESTART,
    "": "Install the folder amdnpu of linux-firmware "
    "(https://gitlab.com/kernel-firmware/linux-firmware) into /lib/firmware; " + RESTART,
}
_XRT_PACKAGES = "sudo apt install libxrt2 libxrt-npu2 libxrt-utils-npu python3-xrt"
_XRT_ZIP = "On 24.04 install the .deb files of AMD's RAI_1.8_Linux_NPU_XRT.zip (ryzenai.docs.amd.com)."
_XRT = {
    "ubuntu": f"On Ubuntu 26.04 and newer run: {_XRT_PACKAGES}. {_XRT_ZIP}",
    "debian": "Run: sudo apt install -t trixie-backports libxrt2 libxrt-npu2 libxrt-utils-npu python3-xrt "
    "(the python3-xrt of trixie itself is another program).",
    "fedora": "Run: sudo dnf install xrt; if that brings no NPU plugin, build it from " + DRIVER_SOURCE + ".",
    "arch": "Run: sudo pacman -S xrt xrt-plugin-amdxdna",
    "": f"Build XRT and its plugin xrt_plugin-amdxdna as {DRIVER_SOURCE} says.",
}
_PYTHON = {
    "ubuntu": "Run: sudo apt install python{0} (or: uv python install {0})",
    "debian": "Run: sudo apt install python{0} (or: uv python install {0})",
    "fedora": "Run: sudo dnf install python{0}",
    "arch": "Run: uv python install {0}",
    "": "Run: uv python install {0}",
}
_FIRMWARE_AGE = {
    "ubuntu": "Bring both up to date: sudo apt update && sudo apt full-upgrade; " + RESTART,
    "debian": "Bring kernel and firmware up to date from the same suite: sudo apt update && sudo apt full-upgrade; "
    + RESTART,
    "fedora": "Bring both up to date: sudo dnf upgrade --refresh; " + RESTART,
    "arch": "Bring both up to date: sudo pacman -Syu; " + RESTART,
    "": "Use a kernel and a linux-firmware of the same time: Linux 7.0 and newer take firmware 1.1 and newer, older "
    "kernels take 1.0; " + RESTART,
}
_TABLES = {
    "kernel": _KERNEL, "module": _MODULE, "firmware": _FIRMWARE, "firmware_age": _FIRMWARE_AGE, "xrt": _XRT,
    "driver": _DRIVER,
}  # fmt: skip
BACKPORTS = ("kernel", "module", "driver", "xrt")
DEBIAN_WITH_PACKAGES = 13


def package(kind: str, distro: Distro) -> str:
    """What to install for one of ``kernel module driver firmware firmware_age xrt``."""
    fix = _TABLES[kind][distro.family]
    release = distro.version.partition(".")[0]
    number = int(release) if release.isascii() and release.isdigit() and len(release) < 4 else 0
    if distro.id == "ubuntu" and kind == "xrt" and number:
        return f"Run: {_XRT_PACKAGES}" if number >= 26 else _XRT_ZIP.replace("On 24.04 install", "Install")
    if distro.id == "debian" and kind in BACKPORTS and number < DEBIAN_WITH_PACKAGES:
        # Testing and unstable have no number: what backports have is in their own packages.
        return f"Upgrade to Debian 13 first. {fix}" if number else fix.replace("-t trixie-backports ", "")
    return fix


def python(version: str, distro: Distro) -> str:
    """How to get a Python of that version."""
    return _PYTHON[distro.family].format(version)


def container(node: str, distro: Distro) -> str:
    """How to start a container so that the NPU works in it."""
    if distro.container == "Flatpak":
        return "Run: flatpak override --user --device=all, or use Starling's own package."
    return (
        f"Start the container with: --device {node or '/dev/accel/accel0'} --device /dev/dri --group-add render "
        "--ulimit memlock=-1 --cap-add IPC_LOCK"
    )


def iommu(parameter: str, distro: Distro) -> str:
    """How to get rid of a kernel parameter."""
    if distro.family == "fedora":
        return f"Run: sudo grubby --update-kernel=ALL --remove-args={parameter}; {RESTART}"
    update = (
        "sudo update-grub" if distro.family in ("ubuntu", "debian") else "sudo grub-mkconfig -o /boot/grub/grub.cfg"
    )
    return f"Remove {parameter} from GRUB_CMDLINE_LINUX in /etc/default/grub, run {update}; {RESTART}"


def join_group(group: str, user: str) -> str:
    """How to get into a group."""
    return f"Run: sudo usermod -aG {group} {user or '$USER'}; then log out and in again."


def udev_rule() -> str:
    """How to give the node to the group render."""
    rule = 'KERNEL=="accel*",DRIVERS=="amdxdna",GROUP="render",MODE="0660"'
    return (
        f"Run: sudo groupadd -f -r render; echo '{rule}' | sudo tee /etc/udev/rules.d/99-amdxdna.rules; "
        "sudo udevadm control --reload && sudo udevadm trigger --subsystem-match=accel; "
        "sudo usermod -aG render $USER; then log out and in again."
    )


def memlock(distro: Distro, *, limits_set: bool, unit_set: bool) -> str:
    """How to raise the limit for logins and, where systemd starts the sessions, for those."""
    if distro.container:
        return "Start the container with: --ulimit memlock=-1 --cap-add IPC_LOCK"
    steps = []
    if not limits_set:
        steps.append("echo '* - memlock unlimited' | sudo tee /etc/security/limits.d/99-amdxdna.conf")
    if distro.systemd and not unit_set:
        steps.append(
            "sudo mkdir -p /etc/systemd/system/user@.service.d && printf '[Service]\\nLimitMEMLOCK=infinity\\n' | "
            "sudo tee /etc/systemd/system/user@.service.d/99-amdxdna.conf"
        )
    if not steps:
        return "The limit is already raised in the system's files: restart the computer."
    return f"Run: {'; '.join(steps)}; {RESTART}"
