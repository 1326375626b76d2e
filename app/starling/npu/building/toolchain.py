"""The tools that kernels are built with: an environment of their own, never Starling's."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from starling.core.errors import StarlingError
from starling.npu.probe import files, interpreters, software
from starling.npu.probe.notes import Notes
from starling.npu.sysroot import Sysroot
from starling.npu.tools import run_tool

PINNED = "1.4.2"
SERIES = "1.4."
"""Designs are written for this API (kernels/README.md)."""
HELP_S = 20.0
XCLBINUTIL_PLACES = ("/opt/xilinx/xrt/bin", "/usr/bin", "/usr/local/bin")
INSTRUCTIONS = (
    "Run packaging/install-npu-stack.sh (--dry-run shows every command), or: python3 -m venv ~/ironenv && "
    f"~/ironenv/bin/pip install mlir_aie=={PINNED} "
    f"-f https://github.com/Xilinx/mlir-aie/releases/expanded_assets/v{PINNED} && ~/ironenv/bin/pip install llvm-aie "
    "-f https://github.com/Xilinx/llvm-aie/releases/expanded_assets/nightly"
)
XRT_INSTRUCTIONS = (
    "Install XRT (starling doctor says how on this distribution); xclbinutil comes with it. AIE_XCLBINUTIL may name it."
)


@dataclass(frozen=True)
class Toolchain:
    """Programs by their paths on this machine.

    Attributes:
        python: mlir-aie's own.
        aiecc: the driver that makes xclbin and instructions.
        compiler: Peano's clang++.
        headers: the folder with ``aie_api``.
        asks: how this aiecc is asked for an output: ``get`` (``--get-xclbin``) or ``generate``
            (``--aie-generate-xclbin``); its options were renamed.
        versions: for the key of the cache and for reports.
    """

    python: str
    aiecc: str
    compiler: str
    peano: str
    headers: str
    xclbinutil: str
    asks: str
    versions: tuple[tuple[str, str], ...]


def find(root: Sysroot | None = None) -> Toolchain:
    """The toolchain.

    Raises:
        StarlingError: ``npu.no_toolchain`` with everything that is missing and the exact commands, or
            ``npu.toolchain_version``.
    """
    root = root or Sysroot.current()
    missing, fixes = [], []
    aie, peano = software.mlir_aie(root, Notes()), software.peano(root, Notes())
    python = (aie.interpreter or _interpreter(root, aie.path)) if aie else ""
    aiecc = _first(root, (f"{aie.path}/bin/aiecc", f"{_environment(aie.path)}/bin/aiecc")) if aie else ""
    compiler = _first(root, (f"{peano.path}/bin/clang++",)) if peano else ""
    xclbinutil = _xclbinutil(root)
    for name, found, fix in (
        ("mlir-aie (aiecc and its Python)", aie and python and aiecc, INSTRUCTIONS),
        ("Peano (llvm-aie's clang++)", compiler, INSTRUCTIONS),
        ("xclbinutil", xclbinutil, XRT_INSTRUCTIONS),
    ):
        if not found:
            missing.append(name)
            fixes.append(fix)
    if missing or aie is None or peano is None:
        raise StarlingError(
            "npu.no_toolchain",
            f"Kernels cannot be built here: {', '.join(missing)} not found.",
            " ".join(dict.fromkeys(fixes)),
        )
    version = aie.version or _installed(root, aie.path, "mlir-aie")
    if version and not version.startswith(SERIES):
        raise StarlingError(
            "npu.toolchain_version",
            f"mlir-aie {version} is installed; the kernels are written for {SERIES}x.",
            INSTRUCTIONS,
        )
    peano_version = peano.version or _installed(root, peano.path, "llvm-aie")
    versions = (("mlir-aie", version), ("peano", peano_version), ("compiler", _told(root, compiler)))
    return Toolchain(
        python, aiecc, compiler, peano.path, f"{aie.path}/include", xclbinutil, _asks(root, aiecc), versions
    )


def _first(root: Sysroot, places: tuple[str, ...]) -> str:
    return next((place for place in places if files.executable(root, place)), "")


def _environment(package: str) -> str:
    """The environment that a package lies in: four folders up from ``lib/python3.12/site-packages/mlir_aie``."""
    parents = Path(package).parents
    return parents[3].as_posix() if len(parents) > 3 and parents[0].name == "site-packages" else package


def _interpreter(root: Sysroot, package: str) -> str:
    return interpreters.of_environment(root, _environment(package))


def _installed(root: Sysroot, package: str, name: str) -> str:
    return interpreters.installed(root, str(Path(package).parent), name)


def _xclbinutil(root: Sysroot) -> str:
    named = os.environ.get("AIE_XCLBINUTIL", "")
    if os.path.isabs(named) and files.executable(root, named):
        return named
    xrt = files.user_folder(root, "XILINX_XRT")
    places = ([f"{xrt}/bin"] if xrt else []) + list(XCLBINUTIL_PLACES)
    return next(files.programs(root, ["xclbinutil"], places), "")


def _told(root: Sysroot, compiler: str) -> str:
    """The compiler's own first line: a nightly has one package version for many compilers."""
    lines = run_tool([str(root.path(compiler)), "--version"], HELP_S).stdout.strip().splitlines()
    return re.sub(r"[^ -~]", "", lines[0])[:200] if lines else ""


def _asks(root: Sysroot, aiecc: str) -> str:
    """Ask the program itself: a version number does not tell which nightly renamed the options."""
    result = run_tool([str(root.path(aiecc)), "--help"], HELP_S)
    return "get" if "--get-xclbin" in result.stdout + result.stderr else "generate"
