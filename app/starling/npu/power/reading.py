"""Reads the power mode; nobody's permission is needed: the driver is asked, or else xrt-smi."""

from __future__ import annotations

from dataclasses import dataclass

from starling.npu.power.modes import Mode, of_text
from starling.npu.probe import ioctls, smi
from starling.npu.probe.ioctls import Ioctl
from starling.npu.report import Npu
from starling.npu.sysroot import Sysroot


@dataclass(frozen=True)
class Reading:
    """The mode as it is.

    Attributes:
        mode: None when nothing told it.
        evidence: the ioctl or command that told.
        problem: why there is no mode; empty when there is one.
    """

    mode: Mode | None = None
    evidence: str = ""
    problem: str = ""


def read(npu: Npu, root: Sysroot | None = None, ioctl: Ioctl | None = None) -> Mode | None:
    """The mode now; None when nothing tells it."""
    return look(npu, root, ioctl).mode


def look(npu: Npu, root: Sysroot | None = None, ioctl: Ioctl | None = None) -> Reading:
    """The mode now, and what told it. Takes up to four seconds where only xrt-smi can be asked. Never raises."""
    root = root or Sysroot.current()
    if not npu.present:
        return Reading(problem="there is no NPU")
    refused = ""
    if npu.node:
        answers = ioctls.ask(root, npu.node, ioctl)
        mode = of_text(answers.power_mode)
        if mode is not None:
            return Reading(mode, f"{npu.node} GET_INFO power mode")
        refused = next((f"{npu.node}: {reason}" for _, reason in answers.refused), "")
    if npu.xrt is None or not npu.xrt.smi:
        return Reading(problem=refused or "the driver does not tell, and xrt-smi is not installed")
    answer = smi.examine(root, npu.xrt.smi, smi.environment(npu.xrt.root, root), reports=("platform",))
    mode = of_text(answer.report.power_mode)
    if mode is not None:
        return Reading(mode, f"{npu.xrt.smi} examine -r platform")
    return Reading(problem=f"{npu.xrt.smi}: {answer.problem or 'names no power mode'}")
