"""What XRT and its driver say, what it means, and what to do about it.

Texts and causes: xdna-driver's shim and XRT's sources, and what users met; ``tests/data/npu/xrt_errors.toml`` has each.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from starling.core.errors import StarlingError
from starling.core.foreign import one_line

_RELOAD = "Reload the driver (sudo modprobe -r amdxdna && sudo modprobe amdxdna) or restart the computer"
_MEMLOCK = (
    "Raise the limit of locked memory to unlimited in /etc/security/limits.d and for systemd's user@.service, then "
    "restart the computer; `starling doctor` shows the exact lines."
)


@dataclass(frozen=True)
class Cause:
    """One line of the table.

    Attributes:
        pattern: of the text, in lower case.
        code: ours.
        message: what happened.
        fix: what to do.
    """

    pattern: str
    code: str
    message: str
    fix: str


CAUSES = (
    Cause(
        r"mmap.*err=-?11\b",
        "npu.memlock",
        "The NPU's driver may not lock enough memory.",
        _MEMLOCK,
    ),
    Cause(
        r"no such device with index",
        "npu.no_device",
        "XRT finds no NPU.",
        "Install XRT's plugin for the NPU (libxrt-npu2 or xrt_plugin-amdxdna) and join the group render; "
        "`starling doctor` shows what is missing.",
    ),
    Cause(
        r"create_hwctx.*err=-?22\b",
        "npu.context_limit",
        "The NPU has no hardware context left, or these kernels want more columns than it has.",
        "Close other programs that use the NPU (FastFlowLM, Lemonade); `starling doctor` shows which do.",
    ),
    Cause(
        r"create_hwctx.*err=-?2\b",
        "npu.context_limit",
        "The NPU gave no hardware context: all are in use, or an old driver wants signed kernels.",
        "Close other programs that use the NPU, or update the driver.",
    ),
    Cause(
        r"exec_cmd.*err=-?2\b",
        "npu.context_lost",
        "The NPU's hardware context was taken away.",
        "Close other programs that use the NPU.",
    ),
    Cause(
        r"err=-?(62|110)\b|timer expired|timed out",
        "npu.timeout",
        "The NPU did not finish in time.",
        f"{_RELOAD}.",
    ),
    Cause(
        r"err=-?19\b|no such device$|device lost",
        "npu.device_gone",
        "The NPU is gone: its driver was unloaded or it fell off the bus.",
        f"{_RELOAD}.",
    ),
    Cause(
        r"err=-?95\b|operation not supported|not implemented",
        "npu.old_driver",
        "The NPU's kernel driver is too old for this XRT.",
        "Use a newer kernel or install amdxdna-dkms.",
    ),
    Cause(
        r"get_array.*err=-?22\b",
        "npu.old_driver",
        "The NPU's kernel driver is too old for this XRT.",
        "Use a newer kernel or install amdxdna-dkms.",
    ),
    Cause(
        r"err=-?13\b|permission denied",
        "npu.permission",
        "The NPU may not be used by this user.",
        "Join the group render (sudo usermod -aG render $USER) and log in again.",
    ),
    Cause(
        r"no such kernel|no compute units matching",
        "npu.wrong_kernels",
        "The compiled kernels do not hold what Starling needs.",
        "Build them again.",
    ),
    Cause(
        r"invalid xclbin|failed to open file|xclbin: |no xclbin",
        "npu.bad_xclbin",
        "The compiled kernels cannot be read.",
        "Build them again.",
    ),
    Cause(
        r"heap at max size|err=-?28\b",
        "npu.heap_full",
        "The NPU's memory for instructions is full.",
        "Close other programs that use the NPU.",
    ),
    Cause(
        r"execution \((abort|error|noresponse|timeout)|ert_cmd_state_(abort|error|noresponse|timeout)",
        "npu.firmware",
        "The NPU ended a computation without a result: its firmware and driver do not fit, or a kernel hung.",
        f"{_RELOAD}; if it comes back, update firmware and driver together.",
    ),
)
"""The first that fits is the cause; so the narrow ones stand first."""

_OUT_OF_MEMORY = re.compile(r"err=-?12\b|cannot allocate memory|bad_alloc|out of memory")


def explain(text: str) -> StarlingError:
    """The cause and fix of a driver's text; ``npu.failed`` when it is unknown."""
    lowered = text.strip().lower()
    for cause in CAUSES:
        if re.search(cause.pattern, lowered):
            return StarlingError(cause.code, f"{cause.message} ({_short(text)})", cause.fix)
    return StarlingError("npu.failed", f"The NPU's driver failed: {_short(text)}.", "Look at `starling doctor`.")


@contextmanager
def told() -> Iterator[None]:
    """Turns what pyxrt raises into what a person can act on.

    Raises:
        StarlingError: by the table.
        MemoryError: there is no memory, which a smaller batch may mend.
    """
    try:
        yield
    except (RuntimeError, OSError, IndexError, ValueError) as error:
        if _OUT_OF_MEMORY.search(str(error).lower()):
            raise MemoryError(str(error)) from error
        raise explain(str(error)) from error


def _short(text: str, limit: int = 200) -> str:
    """The first line."""
    return one_line((text.strip().splitlines() or ["no text"])[0], limit).rstrip(".")
