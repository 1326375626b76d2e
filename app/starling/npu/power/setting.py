"""Sets the power mode and reads it back.

On Linux only root may: through Starling's root-owned helper, for which polkit asks; directly where this process is
root; else not at all, and the exact command is told. On Windows xrt-smi is run as it is.
"""

from __future__ import annotations

import os
import re
import shlex
import sys
from dataclasses import dataclass
from typing import Literal

from starling import locate
from starling.core.errors import StarlingError
from starling.npu.power import failures, reading, trust
from starling.npu.power.modes import Mode
from starling.npu.probe import identity
from starling.npu.probe.ioctls import Ioctl
from starling.npu.report import Npu
from starling.npu.sysroot import Sysroot
from starling.npu.tools import run_tool

HELPER = "/usr/libexec/starling/starling-power"
ACTION = "io.github.starling.Starling.set-power-mode"
PKEXEC = "/usr/bin/pkexec"
PROGRAMS = ("/opt/xilinx/xrt/bin/xrt-smi", "/usr/bin/xrt-smi")
"""What root runs: never a path from the environment."""
ADDRESS = re.compile(r"[0-9a-f]{4}:[0-9a-f]{2}:[01][0-9a-f]\.[0-7]")
TIMEOUT_S = 25.0
"""Raising the clock may take the driver 3.5 s; the helper gives up after 20 s."""
ASKING_S = 120.0
"""For somebody to type a password."""
CLEAN = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"}

Kind = Literal["helper", "direct", "none"]


@dataclass(frozen=True)
class Way:
    """How the mode can be set here.

    Attributes:
        kind: ``helper`` may ask for an authorisation, ``direct`` does not, ``none``: only by hand.
        argv: the program and what goes before the mode; empty for ``none``.
        device: arguments that name the device.
        command: what a person would run; holds ``MODE`` in the mode's place.
        why: why there is no better way.
    """

    kind: Kind
    argv: tuple[str, ...] = ()
    device: tuple[str, ...] = ()
    command: str = ""
    why: str = ""

    def by_hand(self, mode: Mode) -> str:
        """The exact command for a person."""
        return self.command.replace("MODE", mode)


@dataclass(frozen=True)
class Change:
    """What came of setting a mode.

    Attributes:
        asked: the mode that was wanted.
        before: as it was read before; None when nothing told it.
        now: as it was read afterwards.
        way: how it was set; ``none`` when it was so already.
        evidence: what told ``now``.
    """

    asked: Mode
    before: Mode | None
    now: Mode | None
    way: Kind
    evidence: str = ""

    @property
    def taken(self) -> bool:
        """Whether the NPU is in the mode that was wanted."""
        return self.now is self.asked


def find_way(npu: Npu, root: Sysroot | None = None) -> Way:
    """How the mode can be set on this machine; runs nothing."""
    root = root or Sysroot.current()
    if sys.platform == "win32" and not root.faked:
        smi = npu.xrt.smi if npu.xrt else ""
        command = f'"{smi or "xrt-smi.exe"}" configure --pmode MODE'
        return Way("direct" if smi else "none", (smi, "configure", "--pmode") if smi else (), (), command,
                   "" if smi else "xrt-smi.exe is not installed")  # fmt: skip
    address = npu.bdf if ADDRESS.fullmatch(npu.bdf) else ""
    device = ("-d", address) if address else ()
    found = [path for path in PROGRAMS if os.access(root.path(path), os.X_OK)]
    by_hand = found[0] if found else (npu.xrt.smi if npu.xrt else "") or PROGRAMS[0]
    command = f"sudo {shlex.join([by_hand, 'configure', *device, '--pmode'])} MODE"
    if _is_root(root):
        smi = next((path for path in found if not trust.why_not(root, path)), "")
        if smi:
            return Way("direct", (str(root.path(smi)), "configure", *device, "--pmode"), (), command)
        return Way("none", command=command, why="no xrt-smi is installed that belongs to root alone")
    why = trust.why_not(root, HELPER) or trust.why_not(root, PKEXEC)
    if why:
        return Way("none", command=command, why=why)
    return Way("helper", (str(root.path(PKEXEC)), str(root.path(HELPER))), (address,) if address else (), command)


def _is_root(root: Sysroot) -> bool:
    process = identity.read(root)
    uid = process.uid if process else os.geteuid() if hasattr(os, "geteuid") else -1
    return uid == trust.root_uid(root)


def set_mode(mode: Mode, npu: Npu, root: Sysroot | None = None, *, ioctl: Ioctl | None = None) -> Mode:
    """Set the mode and return the one that was read back.

    Raises:
        StarlingError: as :func:`change`; ``power.not_taken`` or ``power.unconfirmed`` when the NPU is in another mode
            afterwards, or nothing tells.
    """
    made = change(mode, npu, root, ioctl=ioctl)
    error = doubt(made)
    if error is not None or made.now is None:
        raise error or StarlingError("power.unconfirmed", "The power mode is not known.")
    return made.now


def change(mode: Mode, npu: Npu, root: Sysroot | None = None, *, ioctl: Ioctl | None = None) -> Change:
    """Set the mode, read it before and after. May wait for somebody to give an authorisation; not for a GUI's thread.

    Raises:
        StarlingError: ``power.no_npu``, ``power.needs_root`` and the codes of :mod:`starling.npu.power.failures`.
    """
    root = root or Sysroot.current()
    if not npu.present:
        raise StarlingError(
            "power.no_npu", "There is no NPU here whose power mode could be set.", "See starling doctor."
        )
    before = reading.look(npu, root, ioctl)
    if before.mode is mode:
        return Change(mode, mode, mode, "none", before.evidence)
    way = find_way(npu, root)
    if way.kind == "none":
        raise needs_root(way, mode)
    if way.kind == "helper":
        # Of our environment only the language, for the question.
        env = {"PATH": "/usr/bin:/bin", "LANG": os.environ.get("LANG", "C")}
        result = run_tool([*way.argv, mode, *way.device], ASKING_S, env)
        error = failures.of_helper(result, way.by_hand(mode))
    else:
        result = run_tool([*way.argv, mode], TIMEOUT_S, None if sys.platform == "win32" else CLEAN)
        error = failures.of_run(result, way.by_hand(mode))
    if error is not None:
        raise error
    after = reading.look(npu, root, ioctl)
    return Change(mode, before.mode, after.mode, way.kind, after.evidence)


def needs_root(way: Way, mode: Mode) -> StarlingError:
    """Only root may, and Starling is not."""
    return StarlingError(
        "power.needs_root",
        f"Only root may set the power mode ({way.why}).",
        f"Run: {way.by_hand(mode)}{_or_install()}",
    )


def _or_install() -> str:
    """A package brings the helper; from a checkout it is put into the system once."""
    script = locate.shipped("packaging", "linux", "install-power.sh")
    return f" (or let Starling ask from now on: sudo {shlex.quote(str(script))})" if script.is_file() else ""


def doubt(made: Change) -> StarlingError | None:
    """What to say when the NPU is not in the mode that was set; None when it is."""
    if made.now is None:
        return StarlingError(
            "power.unconfirmed",
            f"The mode {made.asked} was set without an error, and nothing tells which one the NPU is in.",
            "See starling power show.",
        )
    if made.taken:
        return None
    return StarlingError(
        "power.not_taken",
        f"The mode {made.asked} was set without an error, and the NPU is in {made.now}.",
        "Turbo needs mains on some machines; another program may have set it too.",
    )
