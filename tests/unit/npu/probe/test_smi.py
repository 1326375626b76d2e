import json
import time

import pytest

from starling.npu.probe import smi, smi_json, smi_text
from starling.npu.probe.smi_report import SmiDevice
from starling.npu.sysroot import Sysroot
from tests.helpers.machine_tools import SmiFacts, xrt_smi
from tests.unit.npu.probe.fixtures import fixture

FACTS = SmiFacts("0000:c6:00.1", "RyzenAI-npu4", "2.21.75", "1.1.2.64", 8, "6.17.0", ((50, 2), (51, 1)))


def read(name):
    return (smi_json if name.endswith(".json") else smi_text).parse(fixture(name))


@pytest.mark.parametrize(
    ("name", "xrt", "kernel", "firmware", "device", "driver"),
    [
        ("examine_xrt2.17.txt", "", "", "", ("0000:c4:00.1", "RyzenAI-npu1"), None),
        ("examine_xrt2.19_warning.txt", "2.19.1", "6.11.0-99-generic", "1.0.0.61", ("0000:61:00.1", "RyzenAI-npu4"),
         "2.19.1_20250401"),
        ("examine_xrt2.21.txt", "2.21.70", "6.18.9-amd64", "1.1.2.60", ("0000:c1:00.1", "RyzenAI-npu5"),
         "6.18.9-amd64"),
        ("examine_xrt2.23.txt", "2.23.1", "6.14.0-1099-oem", "255.0.11.70", ("0000:c2:00.1", "NPU Strix Halo"), "0.1"),
        ("examine_xrt2.25.txt", "2.25.1", "6.17.0-9-generic", "1.5.5.390", ("0000:04:00.1", "NPU Phoenix"), "0.1"),
        ("examine_windows.txt", "2.19.0", "26100", "1.0.7.90", ("00c1:00:01.1", "NPU"), "32.0.203.250"),
        ("examine.json", "2.21.71", "7.1.0-2-cachyos", "1.1.2.61", ("0000:c3:00.1", "NPU Gorgon Point 2"),
         "2.26.0_20260801"),
    ],
)  # fmt: skip
def test_the_host_report_of_each_version(name, xrt, kernel, firmware, device, driver):
    told = read(name)
    assert (told.xrt_version, told.kernel, told.firmware) == (xrt, kernel, firmware)
    assert told.devices == (SmiDevice(*device),)
    versions = [version for word, version in told.drivers if "virtio" not in word]
    assert versions == ([driver] if driver else [])


def test_what_it_says_can_be_shown():
    hostile = "\x1b]0;x\x07N\udcffPU \u202e"
    told = smi_json.parse(json.dumps({"system": {"host": {"devices": [{"bdf": "0:1:2", "name": hostile}]}}}))
    told = told.merged(smi_text.parse(f"ERROR: {hostile}\nXRT\n  Version : {hostile}"))
    shown = (told.devices[0].name, told.error, told.xrt_version)
    assert all(word.isprintable() and "PU" in word for word in shown)


