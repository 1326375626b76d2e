"""The probe on Linux: sysfs, the node, the driver's answers, then the software around them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from starling.npu.probe import (
    access,
    distro,
    driver,
    files,
    hardware,
    holders,
    ioctls,
    judge,
    servers,
    smi,
    software,
    xrt,
)
from starling.npu.probe.distro import Distro
from starling.npu.probe.hardware import Device
from starling.npu.probe.ioctls import Answers, Ioctl
from starling.npu.probe.notes import Notes
from starling.npu.probe.smi import SmiAnswer
from starling.npu.report import Holder, Npu
from starling.npu.sysroot import Sysroot

KNOWN_PROGRAMS = ("flm", "lemonade-server", "lemond", "llama-server", "whisper-server")


def probe(root: Sysroot, *, tools: bool, ioctl: Ioctl | None = None) -> Npu:
    """See :func:`starling.npu.probe.probe`."""
    notes, system = Notes(), distro.read(root)
    notes.found("system", system.name, system.evidence)
    notes.found("container", system.container, "/run/systemd/container, /.dockerenv or /run/.containerenv")
    cpu = _cpu(root)
    notes.found("processor", cpu, "/proc/cpuinfo")
    devices = hardware.find(root)
    if not devices:
        driver.read_kernel(root, notes)
        judge.absent(system, cpu, files.exists(root, hardware.PCI), notes)
        return _with_software(root, Npu(present=False), system, notes, run=tools)
    device = devices[0]
    _describe(device, len(devices), notes)
    judge.kind(device, notes)
    driver.check(root, device, system, notes)
    answers = Answers()
    if device.node:
        access.check_node(root, device.node, system, notes)
        access.check_memlock(root, system, notes)
        answers = ioctls.ask(root, device.node, ioctl)
        ioctls.write_down(answers, device.node, notes)
        judge.driver_answers(answers, system, notes)
    elif tools:
        driver.check_log(root, system, notes)
    npu = _npu(device, answers, notes)
    npu = _with_software(root, npu, system, notes, run=tools)
    npu, report = _with_smi(root, npu, system, notes) if tools else (npu, None)
    return _finished(root, npu, answers, report, notes, tools=tools)


def _cpu(root: Sysroot) -> str:
    for line in root.text("/proc/cpuinfo").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return ""


def _describe(device: Device, count: int, notes: Notes) -> None:
    revision = "unreadable" if device.revision is None else f"{device.revision:02x}"
    notes.found("pci id", f"1022:{device.device_id:04x} revision {revision}", device.folder)
    notes.found("address", device.bdf, device.folder)
    notes.found("driver", device.driver, f"{device.folder}/driver")
    notes.found("device file", device.node, f"{hardware.ACCEL} or {device.folder}/accel")
    if count > 1:
        notes.found("further NPUs", count - 1, hardware.PCI)


def _npu(device: Device, answers: Answers, notes: Notes) -> Npu:
    version = answers.version or notes.value("module version")
    return Npu(
        present=True,
        product=device.product,
        generation=device.generation,
        device_id=f"{device.device_id:04x}",
        revision="" if device.revision is None else f"{device.revision:02x}",
        bdf=device.bdf,
        node=device.node,
        firmware=notes.value("firmware"),
        driver=f"{device.driver} {version}".strip() if device.driver == driver.MODULE else device.driver,
        power_mode=answers.power_mode,
        columns=answers.columns,
    )


def _with_software(root: Sysroot, npu: Npu, system: Distro, notes: Notes, *, run: bool) -> Npu:
    npu = replace(
        npu,
        xrt=xrt.find(root, notes),
        vitisai=software.vitisai(root, notes),
        mlir_aie=software.mlir_aie(root, notes),
        peano=software.peano(root, notes),
        flm=servers.flm(root, notes, run=run and npu.present),
        lemonade=servers.lemonade(root, notes, run=run),
    )
    if npu.present and not notes.blocked:
        judge.software(npu, system, notes)
    return npu if npu.present else replace(npu, findings=tuple(notes.findings), faults=tuple(notes.faults))


def _with_smi(root: Sysroot, npu: Npu, system: Distro, notes: Notes) -> tuple[Npu, SmiAnswer | None]:
    if npu.xrt is None or not npu.xrt.smi or not npu.node:
        return npu, None
    path = npu.xrt.smi
    answer = smi.examine(root, path, smi.environment(npu.xrt.root, root))
    told = answer.report
    if not notes.blocked:  # else it fails for a reason that is told already
        judge.smi(answer, path, system, notes)
    notes.found("xrt", told.xrt_version, f"{path} examine")
    notes.found("firmware", told.firmware, f"{path} examine")
    notes.found("power mode", told.power_mode, f"{path} examine -r platform")
    notes.found("columns", told.columns, f"{path} examine -r platform")
    notes.found("estimated power", None if told.power_w is None else f"{told.power_w} W", f"{path} examine -r platform")
    for device in told.devices or ():
        notes.found("device name", f"{device.name} at {device.bdf}", f"{path} examine")
    for name, version in told.drivers:
        if name.lower().startswith(driver.MODULE):
            notes.found("driver version", version, f"{path} examine")
    notes.found("not answered", answer.problem, path)
    return (
        replace(
            npu,
            xrt=replace(npu.xrt, version=npu.xrt.version or told.xrt_version),
            firmware=npu.firmware or told.firmware,
            power_mode=npu.power_mode or told.power_mode,
            columns=npu.columns or told.columns,
        ),
        answer,
    )


def _finished(root: Sysroot, npu: Npu, answers: Answers, report: SmiAnswer | None, notes: Notes, *, tools: bool) -> Npu:
    holding = _holders(root, npu, answers, report, tools=tools)
    judge.contexts(holding, npu.generation, answers.contexts_max, notes)
    if tools:
        for pid, name in _running(root):
            notes.found("running", f"{name} ({pid})", f"/proc/{pid}/comm")
    return replace(
        npu,
        usable=not notes.blocked,
        holders=holding,
        findings=tuple(notes.findings),
        faults=tuple(sorted(notes.faults, key=lambda fault: not fault.blocks)),
    )


def _holders(root: Sysroot, npu: Npu, answers: Answers, report: SmiAnswer | None, *, tools: bool) -> tuple[Holder, ...]:
    told = [(f"{npu.node} GET_INFO hardware contexts", [context.pid for context in answers.contexts or ()])]
    if report is not None and npu.xrt is not None:
        listed = [context.pid for context in report.report.contexts or ()]
        told.append((f"{npu.xrt.smi} examine -r aie-partitions", listed))
    opened = holders.with_node_open(root, npu.node) if tools and npu.node else ()
    return holders.combine(root, told, opened)


def _running(root: Sysroot) -> Iterable[tuple[int, str]]:
    """Programs that are known to use an NPU; whether they do is not known."""
    for name in files.names(root, "/proc"):
        if name.isascii() and name.isdigit() and (process := holders.process_name(root, int(name))) in KNOWN_PROGRAMS:
            yield int(name), process
