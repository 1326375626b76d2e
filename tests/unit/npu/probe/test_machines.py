"""Every generation with every fault: what the probe says of it, and that it says it at once."""

import json
import time

import pytest

from starling.npu.probe import probe
from starling.npu.report import versions
from starling.npu.sysroot import Sysroot
from tests.helpers.machines import BDF, DISTROS, FAULTS, HARMLESS, KINDS, NODE, machine

USABLE = [kind for kind in KINDS if kind != "aie4"]
SLOW = {"smi_hangs", "flm_hangs"}
NOT_BLOCKING = {
    "smi_hangs", "smi_garbage", "smi_no_device", "no_plugin", "no_interpreter", "no_xrt", "contexts_full",
    "flm_not_ready",
}  # fmt: skip


def look(made, **how):
    return probe(Sysroot(made.root), **how)


@pytest.mark.parametrize("kind", KINDS)
def test_each_generation(tmp_path, kind):
    made = machine(tmp_path, kind)
    npu = look(made)
    wanted = made.kind
    assert npu.present
    assert npu.usable is (kind != "aie4")
    assert (npu.product, npu.generation) == (wanted.product, wanted.generation)
    assert (npu.device_id, npu.revision) == (f"{wanted.device:04x}", f"{wanted.revision:02x}")
    assert (npu.bdf, npu.node, npu.firmware) == (BDF, NODE, wanted.firmware)
    assert (npu.driver, npu.power_mode) == ("amdxdna", "default")
    assert npu.columns == wanted.columns
    assert npu.xrt is not None
    assert (npu.xrt.version, npu.xrt.root, npu.xrt.smi) == ("2.21.75", "/opt/xilinx/xrt", "/opt/xilinx/xrt/bin/xrt-smi")
    assert [(module.cpython, module.interpreter) for module in npu.xrt.pyxrt] == [("3.12", "/usr/bin/python3.12")]
    assert all(finding.evidence and finding.value for finding in npu.findings)
    assert {fault.code for fault in npu.faults} <= {"npu.unknown_revision", "npu.next_generation"}
    json.dumps(npu.to_json())


@pytest.mark.parametrize("kind", ["phoenix", "hawk point", "strix", "strix halo", "krackan"])
@pytest.mark.parametrize("fault", [*FAULTS, *HARMLESS])
def test_each_generation_with_each_fault(tmp_path, kind, fault):
    if fault in SLOW and kind != "strix":
        pytest.skip("takes the two seconds of the limit: once is enough")
    made = machine(tmp_path, kind, fault)
    begun = time.monotonic()
    npu = look(made)
    assert time.monotonic() - begun < 15
    wanted = FAULTS.get(fault)
    codes = {found.code: found for found in npu.faults}
    if wanted is None:
        assert npu.usable
        assert set(codes) <= {"npu.flm_generation"}
        return
    assert wanted in codes
    assert codes[wanted].blocks is (fault not in NOT_BLOCKING)
    assert npu.usable is (fault in NOT_BLOCKING)
    assert codes[wanted].reason.endswith(".")
    assert codes[wanted].fix
    if fault != "absent":
        assert npu.generation == made.kind.generation


@pytest.mark.parametrize("distro", DISTROS)
@pytest.mark.parametrize(
    "fault",
    ["kernel_old", "module_missing", "no_firmware", "firmware_mismatch", "no_interpreter", "no_plugin", "memlock"],
)
def test_each_fix_is_for_the_distribution(tmp_path, distro, fault):
    npu = look(machine(tmp_path, "strix", fault, distro=distro))
    fix = next(found.fix for found in npu.faults if found.code == FAULTS[fault])
    if (distro, fault) == ("ubuntu", "no_plugin"):
        assert ".deb" in fix
        return
    tool = {"ubuntu": "apt ", "debian": "apt ", "fedora": "dnf ", "arch": "pacman ", "other": "", "none": ""}[distro]
    others = {"apt ", "dnf ", "pacman "} - {tool}
    if fault != "memlock" and (fault, distro) != ("no_interpreter", "arch"):
        assert tool in fix
    assert not [other for other in others if other in fix]


def test_fixes_differ_between_distributions(tmp_path):
    fixes = {look(machine(tmp_path / name, "strix", "no_plugin", distro=name)).fixes for name in DISTROS}
    assert len(fixes) == len(DISTROS) - 1  # one without a name is like an unknown one


def test_without_tools_nothing_is_run_and_it_is_quick(tmp_path):
    made = machine(tmp_path, "strix", "smi_hangs", "flm_hangs")
    begun = time.monotonic()
    npu = look(made, tools=False)
    assert time.monotonic() - begun < 1
    assert npu.usable
    assert npu.xrt is not None
    assert npu.flm is not None
    assert npu.flm.version == ""


