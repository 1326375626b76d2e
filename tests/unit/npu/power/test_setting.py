"""Words, ways, readings and failures, without a process where none is needed."""

import errno
import os
import struct
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from starling.core.errors import StarlingError
from starling.npu.power import failures, modes, reading, setting, trust
from starling.npu.power.modes import Mode
from starling.npu.probe import probe
from starling.npu.report import Npu, Xrt
from starling.npu.sysroot import Sysroot
from starling.npu.tools import ToolResult
from tests.helpers.machines import NODE, XRT, machine
from tests.helpers.power_machine import calls, closed_to_others, record_smi, with_helper
from tests.helpers.shared import shared

linux = pytest.mark.skipif(sys.platform != "linux", reason="faked machines are Linux machines")
POWER_MODE = 9


@pytest.mark.parametrize("mode", Mode)
def test_the_words(mode):
    assert modes.parse(str(mode)) is mode
    assert modes.of_text(f" {mode.upper()}\n") is mode


@pytest.mark.parametrize(
    "word", ["", " turbo", "Turbo", "turbo\0", "\uff54urbo", "x" * 10_000, "\x1b[2J", "4", "\ud800", "None"]
)
def test_what_is_no_word(word):
    with pytest.raises(StarlingError) as caught:
        modes.parse(word)
    assert caught.value.code == "power.bad_mode"
    assert len(str(caught.value)) < 400
    assert str(caught.value).replace("“", "").replace("”", "").replace("…", "").isprintable()


@pytest.mark.parametrize("word", ["", "warp", "turbo mode", "N/A"])
def test_what_a_tool_may_say_besides(word):
    assert modes.of_text(word) is None


@linux
@pytest.mark.parametrize(("number", "mode"), list(enumerate(Mode)))
def test_the_driver_is_asked_first(tmp_path, number, mode):
    made = machine(tmp_path, "strix", "smi_hangs")
    made.answers[POWER_MODE] = struct.pack("<B7x", number)
    npu = probe(Sysroot(tmp_path), tools=False)
    told = reading.look(npu, Sysroot(tmp_path), made.ioctl)
    assert (told.mode, told.evidence) == (mode, f"{NODE} GET_INFO power mode")


@linux
@pytest.mark.parametrize("answer", [errno.EOPNOTSUPP, errno.EINVAL, errno.ENODEV, b"\x63" + bytes(7)])
def test_a_driver_that_does_not_tell_leaves_it_to_xrt_smi(tmp_path, answer):
    made = machine(tmp_path, "strix")
    made.answers[POWER_MODE] = answer
    root = Sysroot(tmp_path)
    told = reading.look(probe(root, tools=False), root, made.ioctl)
    assert (told.mode, told.evidence) == (Mode.DEFAULT, f"{XRT}/bin/xrt-smi examine -r platform")


@linux
@pytest.mark.parametrize("fault", ["smi_half_json", "smi_text_only"])
def test_whatever_xrt_smi_can_write(tmp_path, fault):
    machine(tmp_path, "phoenix", fault)
    root = Sysroot(tmp_path)
    assert reading.read(probe(root, tools=False), root) is Mode.DEFAULT


def test_no_npu_no_mode(tmp_path):
    assert reading.look(Npu(False), Sysroot(tmp_path)).problem == "there is no NPU"
    with pytest.raises(StarlingError) as caught:
        setting.set_mode(Mode.TURBO, Npu(False), Sysroot(tmp_path))
    assert caught.value.code == "power.no_npu"


@linux
def test_set_mode_returns_what_is_read_back(tmp_path):
    made = with_helper(machine(tmp_path, "strix"))
    root = Sysroot(tmp_path)
    npu = probe(root, tools=False)
    assert setting.set_mode(Mode.TURBO, npu, root) is Mode.TURBO
    made.answers[POWER_MODE] = struct.pack("<B7x", 3)
    with pytest.raises(StarlingError) as caught:
        setting.set_mode(Mode.BALANCED, npu, root, ioctl=made.ioctl)
    assert caught.value.code == "power.not_taken"
    assert "performance" in caught.value.message


@linux
def test_a_mode_that_cannot_be_read_back_is_not_claimed(tmp_path):
    made = with_helper(machine(tmp_path, "strix"))
    for report in (made.root / f"{XRT}/bin/fake-reports".lstrip("/")).glob("platform.*"):
        report.unlink()
    root = Sysroot(tmp_path)
    with pytest.raises(StarlingError) as caught:
        setting.set_mode(Mode.TURBO, probe(root, tools=False), root)
    assert caught.value.code == "power.unconfirmed"


