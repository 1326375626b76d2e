"""AMD's Ryzen AI software, mlir-aie and its compiler Peano: environments of their own, found by their packages."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import PurePosixPath

from starling.npu.probe import files, interpreters
from starling.npu.probe.notes import Notes
from starling.npu.report import Tool
from starling.npu.sysroot import Sysroot

VITISAI_VARIABLE = "RYZEN_AI_INSTALLATION_PATH"
VITISAI_PACKAGES = ("onnxruntime-vitisai", "voe", "flexmlrt", "ryzen-ai-lt")
PROVIDER_LIBRARY = "onnxruntime/capi/libonnxruntime_providers_vitisai.so"


def vitisai(root: Sysroot, notes: Notes) -> Tool | None:
    """The environment that has ONNX Runtime with the Vitis AI execution provider."""
    for folder, evidence in _vitisai_folders(root):
        for place in (folder, f"{folder}/venv"):
            found = _vitisai_environment(root, folder, place)
            if found is not None:
                notes.found("vitisai", found.version or "version not told", evidence)
                return found
    return None


def _vitisai_folders(root: Sysroot) -> Iterator[tuple[str, str]]:
    if folder := files.user_folder(root, VITISAI_VARIABLE):
        yield folder, f"environment variable {VITISAI_VARIABLE}"
    for base in ("/opt", "/opt/AMD", "/opt/amd", files.home()):
        for path in reversed(files.glob(root, base, r"(?i)\.?(ryzen[-_ ]?ai)([-_.].*|[0-9.]*|venv)")):
            yield path, path


def _vitisai_environment(root: Sysroot, folder: str, place: str) -> Tool | None:
    interpreter = interpreters.of_environment(root, place)
    if not interpreter:
        return None
    detail: list[tuple[str, str]] = []
    for site in interpreters.packages(root, place):
        detail += [(name, version) for name in VITISAI_PACKAGES
                   if (version := interpreters.installed(root, site, name))]  # fmt: skip
        if files.exists(root, f"{site}/{PROVIDER_LIBRARY}"):
            detail.append(("provider library", f"{site}/{PROVIDER_LIBRARY}"))
    if not detail:
        return None
    named = re.search(r"[0-9]+\.[0-9]+(\.[0-9]+)?", PurePosixPath(folder).name)
    return Tool("Ryzen AI software", place, named[0] if named else detail[0][1], interpreter, tuple(detail))


def _environments(root: Sysroot) -> Iterator[str]:
    home = files.home()
    for variable in ("VIRTUAL_ENV", "CONDA_PREFIX"):
        if folder := files.user_folder(root, variable):
            yield folder
    if not root.faked:
        yield sys.prefix
    for base in (home, f"{home}/mlir-aie", f"{home}/IRON", "/opt", "/opt/mlir-aie"):
        yield from files.glob(root, base, r"ironenv|mlir-aie.*|iron.*|\.?venv")


def mlir_aie(root: Sysroot, notes: Notes) -> Tool | None:
    """The compiler for kernels of the NPU."""
    if folder := files.user_folder(root, "MLIR_AIE_INSTALL_DIR"):
        notes.found("mlir-aie", folder, "environment variable MLIR_AIE_INSTALL_DIR")
        return Tool("mlir-aie", folder, "")
    return _package(root, "mlir-aie", "mlir_aie", notes)


def peano(root: Sysroot, notes: Notes) -> Tool | None:
    """Its C++ compiler."""
    if folder := files.user_folder(root, "PEANO_INSTALL_DIR"):
        notes.found("peano", folder, "environment variable PEANO_INSTALL_DIR")
        return Tool("peano", folder, "")
    return _package(root, "peano", "llvm-aie", notes)


def _package(root: Sysroot, name: str, package: str, notes: Notes) -> Tool | None:
    for folder in dict.fromkeys(_environments(root)):
        for site in interpreters.packages(root, folder):
            if version := interpreters.installed(root, site, package):
                path = f"{site}/{package}"
                notes.found(name, version, site)
                return Tool(name, path, version, interpreters.of_environment(root, folder))
    return None
