"""An NPU in software, for people without one: always named as such, never chosen by itself."""

from __future__ import annotations

import os
from collections.abc import Mapping

SWITCH = "STARLING_NPU"
"""``emulated`` puts the emulation in the place of the hardware."""
DEVICE = "STARLING_NPU_DEVICE"
"""Which device is emulated: ``npu1`` (XDNA1, the default) or ``npu2`` (XDNA2)."""
FAULT = "STARLING_NPU_FAULT"
"""``hang|abort|out_of_memory|firmware|context_limit|device_gone|nan[:after=N]``: goes wrong, after N that did not."""


def wanted(env: Mapping[str, str] | None = None) -> bool:
    """Whether the user asked for the emulation."""
    return (os.environ if env is None else env).get(SWITCH, "") == "emulated"