def test_a_proof_is_bound_to_the_same_versions_with_tools_and_without(tmp_path):
    made = machine(tmp_path, "krackan")
    assert versions(look(made, tools=False, ioctl=made.ioctl)) == versions(look(made, ioctl=made.ioctl))
    assert dict(versions(look(made, ioctl=made.ioctl))) == {
        "driver": "amdxdna 0.6.0",
        "firmware": "255.0.5.35",
        "xrt": "2.21.75",
        "kernel": "6.17.0-6-generic",
    }


def test_what_the_driver_answers_is_in_the_report(tmp_path):
    made = machine(tmp_path, "strix", "no_xrt")
    npu = look(made, ioctl=made.ioctl)
    assert (npu.driver, npu.power_mode, npu.columns) == ("amdxdna 0.6.0", "balanced", 8)
    assert [(holder.pid, holder.contexts) for holder in npu.holders] == [(777, 1)]
    clocks = [finding for finding in npu.findings if finding.name == "clock"]
    assert [clock.value for clock in clocks] == ["MP-NPU Clock 1267 MHz", "H Clock 1800 MHz"]
    assert clocks[0].evidence == f"{NODE} GET_INFO clocks"


def test_the_sensor_hub_of_the_same_class_is_no_npu(tmp_path):
    npu = look(machine(tmp_path, "strix", "absent"))
    assert (npu.present, npu.usable, npu.generation) == (False, False, "")
    assert "No AMD Ryzen AI NPU is on the PCI bus." in npu.reasons[0]
    assert "(BIOS)" in npu.fixes[0]  # the processor is sold with one


@pytest.mark.parametrize(
    ("where", "words"),
    [({"wsl": True}, "WSL"), ({"container": True}, "sold with one")],
)
def test_an_absent_npu_is_explained(tmp_path, where, words):
    npu = look(machine(tmp_path, "strix", "absent", **where))
    assert words in npu.reasons[0]
    assert npu.fixes


def test_a_virtual_machine_is_told(tmp_path):
    made = machine(tmp_path, "strix", "absent")
    made.write("/proc/cpuinfo", "model name\t: AMD EPYC\nflags\t\t: fpu hypervisor avx2\n")
    assert "virtual machine" in look(made).reasons[0]


def test_an_empty_root_is_no_npu(tmp_path):
    npu = look_at(tmp_path)
    assert not npu.present
    assert [fault.code for fault in npu.faults] == ["npu.absent"]
    assert "could not be read" in npu.reasons[0]


def look_at(path):
    return probe(Sysroot(path))


def test_a_container_is_told_how_to_start_it(tmp_path):
    for fault in ("no_node", "not_in_group", "memlock"):
        npu = look(machine(tmp_path / fault, "strix", fault, container=True))
        assert "--ulimit memlock=-1" in npu.fixes[0]


@pytest.mark.parametrize("text", ["", "garbage", "0x", "0x99999999999999999999", "\x00"])
def test_unreadable_ids_are_no_npu(tmp_path, text):
    made = machine(tmp_path, "strix")
    for name in ("vendor", "device"):
        made.write(f"/sys/bus/pci/devices/{BDF}/{name}", text)
    assert not look(made).present


def test_an_unreadable_revision_is_said(tmp_path):
    made = machine(tmp_path, "strix")
    made.write(f"/sys/bus/pci/devices/{BDF}/revision", "?")
    npu = look(made)
    assert (npu.generation, npu.revision) == ("XDNA2", "")
    assert "unreadable" in npu.product
    assert "npu.unknown_revision" in {fault.code for fault in npu.faults}


def test_without_the_bus_the_class_of_accelerators_tells(tmp_path):
    made = machine(tmp_path, "strix halo")
    (tmp_path / "sys/bus/pci/devices" / BDF).unlink()
    npu = look(made)
    assert (npu.product, npu.bdf, npu.node) == ("Strix Halo", BDF, NODE)


def test_the_environment_moves_the_root(tmp_path, monkeypatch):
    monkeypatch.setenv("STARLING_SYSROOT", str(machine(tmp_path, "krackan").root))
    assert probe(tools=False).product == "Krackan"


def test_two_faults_are_both_told_and_the_blocking_ones_first(tmp_path):
    npu = look(machine(tmp_path, "strix", "memlock", "not_in_group", "contexts_full"))
    assert [fault.code for fault in npu.faults] == ["npu.permission", "npu.memlock", "npu.contexts"]
    assert [fault.blocks for fault in npu.faults] == [True, True, False]


def test_software_for_the_other_generation_is_told(tmp_path):
    npu = look(machine(tmp_path, "phoenix", "flm_garbage"))
    assert [fault.code for fault in npu.faults] == ["npu.flm_generation"]
    assert npu.usable
