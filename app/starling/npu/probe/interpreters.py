"""Which Python on this machine is of a version: a compiled module fits only one."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator

from starling.npu.probe import files
from starling.npu.sysroot import Sysroot


def find(root: Sysroot, version: str) -> str:
    """A Python of version ``3.12``; empty when none is found. Ours comes first, then those without an environment."""
    if not re.fullmatch(r"3\.[0-9]{1,2}", version):
        return ""
    if not root.faked and version == own_version():
        return sys.executable
    return next(_candidates(root, version), "")


def own_version() -> str:
    """``3.11``."""
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def _candidates(root: Sysroot, version: str) -> Iterator[str]:
    home, number = files.home(), re.escape(version)
    yield from files.programs(root, [f"python{version}"], (f"{home}/.local/bin", f"/opt/python{version}/bin"))
    for folder, pattern in (
        (f"{home}/.pyenv/versions", rf"{number}(\..*)?"),
        (f"{home}/.local/share/uv/python", rf"cpython-{number}\..*"),
    ):
        for path in reversed(files.glob(root, folder, pattern)):
            if files.executable(root, f"{path}/bin/python{version}"):
                yield f"{path}/bin/python{version}"


def of_environment(root: Sysroot, folder: str) -> str:
    """The Python of a virtual environment; empty when it is none."""
    for place in ("bin/python", "bin/python3", "Scripts/python.exe", "python.exe"):
        if files.executable(root, f"{folder}/{place}"):
            return f"{folder}/{place}"
    return ""


def packages(root: Sysroot, folder: str) -> list[str]:
    """The site-packages folders of an environment or prefix."""
    found = [f"{path}/site-packages" for lib in ("lib", "lib64")
             for path in files.glob(root, f"{folder}/{lib}", r"python3\.[0-9]+")]  # fmt: skip
    return [path for path in (*found, f"{folder}/Lib/site-packages") if files.exists(root, path)]


def installed(root: Sysroot, site: str, package: str) -> str:
    """The version of a package by the name of its ``.dist-info``; empty when it is not installed."""
    name = "[-_]".join(map(re.escape, re.split("[-_]", package)))
    for path in files.glob(root, site, rf"(?i){name}-[^-]+\.dist-info"):
        return path.removesuffix(".dist-info").rpartition("-")[2]
    return ""
