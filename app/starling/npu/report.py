"""What is known of the NPU and of the software around it: plain data, filled by :mod:`starling.npu.probe`."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

Generation = Literal["XDNA1", "XDNA2", "AIE4", ""]


@dataclass(frozen=True)
class Finding:
    """One fact.

    Attributes:
        name: ``kernel``, ``firmware``, ``memlock`` ...; a name occurs once for each source that told it.
        value: as it was read.
        evidence: the file, ioctl or command it was read from.
    """

    name: str
    value: str
    evidence: str


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong.

    Attributes:
        code: stable, such as ``npu.memlock``.
        reason: a sentence that says what is wrong.
        fix: the exact remedy on this distribution; empty when there is none.
        blocks: the NPU cannot be used before it is mended.
    """

    code: str
    reason: str
    fix: str
    blocks: bool


@dataclass(frozen=True)
class Holder:
    """A process that holds hardware contexts of the NPU.

    Attributes:
        process: its name; empty when ``/proc`` does not tell.
        contexts: how many; 0 when it has the node open and the number is not known.
    """

    pid: int
    process: str
    contexts: int
    evidence: str


@dataclass(frozen=True)
class Pyxrt:
    """XRT's Python module.

    Attributes:
        path: the shared library.
        cpython: the only version that can import it (``3.12``).
        interpreter: such a Python on this machine; empty when there is none.
    """

    path: str
    cpython: str
    interpreter: str


@dataclass(frozen=True)
class Xrt:
    """The XRT runtime.

    Attributes:
        version: empty when nothing told it.
        root: ``/opt/xilinx/xrt``, or ``/usr`` for a distribution's packages.
        setup: its setup.sh; empty when the distribution has none.
        smi: xrt-smi; empty when it is not installed.
    """

    version: str
    root: str
    setup: str = ""
    smi: str = ""
    pyxrt: tuple[Pyxrt, ...] = ()


@dataclass(frozen=True)
class Tool:
    """Another program or environment.

    Attributes:
        path: the program, or the environment's folder.
        version: empty when it did not tell.
        interpreter: the Python that its packages are installed for; empty when it has none.
        detail: further facts as (name, value).
    """

    name: str
    path: str
    version: str
    interpreter: str = ""
    detail: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Npu:
    """What was found. Empty fields were not readable.

    Attributes:
        usable: hardware, driver, node, permission and memlock are fine; it says nothing about engines.
        device_id: the PCI device id (``1502``); the generation is decided by it alone.
        revision: the PCI revision (``10``).
        bdf: the PCI address (``0000:c6:00.1``).
        node: ``/dev/accel/accel0``.
        driver: the bound driver's name, and its version where it is known (``amdxdna 0.6.0``).
        power_mode: in XRT's words, lower case; empty when it was not read.
        columns: of the array, as the driver says; not all of them are usable on XDNA1.
    """

    present: bool
    usable: bool = False
    product: str = ""
    generation: Generation = ""
    device_id: str = ""
    revision: str = ""
    bdf: str = ""
    node: str = ""
    firmware: str = ""
    driver: str = ""
    power_mode: str = ""
    columns: int | None = None
    holders: tuple[Holder, ...] = ()
    xrt: Xrt | None = None
    vitisai: Tool | None = None
    mlir_aie: Tool | None = None
    peano: Tool | None = None
    flm: Tool | None = None
    lemonade: Tool | None = None
    findings: tuple[Finding, ...] = ()
    faults: tuple[Fault, ...] = ()

    @property
    def reasons(self) -> tuple[str, ...]:
        """What is wrong, in sentences."""
        return tuple(fault.reason for fault in self.faults)

    @property
    def fixes(self) -> tuple[str, ...]:
        """What to do about it; each once."""
        return tuple(dict.fromkeys(fault.fix for fault in self.faults if fault.fix))

    def value(self, name: str) -> str:
        """The first finding of that name; empty when there is none."""
        return next((finding.value for finding in self.findings if finding.name == name), "")

    def to_json(self) -> dict[str, Any]:
        """The ``npu`` object of ``doctor --json``."""
        return {**asdict(self), "reasons": list(self.reasons), "fixes": list(self.fixes)}


def versions(npu: Npu) -> tuple[tuple[str, str], ...]:
    """What a proof is bound to: when one of these changes, it has to be given again."""
    return (
        ("driver", npu.driver),
        ("firmware", npu.firmware),
        ("xrt", npu.xrt.version if npu.xrt else ""),
        ("kernel", npu.value("kernel")),
    )