def test_without_room_for_a_file_its_text_is_read(tmp_path, monkeypatch):
    def full(**_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(smi.tempfile, "TemporaryDirectory", full)
    xrt_smi(tmp_path / "usr/bin/xrt-smi", FACTS)
    answer = smi.examine(Sysroot(tmp_path), "/usr/bin/xrt-smi")
    assert (answer.problem, answer.report.xrt_version) == ("", "2.21.75")


@pytest.mark.parametrize(
    ("name", "mode", "columns", "power"),
    [
        ("platform_xrt2.21.txt", "balanced", 8, None),
        ("platform_windows_2024.txt", "default", None, 1.512),
        ("platform_windows.txt", "performance", None, 2.75),
        ("platform.json", "turbo", 8, None),
    ],
)
def test_the_platform_report_of_each_version(name, mode, columns, power):
    told = read(name)
    assert (told.power_mode, told.columns, told.power_w) == (mode, columns, power)


@pytest.mark.parametrize(
    ("name", "contexts"),
    [
        ("partitions_7_columns.txt", [(6100, "1", "Active", (1, 2, 3, 4), 900, 899, 3)]),
        ("partitions_6_columns.txt", [(7200, "1", "Active", tuple(range(8)), 400, 400, 0),
                                      (7201, "2", "Idle", tuple(range(8)), 40, 40, 0)]),
        ("partitions_windows.txt", [(8300, "0", "Active", (0, 1, 2, 3), 7, 6, 0),
                                    (8301, "1", "Idle", (0, 1, 2, 3), 5, 5, 0)]),
        ("partitions.json", [(5001, "9", "Idle", (4, 5, 6, 7), 12, 12, 0),
                             (5002, "10", "Active", (4, 5, 6, 7), 30, 28, 2)]),
        ("partitions_idle.txt", []),
        ("partitions_empty.json", []),
    ],
)  # fmt: skip
def test_the_contexts_of_each_version(name, contexts):
    told = read(name).contexts
    assert told is not None
    assert [
        (one.pid, one.context_id, one.status, one.columns, one.submissions, one.completions, one.errors) for one in told
    ] == contexts


def test_several_reports_after_each_other_are_one():
    told = smi_text.parse(
        fixture("examine_xrt2.21.txt") + fixture("partitions_idle.txt") + fixture("platform_xrt2.21.txt")
    )
    assert (told.xrt_version, told.power_mode, told.contexts) == ("2.21.70", "balanced", ())


@pytest.mark.parametrize(
    ("name", "words"), [("error_memlock.txt", "mmap(addr="), ("error_permission.txt", "Permission denied")]
)
def test_errors_are_kept(name, words):
    assert words in read(name).error


def test_no_device_is_not_the_same_as_nothing_told():
    assert read("examine_no_device.txt").devices == ()
    assert read("platform.json").devices is None


def test_a_driver_without_a_sensor_tells_no_power():
    assert smi_text.parse("Estimated Power : 4294967295 Watts").power_w is None
    assert smi_text.parse("Estimated Power : nan Watts").power_w is None


@pytest.mark.parametrize("fault", ["", "half_json", "text_only"])
def test_a_run_tells_everything(tmp_path, fault):
    path = xrt_smi(tmp_path / "a folder/xrt-smi", FACTS, fault)
    answer = smi.examine(Sysroot(), str(path))
    told = answer.report
    assert (answer.problem, answer.hung) == ("", False)
    assert (told.xrt_version, told.firmware, told.power_mode, told.columns) == ("2.21.75", "1.1.2.64", "default", 8)
    assert [(one.pid, one.context_id) for one in told.contexts or ()] == [(50, "1"), (50, "2"), (51, "1")]


def test_one_that_hangs_is_asked_once(tmp_path, monkeypatch):
    monkeypatch.setattr(smi, "TIMEOUT_S", 0.3)
    begun = time.monotonic()
    answer = smi.examine(Sysroot(), str(xrt_smi(tmp_path / "xrt-smi", FACTS, "hangs")))
    assert (answer.hung, answer.problem) == (True, "no answer in 0.3 s")
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize(
    ("fault", "problem"),
    [("garbage", "not understood"), ("memlock", "mmap(addr="), ("no_device", "")],
)
def test_one_that_fails_says_why(tmp_path, fault, problem):
    answer = smi.examine(Sysroot(), str(xrt_smi(tmp_path / "xrt-smi", FACTS, fault)))
    assert problem in answer.problem
    assert not answer.hung


def test_a_missing_one_says_so(tmp_path):
    assert smi.examine(Sysroot(), str(tmp_path / "none")).problem == "not found"


def test_no_report_is_left_in_the_temporary_folder(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    smi.examine(Sysroot(), str(xrt_smi(tmp_path / "xrt-smi", FACTS)))
    assert list((tmp_path / "temporary").iterdir()) == []


def test_xrt_in_its_own_folder_gets_its_libraries(monkeypatch):
    monkeypatch.setenv("LD_LIBRARY_PATH", "/mine")
    env = smi.environment("/opt/xilinx/xrt", Sysroot())
    assert env["XILINX_XRT"] == "/opt/xilinx/xrt"
    assert env["LD_LIBRARY_PATH"] == "/opt/xilinx/xrt/lib:/opt/xilinx/xrt/lib64:/mine"
    assert smi.environment("/usr", Sysroot())["LD_LIBRARY_PATH"] == "/mine"