@linux
@pytest.mark.parametrize(
    "bdf", ["", "0000:c6:00.1; id", "0000:C6:00.1", "$(id)", "--help", "0000:c6:00.1\n", "x" * 9999]
)
def test_an_address_that_is_none_is_left_out(tmp_path, bdf):
    made = with_helper(machine(tmp_path, "strix"))
    root = Sysroot(tmp_path)
    npu = replace(probe(root, tools=False), bdf=bdf)
    assert setting.set_mode(Mode.TURBO, npu, root) is Mode.TURBO
    assert calls(made, "smi") == [["configure", "--pmode", "turbo"]]
    assert setting.find_way(npu, root).command == f"sudo {XRT}/bin/xrt-smi configure --pmode MODE"


def test_windows_runs_xrt_smi_as_it_is(monkeypatch):
    monkeypatch.setattr(setting.sys, "platform", "win32")
    smi = r"C:\Windows\System32\AMD\xrt-smi.exe"
    npu = Npu(True, bdf="00c5:00:01.1", xrt=Xrt("", "", smi=smi))
    way = setting.find_way(npu, Sysroot())
    assert (way.kind, way.argv, way.device) == ("direct", (smi, "configure", "--pmode"), ())
    assert way.by_hand(Mode.TURBO) == f'"{smi}" configure --pmode turbo'
    assert setting.find_way(Npu(True), Sysroot()).kind == "none"


@linux
def test_only_roots_own_list_is_run_as_root(tmp_path, monkeypatch):
    made = machine(tmp_path / "root", "strix")
    record_smi(made)
    elsewhere = tmp_path / "root/home/alex/xrt"
    elsewhere.mkdir(parents=True)
    closed_to_others(made.root)
    monkeypatch.setattr(setting, "_is_root", lambda root: True)
    root = Sysroot(made.root)
    npu = replace(probe(root, tools=False), xrt=Xrt("2", "/home/alex/xrt", smi="/home/alex/xrt/bin/xrt-smi"))
    assert setting.find_way(npu, root).argv[0] == str(made.root / f"{XRT}/bin/xrt-smi".lstrip("/"))


@linux
def test_who_is_trusted_on_this_machine(tmp_path):
    own = tmp_path / "own"
    own.write_text("#!/bin/sh\n")
    own.chmod(0o755)
    assert trust.why_not(Sysroot(), str(own))  # below a folder that everybody can write
    assert trust.why_not(Sysroot(), "/nonexistent")
    assert trust.why_not(Sysroot(), "/usr")
    if os.stat("/usr/bin/env").st_uid == 0 and not Path("/usr/bin").stat().st_mode & 0o022:
        assert trust.why_not(Sysroot(), "/usr/bin/env") == ""


SAID = [
    ("DRM_IOCTL_AMDXDNA_SET_STATE IOCTL failed (err=-95): Operation not supported", "power.driver_old"),
    ("[xrt-smi] ERROR: DRM_IOCTL_AMDXDNA_SET_STATE IOCTL failed (err=-13): Permission denied", "power.not_permitted"),
    ("[xrt-smi] ERROR: DRM_IOCTL_AMDXDNA_SET_STATE IOCTL failed (err=13): Permission denied", "power.not_permitted"),
    ("ERROR: Invalid pmode value: 'turbo'", "power.mode_unknown"),
    ("ERROR: the required argument for option '--pmode' is missing", "power.mode_unknown"),
    ("ERROR: unrecognised option '--pmode'", "power.xrt_old"),
    ("mmap(addr=0x7f, len=67108864, prot=3, flags=8209, offset=4) failed (err=-11): Resource", "power.memlock"),
    ("ERROR: No such device with index '0'", "power.no_device"),
    ("\x1b[31mboom\x1b[0m\x07", "power.failed"),
    ("", "power.failed"),
    ("x" * 100_000, "power.failed"),
]


@pytest.mark.parametrize(("text", "code"), SAID, ids=[code for _, code in SAID])
@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_what_xrt_smi_says(text, code, stream):
    error = failures.of_run(ToolResult(("xrt-smi",), 1, **{stream: text}), "sudo xrt-smi configure --pmode turbo")
    assert error is not None
    assert error.code == code
    assert error.message.isprintable()
    assert len(str(error)) < 600
    assert error.fix


def test_an_error_with_the_code_of_success_is_an_error():
    assert failures.of_run(ToolResult((), 0, "[xrt-smi] ERROR: no"), "c") is not None
    assert failures.of_run(ToolResult((), 0, "\nPower mode is set to turbo\n"), "c") is None


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("xrt_smi_configure_success.txt", None),
        ("xrt_smi_error_configure_permission_old.txt", "power.not_permitted"),
        ("xrt_smi_error_configure_permission_xrt2.21.75.txt", "power.not_permitted"),
        ("xrt_smi_error_memlock_xrt2.21_krackan.txt", "power.memlock"),
    ],
)
def test_what_real_ones_have_said(name, code):
    text = shared("reference", "npu-captures", name).read_text()
    error = failures.of_run(ToolResult((), 0 if code is None else 1, text), "c")
    assert (error.code if error else None) == code
