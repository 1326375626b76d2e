"""A toolchain in a folder: scripts that write down how they were called and make files that look like results."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

AIECC = r"""
options = dict(word.partition("=")[::2] for word in arguments)
if "--help" in options:
    print("--get-xclbin --get-npu-insts" if ASKS == "get" else "--aie-generate-xclbin")
    sys.exit(0)
mlir = pathlib.Path(arguments[-1])
content = mlir.read_bytes()
if "--xclbin-name" in options:
    before = options.get("--xclbin-input")
    whole = (pathlib.Path(before).read_bytes() if before else b"xclbin") + options["--xclbin-kernel-name"].encode()
    pathlib.Path(options["--xclbin-name"]).write_bytes(whole)
pathlib.Path(options["--npu-insts-name"]).write_bytes(content)
"""
PYTHON = r"""
job = json.load(sys.stdin)
pathlib.Path(arguments[-1]).write_text("module " + json.dumps(job))
"""
CLANG = r"""
if "--version" in arguments:
    print("clang version 20.0 (fake)")
    sys.exit(0)
defines = [word for word in arguments if word.startswith("-D")]
pathlib.Path(arguments[arguments.index("-o") + 1]).write_text("object " + " ".join(defines))
"""
FRONT = """#!/bin/sh
"exec" "{python}" "$0" "$@"
import json, os, pathlib, sys, time
arguments, tool = sys.argv[1:], {tool!r}
ASKS = {asks!r}
folder = pathlib.Path({folder!r})
told = "--version" in arguments or "--help" in arguments
if not told:
    with open(folder / "calls.jsonl", "a") as log:
        log.write(json.dumps([tool, *arguments]) + "\\n")
broken = folder / ("broken-" + tool)
if broken.exists() and not told:
    exec(broken.read_text())
"""


class FakeToolchain:
    """Programs below a folder, found through the environment.

    Attributes:
        folder: theirs.
        env: variables that make them be found.
    """

    def __init__(self, folder: Path, asks: str = "get", version: str = "1.4.2") -> None:
        self.folder = folder
        site = folder / "ironenv" / "lib" / "python3.12" / "site-packages"
        self._script(folder / "ironenv" / "bin" / "python", "python", PYTHON, asks)
        self._script(site / "mlir_aie" / "bin" / "aiecc", "aiecc", AIECC, asks)
        self._script(site / "llvm-aie" / "bin" / "clang++", "clang", CLANG, asks)
        self._script(folder / "xrt" / "xclbinutil", "xclbinutil", "", asks)
        for name in (f"mlir_aie-{version}", "llvm_aie-20.0"):
            (site / f"{name}.dist-info").mkdir()
        self.site = site
        self.env = {
            "VIRTUAL_ENV": str(folder / "ironenv"),
            "AIE_XCLBINUTIL": str(folder / "xrt" / "xclbinutil"),
        }

    def _script(self, path: Path, tool: str, work: str, asks: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        front = FRONT.format(python=sys.executable, tool=tool, asks=asks, folder=str(self.folder))
        path.write_text(front + work)
        path.chmod(0o755)

    def use(self, monkeypatch) -> FakeToolchain:
        for name in ("PEANO_INSTALL_DIR", "MLIR_AIE_INSTALL_DIR", "CONDA_PREFIX", "XILINX_XRT"):
            monkeypatch.delenv(name, raising=False)
        for name, value in self.env.items():
            monkeypatch.setenv(name, value)
        return self

    def environ(self, home: Path) -> dict[str, str]:
        """For a process of its own."""
        dropped = ("PEANO_INSTALL_DIR", "MLIR_AIE_INSTALL_DIR", "CONDA_PREFIX", "XILINX_XRT", "STARLING_NPU")
        kept = {name: value for name, value in os.environ.items() if name not in dropped}
        return {**kept, **self.env, "STARLING_HOME": str(home)}

    def break_(self, tool: str, code: str) -> None:
        """Let a tool do something else; empty code mends it."""
        path = self.folder / f"broken-{tool}"
        if code:
            path.write_text(code)
        else:
            path.unlink()

    @property
    def calls(self) -> list[list[str]]:
        """Every call so far: the tool and its arguments."""
        path = self.folder / "calls.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def forget(self) -> None:
        (self.folder / "calls.jsonl").unlink(missing_ok=True)
