"""Holders, Windows, the kernel's log and the small parsers."""

import subprocess
import sys
from pathlib import Path

import pytest

from starling.npu.probe import access, distro, driver, fixes, holders, probe, servers, windows
from starling.npu.probe.distro import Distro
from starling.npu.probe.notes import CHARACTERS, Notes
from starling.npu.sysroot import Sysroot
from starling.npu.tools import ToolResult
from tests.helpers.machines import NODE, machine
from tests.unit.npu.probe.fixtures import fixture


def test_holders_are_told_once_with_all_their_evidence(tmp_path):
    made = machine(tmp_path, "strix", "contexts_full")
    root = Sysroot(made.root)
    opened = list(holders.with_node_open(root, NODE))
    assert opened == [(4242, "/proc/4242/fdinfo/7")]
    (one, other) = holders.combine(root, [("ioctl", [4242, 4242]), ("smi", [4242, 7])], opened)
    assert (one.pid, one.process, one.contexts, one.evidence) == (7, "", 1, "smi")
    assert (other.process, other.contexts, other.evidence) == ("flm", 2, "ioctl; smi; /proc/4242/fdinfo/7")


def test_a_process_that_calls_itself_something_strange_can_be_shown(tmp_path):
    made = machine(tmp_path, "strix", "contexts_full")
    made.write("/proc/4242/comm", "\x1b[2Jbad\nname\u202e\n")
    npu = probe(Sysroot(made.root), ioctl=made.ioctl)
    assert "bad name" in [holder.process for holder in npu.holders]
    assert all(text.isprintable() for fault in npu.faults for text in (fault.reason, fault.fix))


def test_findings_and_reasons_are_one_printable_line():
    notes = Notes()
    notes.found("device name", " \x1b[31mNPU\x1b[0m\r\n\udcff Strix\x07 " + "x" * 9000, "sysfs")
    notes.fault("npu.smi", "It said \x1b]0;x\x07no.")
    assert notes.findings[0].value.startswith("NPU Strix x")
    assert len(notes.findings[0].value) == CHARACTERS
    assert (notes.findings[0].value + notes.faults[0].reason).isprintable()


def test_powershell_is_not_looked_for_where_starling_was_started(monkeypatch):
    asked = []
    monkeypatch.setattr(windows, "run_tool", lambda argv, timeout_s: asked.append(argv) or ToolResult(tuple(argv), 1))
    windows.probe(Sysroot(), tools=False)
    assert asked[0][0].endswith(r":\Windows\System32\WindowsPowerShell\v1.0\powershell.exe")


def test_our_own_process_is_no_holder():
    import os

    assert holders.combine(Sysroot(), [("ioctl", [os.getpid()])], []) == ()


def test_another_drivers_file_is_no_holder(tmp_path):
    made = machine(tmp_path, "strix", "contexts_full")
    made.write("/proc/4242/fdinfo/7", "drm-driver:\tamdgpu\n")
    assert list(holders.with_node_open(Sysroot(made.root), NODE)) == []


def test_fdinfo():
    assert holders.parse_fdinfo(fixture("fdinfo.txt"))["drm-pdev"] == "0000:c6:00.1"


@pytest.mark.parametrize(
    ("name", "product", "generation", "version"),
    [
        ("windows_pnp.txt", "Krackan", "XDNA2", "32.0.203.260"),
        ("windows_pnputil.txt", "Phoenix or Hawk Point", "XDNA1", ""),
    ],
)
def test_the_npu_in_windows_list(name, product, generation, version):
    npu, notes = windows.from_pnp(ToolResult(("powershell",), 0, fixture(name)))
    assert (npu.product, npu.generation, npu.driver) == (product, generation, version)
    assert notes.value("device name") == "NPU Compute Accelerator Device"
    assert [fault.code for fault in notes.faults] == (["npu.driver_old"] if version else [])


def test_windows_without_an_npu():
    npu, notes = windows.from_pnp(ToolResult(("powershell",), 0, "FriendlyName : Something\nInstanceId : USB\\X\n"))
    assert (npu.present, notes.faults[0].code) == (False, "npu.absent")


@pytest.mark.parametrize("result", [ToolResult(("x",), None, problem="not found"), ToolResult(("x",), 1, "", "no")])
def test_windows_list_that_cannot_be_read(result):
    npu, notes = windows.from_pnp(result)
    assert (npu.present, notes.faults[0].code) == (False, "npu.unknown")


def test_windows_says_that_the_device_is_broken():
    text = fixture("windows_pnp.txt").replace("Status       : OK", "Status       : Error")
    assert windows.from_pnp(ToolResult(("x",), 0, text))[1].faults[0].code == "npu.driver_missing"


@pytest.mark.parametrize(
    ("version", "old"),
    [("32.0.203.279", True), ("32.0.203.280", False), ("32.0.203.311", False), ("32.0.20102.3930", False),
     ("32.0.20102.1", False), ("", False), ("32.0.203", False), ("a.b.c.d", False)],
)  # fmt: skip
def test_only_drivers_of_the_same_series_are_compared(version, old):
    assert windows.too_old(version) is old


