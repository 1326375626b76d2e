"""The XRT runtime: where it is, its version, its plugin for the NPU, and which Python its module fits."""

from __future__ import annotations

import re
from collections.abc import Iterator

from starling.npu.probe import files, interpreters, smi_json
from starling.npu.probe.notes import Notes
from starling.npu.report import Pyxrt, Xrt
from starling.npu.sysroot import Sysroot

OWN_ROOT = "/opt/xilinx/xrt"
LIBRARY_FOLDERS = ("lib", "lib64", "lib/x86_64-linux-gnu")
CORE = r"libxrt_coreutil\.so\.[0-9]+\.[0-9]+\.[0-9]+"
PLUGIN = r"libxrt_driver_xdna\.so.*"
PACMAN = "/var/lib/pacman/local"
MODULE = r"pyxrt(\..+)?\.(so|pyd)"
MODULE_BYTES = 32 << 20
"""A pyxrt has under 5 MB."""


def find(root: Sysroot, notes: Notes) -> Xrt | None:
    """The first of: ``XILINX_XRT``, AMD's own folder, the distribution's packages."""
    for place in dict.fromkeys(filter(None, (files.user_folder(root, "XILINX_XRT"), OWN_ROOT, "/usr/local", "/usr"))):
        smi = next((path for path in (f"{place}/bin/xrt-smi",) if files.executable(root, path)), "")
        modules = tuple(pyxrt(root, path) for path in _modules(root, place))
        version, evidence = _version(root, place)
        if not (smi or modules or version):
            continue
        setup = f"{place}/setup.sh" if files.exists(root, f"{place}/setup.sh") else ""
        notes.found("xrt", version or "version not told", evidence or smi or modules[0].path)
        for plugin in _libraries(root, place, PLUGIN):
            notes.found("xrt plugin", plugin.rpartition("/")[2], plugin)
            break
        for module in modules:
            notes.found("pyxrt", f"CPython {module.cpython or 'of unknown version'}", module.path)
        return Xrt(version, place, setup, smi, modules)
    return None


def _libraries(root: Sysroot, place: str, pattern: str) -> Iterator[str]:
    for folder in LIBRARY_FOLDERS:
        yield from files.glob(root, f"{place}/{folder}", pattern)


def _version(root: Sysroot, place: str) -> tuple[str, str]:
    path = f"{place}/version.json"
    told = smi_json.dig(smi_json.load(root.text(path)), "BUILD_VERSION")
    if isinstance(told, str) and told:
        return told, path
    for library in _libraries(root, place, CORE):
        return library.rpartition(".so.")[2], library
    if place == "/usr":
        for package in files.glob(root, PACMAN, r"xrt-[0-9].*"):
            return package.rpartition("/xrt-")[2].rpartition("-")[0], package
    return "", ""


def _modules(root: Sysroot, place: str) -> Iterator[str]:
    folders = [f"{place}/python", f"{place}/lib/python3/dist-packages"]
    folders += interpreters.packages(root, place)
    folders += [f"{path}/dist-packages" for path in files.glob(root, f"{place}/lib", r"python3\.[0-9]+")]
    for folder in folders:
        yield from files.glob(root, folder, MODULE)


def pyxrt(root: Sysroot, path: str) -> Pyxrt:
    """The module and the Python that fits it."""
    version = cpython_of_name(path.rpartition("/")[2]) or _cpython_of_content(root, path)
    return Pyxrt(path, version, interpreters.find(root, version))


def cpython_of_name(name: str) -> str:
    """``3.12`` of ``pyxrt.cpython-312-x86_64-linux-gnu.so`` or ``pyxrt.cp312-win_amd64.pyd``; else empty."""
    match = re.search(r"\.(?:cpython-|cp)3([0-9]{1,2})(?:[-.]|$)", name)
    return f"3.{match[1]}" if match else ""


def _cpython_of_content(root: Sysroot, path: str) -> str:
    """pybind11 keeps the version that a module was compiled for as a string, to compare it at import."""
    try:
        with root.path(path).open("rb") as file:
            content = file.read(MODULE_BYTES)
    except (OSError, ValueError):
        return ""
    found = {match.decode() for match in re.findall(rb"(?<=\0)3\.[0-9]{1,2}(?=\0)", content)}
    return found.pop() if len(found) == 1 else ""
