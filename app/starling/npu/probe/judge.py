"""Faults that need more than one finding, or none at all: no NPU, its kind, the software for it."""

from __future__ import annotations

import re

from starling.npu.probe import fixes
from starling.npu.probe.distro import Distro
from starling.npu.probe.hardware import Device
from starling.npu.probe.ioctls import Answers
from starling.npu.probe.notes import Notes
from starling.npu.probe.smi import SmiAnswer
from starling.npu.report import Generation, Holder, Npu, Xrt

ABSENT = "No AMD Ryzen AI NPU is on the PCI bus."
HAS_NPU = re.compile(r"(?i)Ryzen AI\b|Ryzen [3579] (PRO )?(7[689]40|8[6789]4[05])(U|HS|H)\b|Ryzen [57] (PRO )?8[67]00G")
"""Processors that are sold with an NPU: only a hint, and only when none is on the bus."""
CONTEXT_LIMITS = {"XDNA1": 6, "XDNA2": 16}
"""Hardware contexts by the driver's own tables (npu1, and npu4 to npu6); the number that it tells itself wins."""
RELOAD = "Close the programs that use the NPU and run: sudo modprobe -r amdxdna && sudo modprobe amdxdna"


def absent(distro: Distro, cpu: str, bus: bool, notes: Notes) -> None:
    """Why there may be no NPU; ``bus`` says whether the PCI bus could be listed at all."""
    fix = ""
    if distro.wsl:
        why = " Windows does not hand the NPU to Linux under WSL."
        fix = "Start Linux on the computer itself, or use Starling under Windows."
    elif not bus:
        why = " The bus could not be read."
        fix = fixes.container("", distro) if distro.container else ""
    elif distro.virtual:
        why = " This is a virtual machine: it has only the devices that are handed to it."
    elif HAS_NPU.search(cpu):
        why = f" This processor is sold with one ({cpu})."
        fix = "Switch on the NPU (IPU) in the computer's firmware setup (BIOS), or update it to its newest version."
    else:
        why = ""
    notes.fault("npu.absent", ABSENT + why, fix)


def kind(device: Device, notes: Notes) -> None:
    """What is known of this product."""
    if device.generation == "AIE4":
        notes.fault(
            "npu.next_generation",
            f"This NPU (device {device.device_id:04x}) is of the generation after XDNA2, which Starling cannot use.",
        )
    elif not device.known:
        shown = "unreadable" if device.revision is None else f"{device.revision:02x}"
        notes.fault(
            "npu.unknown_revision",
            f"The NPU's revision ({shown}) is not in the table of known ones; it is treated as {device.generation}.",
            "Please report it with the output of: starling doctor --json",
            blocks=False,
        )


def driver_answers(answers: Answers, distro: Distro, notes: Notes) -> None:
    """A driver that is too old, or a node that is not the NPU's."""
    if answers.driver and not answers.driver.startswith("amdxdna"):
        notes.fault("npu.other_node", f"The device file belongs to another driver ({answers.driver}).")
        return
    old = [question.removeprefix("GET_INFO ") for question, reason in answers.refused
           if question.startswith("GET_INFO") and "kernel's driver" in reason]  # fmt: skip
    if answers.version and old:
        notes.fault(
            "npu.driver_old",
            f"This kernel's driver does not tell everything (missing: {', '.join(old)}).",
            fixes.package("driver", distro),
            blocks=False,
        )
    gone = next((reason for _, reason in answers.refused if "the device is gone" in reason), "")
    if gone:
        notes.fault("npu.device_gone", "The NPU does not answer: the device is gone.", f"{RELOAD}; or restart.")


def smi(answer: SmiAnswer, path: str, distro: Distro, notes: Notes) -> None:
    """What a failing xrt-smi means; it may fail for reasons that have nothing to do with the hardware."""
    error = f"{answer.report.error} {answer.problem}"
    if answer.hung:
        notes.fault("npu.smi_hangs", f"{path} gave {answer.problem}.", RELOAD, blocks=False)
    elif "mmap" in error and "11)" in error:
        notes.fault(
            "npu.memlock",
            "XRT could not lock the memory that it needs.",
            fixes.memlock(distro, limits_set=False, unit_set=False),
        )
    elif "No such device" in error or answer.report.devices == ():
        notes.fault("npu.xrt_no_device", "XRT sees no NPU: its plugin is missing, or it may not use the device.",
                    fixes.package("xrt", distro), blocks=False)  # fmt: skip
    elif answer.problem:
        notes.fault("npu.smi", f"{path} did not help: {answer.problem}.",
                    f"Install XRT again. {fixes.package('xrt', distro)}", blocks=False)  # fmt: skip


def software(npu: Npu, distro: Distro, notes: Notes) -> None:
    """What is missing around a usable NPU, and what is installed but cannot use it."""
    if npu.xrt is not None:
        _xrt(npu.xrt, distro, notes)
    if npu.generation == "XDNA1":
        for tool in (npu.vitisai, npu.flm):
            if tool is not None:
                notes.fault(
                    f"npu.{'flm' if tool is npu.flm else 'vitisai'}_generation",
                    f"{tool.name} is installed, but it brings no speech model to this generation of NPU (XDNA1).",
                    blocks=False,
                )
    if not any((npu.xrt, npu.vitisai, npu.flm, npu.lemonade)):
        wanted = "XRT" if npu.generation == "XDNA1" else "AMD's Ryzen AI software, XRT, FastFlowLM or Lemonade"
        notes.fault(
            "npu.no_software",
            f"No software that brings a model to the NPU is installed ({wanted}).",
            fixes.package("xrt", distro),
            blocks=False,
        )


def _xrt(xrt: Xrt, distro: Distro, notes: Notes) -> None:
    if not notes.value("xrt plugin"):
        notes.fault("npu.xrt_plugin", "XRT is installed, but not its plugin for the NPU.",
                    fixes.package("xrt", distro), blocks=False)  # fmt: skip
    for module in xrt.pyxrt:
        if not module.cpython:
            notes.fault("npu.pyxrt_version", f"Nothing says which Python {module.path} fits.", blocks=False)
        elif not module.interpreter:
            notes.fault(
                "npu.pyxrt_interpreter",
                f"XRT's Python module fits Python {module.cpython} only, and this machine has none.",
                fixes.python(module.cpython, distro),
                blocks=False,
            )


def contexts(holders: tuple[Holder, ...], generation: Generation, told: int | None, notes: Notes) -> None:
    """Others that leave no context free."""
    limit = told or CONTEXT_LIMITS.get(generation)
    used = sum(holder.contexts for holder in holders)
    if limit and used >= limit:
        who = ", ".join(f"{holder.process or 'process'} ({holder.pid})" for holder in holders if holder.contexts)
        notes.fault("npu.contexts", f"All {limit} hardware contexts of the NPU are in use: {who}.",
                    f"Quit one of: {who}.", blocks=False)  # fmt: skip
