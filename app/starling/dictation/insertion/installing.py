"""The command that installs a program on this distribution."""

from __future__ import annotations

from pathlib import Path

_COMMANDS = {
    "debian": "sudo apt install {package}",
    "fedora": "sudo dnf install {package}",
    "arch": "sudo pacman -S {package}",
    "suse": "sudo zypper install {package}",
    "alpine": "sudo apk add {package}",
}
_LIKE = {"ubuntu": "debian", "rhel": "fedora", "centos": "fedora", "opensuse": "suse", "sles": "suse",
         "manjaro": "arch"}  # fmt: skip


def family(os_release: str) -> str:
    """Which distribution's tools an /etc/os-release speaks of; empty for none that is known. Pure."""
    values = dict(line.split("=", 1) for line in os_release.splitlines() if "=" in line)
    names = f"{values.get('ID', '')} {values.get('ID_LIKE', '')}".replace('"', "").replace("'", "").lower().split()
    for name in names:
        name = name.split("-")[0]
        if _LIKE.get(name, name) in _COMMANDS:
            return _LIKE.get(name, name)
    return ""


def command(package: str, os_release: str | None = None) -> str:
    """The command; where the distribution is not known, a sentence."""
    if os_release is None:
        try:
            os_release = Path("/etc/os-release").read_text("utf-8", "replace")
        except OSError:
            os_release = ""
    known = family(os_release)
    return _COMMANDS[known].format(package=package) if known else f"Install the package {package}."
