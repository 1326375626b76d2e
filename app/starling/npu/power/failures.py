"""What it means when the mode could not be set: the words of xrt-smi, pkexec and the helper, with cause and fix."""

from __future__ import annotations

import re

from starling.core.errors import StarlingError
from starling.npu.tools import ToolResult

CANCELLED, NOT_AUTHORISED = 126, 127
"""Of pkexec."""
HELPER_USAGE, HELPER_UNAVAILABLE, HELPER_TIMED_OUT = 64, 69, 124
_QUOTED_CHARACTERS = 160
# (what stands in the output, code, what it means, what to do; {command} is the exact sudo command)
_KNOWN: tuple[tuple[str, str, str, str], ...] = (
    (
        r"not supported|err=-?95\b|EOPNOTSUPP",
        "power.driver_old",
        "The kernel's amdxdna driver cannot set the power mode; drivers of 2024 could not.",
        "Use Linux 6.14 or newer, or install a newer amdxdna driver (amdxdna-dkms).",
    ),
    (
        r"SET_STATE.*err=-?(13|1)\)|Permission denied|Operation not permitted",
        "power.not_permitted",
        "The driver lets only root set the power mode.",
        "Run: {command} (in a container not even root may: run it outside).",
    ),
    (
        r"Invalid pmode|pmode.*(missing|invalid)",
        "power.mode_unknown",
        "This xrt-smi does not know that power mode.",
        "Update XRT; before the end of 2024 it knew default and performance only.",
    ),
    (
        r"unrecogni[sz]ed option|unknown option|Unknown sub-?command",
        "power.xrt_old",
        "This xrt-smi has no option --pmode.",
        "Update XRT.",
    ),
    (
        r"mmap.*err=-?11\)",
        "power.memlock",
        "XRT could not lock the memory that it needs.",
        "starling doctor tells how to raise the limit.",
    ),
    (
        r"No such device|No devices? found|ENODEV",
        "power.no_device",
        "XRT sees no NPU: its plugin is missing, or the driver is not loaded.",
        "starling doctor tells what is missing.",
    ),
)


def of_run(result: ToolResult, command: str) -> StarlingError | None:
    """Why xrt-smi, or the helper that runs it, did not set the mode; None when it says that it did.

    Args:
        result: how it ended.
        command: what to run by hand.
    """
    told = f"{result.stderr}\n{result.stdout}"
    if result.ok and "ERROR" not in told:
        return None
    for pattern, code, message, fix in _KNOWN:
        if re.search(pattern, told, re.IGNORECASE):
            return StarlingError(code, message, fix.format(command=command))
    if result.returncode == HELPER_TIMED_OUT or result.problem.startswith("no answer"):
        return StarlingError(
            "power.no_answer",
            "xrt-smi did not answer.",
            "Close the programs that use the NPU and run: sudo modprobe -r amdxdna && sudo modprobe amdxdna",
        )
    line = next((line.strip() for line in told.splitlines() if line.strip()), "") or result.problem
    line = "".join(character for character in line if character.isprintable())[:_QUOTED_CHARACTERS]
    reason = line or f"it ended with status {result.returncode} and no word"
    return StarlingError("power.failed", f"The power mode could not be set: {reason}.", f"Try: {command}")


def of_helper(result: ToolResult, command: str) -> StarlingError | None:
    """The same for pkexec with the helper."""
    code = result.returncode
    if code == CANCELLED:
        return StarlingError("power.cancelled", "The authorisation was not given; the power mode is as it was.")
    if code == NOT_AUTHORISED:
        return StarlingError(
            "power.not_authorised",
            "Nothing here could ask for the authorisation, or it was refused.",
            f"Run: {command}",
        )
    if code == HELPER_UNAVAILABLE:
        return StarlingError(
            "power.no_smi",
            "Starling's power helper found no xrt-smi that belongs to root alone.",
            "Install XRT's package, and look who owns /opt/xilinx/xrt/bin/xrt-smi and the folders above it.",
        )
    if code == HELPER_USAGE:
        return StarlingError(
            "power.helper_old", "Starling's power helper does not understand this version of Starling.",
            "Install Starling's package, or packaging/linux/install-power.sh, again.",
        )  # fmt: skip
    if code is None and result.problem.startswith("no answer"):
        return StarlingError(
            "power.unanswered", "The question for authorisation was not answered; the power mode is as it was."
        )
    return of_run(result, command)
