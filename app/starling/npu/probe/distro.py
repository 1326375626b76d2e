"""Which distribution, container or virtual machine this is: what a fix has to be written for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from starling.npu.probe import files
from starling.npu.sysroot import Sysroot

Family = Literal["ubuntu", "debian", "fedora", "arch", ""]

FAMILIES: dict[str, Family] = {
    "ubuntu": "ubuntu", "debian": "debian", "fedora": "fedora", "rhel": "fedora", "centos": "fedora", "arch": "arch",
}  # fmt: skip
OS_RELEASE = ("/etc/os-release", "/usr/lib/os-release")
CONTAINER_MARKS = {"/.dockerenv": "Docker", "/run/.containerenv": "Podman", "/.flatpak-info": "Flatpak"}


@dataclass(frozen=True)
class Distro:
    """The system that the programs run in.

    Attributes:
        name: for people; empty when nothing tells it.
        id: its own word, lower case.
        version: ``24.04``; empty for a rolling one.
        family: whose packages it takes; empty for an unknown one.
        container: what kind; empty for none.
        wsl: Linux under Windows.
        virtual: a virtual machine.
        systemd: systemd runs the sessions.
        evidence: the file that told the name.
    """

    name: str = ""
    id: str = ""
    version: str = ""
    family: Family = ""
    container: str = ""
    wsl: bool = False
    virtual: bool = False
    systemd: bool = False
    evidence: str = ""


def read(root: Sysroot) -> Distro:
    """Read it from files; never raises."""
    evidence = next((path for path in OS_RELEASE if root.text(path)), "")
    told = parse_os_release(root.text(evidence)) if evidence else {}
    return Distro(
        name=told.get("PRETTY_NAME") or told.get("NAME", ""),
        id=told.get("ID", "").lower(),
        version=told.get("VERSION_ID", ""),
        family=family(told),
        container=_container(root),
        wsl="microsoft" in root.text("/proc/sys/kernel/osrelease").lower(),
        virtual=" hypervisor" in root.text("/proc/cpuinfo"),
        systemd=files.exists(root, "/run/systemd/system"),
        evidence=evidence,
    )


def parse_os_release(text: str) -> dict[str, str]:
    """The assignments of an os-release file; lines that are none are left out."""
    told = {}
    for line in text.splitlines():
        key, equals, value = line.strip().partition("=")
        if equals and not key.startswith("#"):
            told[key.strip()] = value.strip().strip("\"'")
    return told


def family(told: dict[str, str]) -> Family:
    """By ID, then by what it says to be like."""
    for word in (told.get("ID", ""), *told.get("ID_LIKE", "").split()):
        if word.lower() in FAMILIES:
            return FAMILIES[word.lower()]
    return ""


def _container(root: Sysroot) -> str:
    for mark, kind in CONTAINER_MARKS.items():
        if files.exists(root, mark):
            return kind
    return root.text("/run/systemd/container")