def test_the_kernels_log():
    found = driver.parse_log(fixture("dmesg_mismatch.txt"))
    assert [meaning for _, meaning in found] == ["its firmware does not fit the driver", "its firmware did not start"]
    assert found[0][0].startswith("amdxdna 0000:61:00.1")
    assert driver.parse_log(fixture("dmesg_ok.txt")) == []


@pytest.mark.parametrize(
    ("release", "version"),
    [("6.17.0-6-generic", (6, 17)), ("7.2.0-1-cachyos", (7, 2)), ("6", None), ("", None), ("x6.1", None)],
)
def test_kernel_versions(release, version):
    assert driver.kernel_version(release) == version


@pytest.mark.parametrize(
    ("text", "family"),
    [("ID=ubuntu", "ubuntu"), ("ID=linuxmint\nID_LIKE='ubuntu debian'", "ubuntu"), ("ID=debian", "debian"),
     ('ID="nobara"\nID_LIKE="rhel centos fedora"', "fedora"), ("ID=manjaro\nID_LIKE=arch", "arch"), ("ID=nixos", ""),
     ("", ""), ("ID", ""), ("# ID=arch", "")],
)  # fmt: skip
def test_families_of_distributions(text, family):
    assert distro.family(distro.parse_os_release(text)) == family


@pytest.mark.parametrize(
    ("line", "limits"),
    [("Max locked memory         8388608              8388608              bytes", (8388608, 8388608)),
     ("Max locked memory         unlimited            unlimited            bytes", (-1, -1)),
     ("Max locked memory         65536                unlimited            bytes", (65536, -1)),
     ("Max locked memory         bytes", None), ("Max open files 1024 4096 files", None), ("", None)],
)  # fmt: skip
def test_limits(line, limits):
    assert access.parse_limits(f"Limit Soft Hard Units\n{line}\n") == limits


def test_the_limit_of_this_process_is_told():
    assert access.parse_limits(Path("/proc/self/limits").read_text()) is not None


@pytest.mark.parametrize(
    ("told", "kind", "has", "lacks"),
    [
        (Distro(family="ubuntu", id="ubuntu", version="24.04"), "xrt", "RAI_1.8_Linux_NPU_XRT.zip", "apt"),
        (Distro(family="ubuntu", id="ubuntu", version="26.04"), "xrt", "apt install libxrt2", ".zip"),
        (Distro(family="ubuntu", id="linuxmint", version="22"), "xrt", "On Ubuntu 26.04", "Upgrade"),
        (Distro(family="debian", id="debian", version="12"), "kernel", "Upgrade to Debian 13 first.", "ppa:"),
        (Distro(family="debian", id="debian", version="13"), "kernel", "-t trixie-backports", "Upgrade"),
        (Distro(family="debian", id="debian", version=""), "xrt", "sudo apt install libxrt2", "-t trixie"),
        (Distro(family="debian", id="debian", version="12"), "firmware", "non-free-firmware", "Upgrade"),
        (Distro(), "driver", "Linux 7.0", "apt"),
    ],
)
def test_fixes_are_for_the_release(told, kind, has, lacks):
    fix = fixes.package(kind, told)
    assert has in fix
    assert lacks not in fix


def test_without_systemd_no_unit_is_written():
    assert "systemd" not in fixes.memlock(Distro(systemd=False), limits_set=False, unit_set=False)
    assert "LimitMEMLOCK" in fixes.memlock(Distro(systemd=True), limits_set=True, unit_set=False)
    assert "limits.d" not in fixes.memlock(Distro(systemd=True), limits_set=True, unit_set=False)


def test_a_capability_lifts_the_limit(tmp_path):
    made = machine(tmp_path, "strix", "memlock")
    status = (tmp_path / "proc/self/status").read_text()
    made.write("/proc/self/status", status.replace("CapEff:\t0000000000000000", "CapEff:\t0000000000004000"))
    from starling.npu.probe import probe

    assert probe(Sysroot(tmp_path), tools=False).usable


def test_fastflowlms_answers():
    assert servers.parse_version(fixture("flm_version.json")) == "0.9.41"
    told = servers.parse_validate(fixture("flm_validate.json"))
    assert (told["ready"], told["memlock_ok"], told["firmware"], told["columns"]) == ("false", "false", "1.0.3.60", "8")
    assert servers.parse_validate(fixture("flm_validate.txt")) == {}


def test_every_module_imports_where_there_is_no_fcntl():
    code = (
        "import sys, importlib, pkgutil\n"
        "for name in ('fcntl', 'resource', 'pwd', 'grp', 'termios'): sys.modules[name] = None\n"
        "import starling.npu.probe as package\n"
        "for module in pkgutil.iter_modules(package.__path__): "
        "importlib.import_module(f'{package.__name__}.{module.name}')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
