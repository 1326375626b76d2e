"""What the pipeline tells of the NPU's power mode. Plain values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class PowerShown:
    """The power mode; sent when it was looked at, changed, or is being changed.

    Attributes:
        present: there is an NPU; without one nothing else is told.
        mode: in XRT's words; empty when nothing tells it.
        evidence: the ioctl or command that told the mode.
        mains: whether the machine is on mains; None when nothing tells.
        way: ``helper`` may ask for an authorisation, ``direct`` does not; ``none``: only by ``command``.
        command: what root would run, with ``MODE`` in the mode's place.
        rule: of following the power source: ``following``, or why it does nothing now: ``off``, ``source_unknown``,
            ``mode_unknown``, ``yielded``, ``chosen``, ``refused``, ``would_ask``, ``failed``.
        changing: the mode that is being set.
        error: why the last change failed; None after one that did not.
    """

    present: bool
    mode: str = ""
    evidence: str = ""
    mains: bool | None = None
    way: Literal["helper", "direct", "none"] = "none"
    command: str = ""
    rule: str = "off"
    changing: str = ""
    error: dict[str, str] | None = None
