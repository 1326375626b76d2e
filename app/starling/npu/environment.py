"""The environment that an engine of ours needs to use XRT: a few variables, for that engine's process only.

AMD's XRT lies in a folder of its own and brings a setup.sh; what it exports is read in a child shell and only the
variables below are taken. A distribution's XRT has no such script and needs none: its libraries lie where the linker
looks, and its Python module gets a folder to itself, because the one in which it lies holds the system's other
packages too (an engine would load the system's numpy instead of its own).
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from starling import locate
from starling.npu import setup_script
from starling.npu.report import Finding, Npu, Xrt
from starling.npu.sysroot import Sysroot

ROOT_VARIABLE = "XILINX_XRT"
LISTS = ("PATH", "LD_LIBRARY_PATH", "PYTHONPATH")
FINDING = "xrt environment"
ENTRIES_MOST = 32
ENTRY_CHARACTERS = 1024
SYSTEM_ROOT = "/usr"
"""Where the linker and the shell look anyhow."""


@dataclass(frozen=True)
class XrtEnvironment:
    """What is taken, and from where.

    Attributes:
        source: the setup.sh, or ``computed``.
        root: for ``XILINX_XRT``; empty where XRT finds itself.
        added: (variable, folders that go before what it holds).
        left_out: how many other variables the script set, none of which is taken.
        refused: folders that were not taken: relative, or with characters that no path has.
        problem: why a setup.sh that is there was not used; empty when it was, or there is none.
    """

    source: str = ""
    root: str = ""
    added: tuple[tuple[str, tuple[str, ...]], ...] = ()
    left_out: int = 0
    refused: int = 0
    problem: str = ""

    def variables(self, base: Mapping[str, str]) -> dict[str, str]:
        """The variables with their values, for a process that has ``base`` besides."""
        values = {ROOT_VARIABLE: self.root} if self.root else {}
        for name, folders in self.added:
            # Python's own list belongs to our Python; the engine may run under another.
            held = "" if name == "PYTHONPATH" else base.get(name, "")
            values[name] = os.pathsep.join([*folders, *filter(None, held.split(os.pathsep))])
        return values

    def findings(self) -> tuple[Finding, ...]:
        """What was taken, for people: a line that counts, then each of it."""
        if not self.source:
            return ()
        count = len(self.added) + bool(self.root)
        told = [f"{count} variable{'s' * (count != 1)} for engines that use XRT; left out: {self.left_out}"]
        told += [f"{ROOT_VARIABLE}={self.root}"] if self.root else []
        told += [f"{name} += {os.pathsep.join(folders)}" for name, folders in self.added]
        told += [f"{self.refused} folders refused"] if self.refused else []
        told += [f"setup.sh was not used: {self.problem}"] if self.problem else []
        return tuple(Finding(FINDING, text, self.source) for text in told)


def xrt_environment(npu: Npu, root: Sysroot | None = None) -> Mapping[str, str]:
    """The variables for an engine that uses XRT; empty when there is no XRT, or it needs none."""
    return look(npu, root).variables(os.environ)


def look(npu: Npu, root: Sysroot | None = None) -> XrtEnvironment:
    """What such an engine gets and where it is from; never raises."""
    root = root or Sysroot.current()
    if npu.xrt is None:
        return XrtEnvironment()
    if not npu.xrt.setup:
        return _computed(npu.xrt, root)
    setup = _read(root, npu.xrt.setup, _stamp(root, npu.xrt.setup))
    taken = _taken(setup, npu.xrt.setup)
    if taken.problem:
        computed = _computed(npu.xrt, root)
        return XrtEnvironment(
            computed.source, computed.root, computed.added, taken.left_out, taken.refused, taken.problem
        )
    return taken


@functools.lru_cache(maxsize=8)
def _read(root: Sysroot, script: str, _stamp: tuple[int, int]) -> setup_script.Setup:
    """Once for each state of the file: every engine asks, and a script that hangs takes seconds each time."""
    return setup_script.run(root, script)


def _stamp(root: Sysroot, script: str) -> tuple[int, int]:
    try:
        found = root.path(script).stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_size


def _taken(setup: setup_script.Setup, script: str) -> XrtEnvironment:
    if setup.problem:
        return XrtEnvironment(problem=setup.problem)
    root = setup.values.get(ROOT_VARIABLE, "")
    if not _is_folder(root):
        return XrtEnvironment(left_out=setup.exported, problem=f"it does not set {ROOT_VARIABLE} to a folder")
    added, refused = [], 0
    for name in LISTS:
        before = set(setup_script.CLEAN.get(name, "").split(":"))
        new = [entry for entry in setup.values.get(name, "").split(":") if entry not in before and entry]
        good = tuple(dict.fromkeys(filter(_is_folder, new)))[:ENTRIES_MOST]
        refused += len(set(new)) - len(good)
        if good:
            added.append((name, good))
    used = 1 + sum(name in setup.values and name not in setup_script.CLEAN for name in LISTS)
    return XrtEnvironment(script, root, tuple(added), max(0, setup.exported - used), refused)


def _is_folder(text: str) -> bool:
    """Whether it looks like an absolute path; a relative one would mean another folder in every process."""
    return text.startswith("/") and len(text) <= ENTRY_CHARACTERS and text.isprintable()


def _computed(xrt: Xrt, root: Sysroot) -> XrtEnvironment:
    modules = _module_folders(xrt, root)
    added: list[tuple[str, tuple[str, ...]]] = []
    own = "" if xrt.root in ("", SYSTEM_ROOT) else str(root.path(xrt.root))
    if own:
        libraries = tuple(f"{own}/{name}" for name in ("lib", "lib64") if Path(own, name).is_dir())
        added += [("PATH", (f"{own}/bin",)), ("LD_LIBRARY_PATH", libraries)]
    added.append(("PYTHONPATH", modules))
    return XrtEnvironment("computed", own, tuple((name, folders) for name, folders in added if folders))


def _module_folders(xrt: Xrt, root: Sysroot) -> tuple[str, ...]:
    """Folders with nothing but XRT's own modules."""
    own: list[Path] = []
    shared: list[Path] = []
    for module in xrt.pyxrt:
        place = root.path(module.path)
        (own if place.parent == root.path(xrt.root) / "python" else shared).append(place)
    folders = [str(place.parent) for place in own]
    if shared:
        folders += filter(None, [_linked(shared)])
    return tuple(dict.fromkeys(folders))


def _linked(modules: Iterable[Path]) -> str:
    """A folder of ours with a link to each of the modules; empty where none can be made."""
    targets = {str(module): module for module in modules}
    name = hashlib.sha256("\0".join(sorted(targets)).encode()).hexdigest()[:16]
    folder = locate.cache_dir() / "pyxrt" / name
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        for target in targets.values():
            _link(folder / target.name, target)
        return str(folder)
    return ""


def _link(link: Path, target: Path) -> None:
    """In one step: another engine that starts at the same time makes the same one."""
    if link.is_symlink() and os.readlink(link) == str(target):
        return
    part = link.with_name(f".{link.name}.{secrets.token_hex(4)}")
    part.symlink_to(target)
    os.replace(part, link)
