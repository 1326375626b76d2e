"""Where the parts of the probe write down what they find."""

from __future__ import annotations

from dataclasses import dataclass, field

from starling.core.foreign import one_line
from starling.npu.report import Fault, Finding

CHARACTERS = 500
"""Of a value or reason; tools and firmware may say anything."""


@dataclass
class Notes:
    """Findings and faults in the order in which they were made."""

    findings: list[Finding] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def found(self, name: str, value: object, evidence: str) -> None:
        """Write down a fact; an empty value is none."""
        text = "" if value is None else one_line(str(value), CHARACTERS)
        if text:
            self.findings.append(Finding(name, text, evidence))

    def fault(self, code: str, reason: str, fix: str = "", *, blocks: bool = True) -> None:
        """Write down a fault, once for each code."""
        if code not in {fault.code for fault in self.faults}:
            self.faults.append(Fault(code, one_line(reason, CHARACTERS), fix, blocks))

    def drop(self, code: str) -> None:
        """Take a fault back: another one says more."""
        self.faults = [fault for fault in self.faults if fault.code != code]

    def value(self, name: str) -> str:
        """The first finding of that name; empty when there is none."""
        return next((finding.value for finding in self.findings if finding.name == name), "")

    @property
    def blocked(self) -> bool:
        """Whether one of the faults keeps the NPU from being used."""
        return any(fault.blocks for fault in self.faults)
