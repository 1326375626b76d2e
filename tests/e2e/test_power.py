"""``starling power`` on faked machines, as a person would run it."""

import json
import os
import re
import sys

import pytest

from tests.helpers.commands import starling
from tests.helpers.machine_tools import script
from tests.helpers.machines import BDF, XRT, machine
from tests.helpers.power_machine import (
    HELPER_PLACE,
    REPOSITORY,
    SMI_PLACE,
    calls,
    closed_to_others,
    log,
    record_smi,
    with_helper,
)

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="faked machines are Linux machines")
WORDS = ("default", "powersaver", "balanced", "performance", "turbo")
HOSTILE = {
    "shell": "turbo; rm -rf /",
    "substitution": "$(id)",
    "backticks": "`id`",
    "pipe": "turbo|id",
    "newline": "turbo\nid",
    "trailing newline": "turbo\n",
    "space": "turbo ",
    "capitals": "TURBO",
    "option": "--turbo",
    "option of xrt-smi": "--pmode=turbo",
    "fullwidth": "\uff54\uff55\uff52\uff42\uff4f",
    "cyrillic": "turb\u043e",
    "zero width": "tur\u200bbo",
    "dotless": "turb\u0131",
    "escape": "\x1b[31mturbo",
    "path": "../../turbo",
    "empty": "",
    "huge": "turbo" * 2000,
    "prefix": "tur",
    "no text": b"turbo\xff",
    "seed": "on",
    "number": "4",
}


def power(made, home, *words):
    return starling("power", *words, home=home, env=made.env)


@pytest.fixture
def home(tmp_path):
    return tmp_path / "home"


@pytest.fixture
def made(tmp_path):
    return with_helper(machine(tmp_path / "machine", "strix"))


@pytest.mark.parametrize("word", WORDS)
def test_a_mode_is_set_with_exactly_these_arguments_and_read_back(made, home, word):
    (made.root / f"{XRT}/bin/fake-reports/mode".lstrip("/")).write_text("Turbo" if word != "turbo" else "Default")
    done = power(made, home, "set", word)
    assert (done.code, done.out, done.err) == (0, f"The NPU is in the power mode {word}.\n", "")
    assert calls(made, "pkexec") == [[str(made.root / HELPER_PLACE), word, BDF]]
    assert calls(made, "smi") == [["configure", "-d", BDF, "--pmode", word]]
    shown = json.loads(power(made, home, "show", "--json").out)["power"]
    assert (shown["mode"], shown["evidence"]) == (word, f"{XRT}/bin/xrt-smi examine -r platform")


def test_xrt_smi_sees_nothing_of_our_environment(made, home):
    done = starling("power", "set", "turbo", home=home, env={**made.env, "LD_PRELOAD_X": "evil", "XILINX_XRT": "/evil"})
    assert done.code == 0
    assert "evil" not in log(made, "environment").read_text()


def test_nothing_is_asked_when_it_is_so_already(made, home):
    assert power(made, home, "set", "default").out == "The NPU is in the power mode default already.\n"
    assert calls(made, "pkexec") == calls(made, "smi") == []


@pytest.mark.parametrize("word", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_words_reach_no_process(made, home, word):
    done = power(made, home, "set", word)
    assert done.code == 2
    assert calls(made, "pkexec") == calls(made, "smi") == []
    assert not log(made, "environment").exists()
    assert len(done.err) < 1000
    assert "\x1b" not in done.err


@pytest.mark.parametrize("words", [(), ("turbo", "turbo"), ("turbo", BDF), ("turbo", "--device", "0"), ("turbo", "on")])
def test_more_or_fewer_words_are_a_usage_error(made, home, words):
    assert power(made, home, "set", *words).code == 2
    assert calls(made, "pkexec") == []


def test_json_tells_what_was_and_what_is(made, home):
    told = json.loads(power(made, home, "set", "turbo", "--json").out)["power"]
    assert told == {
        "asked": "turbo", "before": "default", "mode": "turbo", "way": "helper", "error": None,
        "evidence": f"{XRT}/bin/xrt-smi examine -r platform",
    }  # fmt: skip


def test_without_the_helper_the_exact_command_is_shown(tmp_path, home):
    made = machine(tmp_path / "machine", "strix")
    record_smi(made)
    done = power(made, home, "set", "turbo")
    assert done.code == 1
    assert f"Run: sudo {XRT}/bin/xrt-smi configure -d {BDF} --pmode turbo" in done.err
    assert "[power.needs_root]" in done.err
    assert calls(made, "smi") == []
    shown = power(made, home, "show")
    assert f"sudo {XRT}/bin/xrt-smi configure -d {BDF} --pmode MODE" in shown.out


@pytest.mark.parametrize(
    "place", [HELPER_PLACE, "usr/libexec/starling", "usr/libexec", "usr/bin/pkexec", "usr"], ids=lambda place: place
)
@pytest.mark.parametrize("bits", [0o020, 0o002], ids=["group", "others"])
def test_what_others_can_write_is_never_run(made, home, place, bits):
    path = made.root / place
    path.chmod(path.stat().st_mode | bits)
    done = power(made, home, "set", "turbo")
    assert (done.code, calls(made, "pkexec"), calls(made, "smi")) == (1, [], [])
    assert "can be written by others than root" in done.err
    assert f"sudo {XRT}/bin/xrt-smi configure" in done.err


def test_a_helper_that_a_link_leads_to_a_users_file_is_never_run(made, home, tmp_path):
    if os.getuid() == 0:
        own = script(tmp_path / "own", f"touch {tmp_path / 'ran'}")
        os.chown(own, 12345, 12345)
        helper = made.root / HELPER_PLACE
        helper.unlink()
        helper.symlink_to(own)
        assert power(made, home, "set", "turbo").code == 1
        assert not (tmp_path / "ran").exists()
    else:
        pytest.skip("only root can give a file away")


ANSWERS = {
    "cancelled": ("exit 126", "power.cancelled"),
    "nobody to ask": ("echo 'Error executing command as another user: Not authorized' >&2; exit 127",
                      "power.not_authorised"),
    "helper without xrt-smi": ("exit 69", "power.no_smi"),
    "helper of another version": ("exit 64", "power.helper_old"),
    "helper's limit": ("exit 124", "power.no_answer"),
    "killed": ("kill -9 $$", "power.failed"),
}  # fmt: skip


@pytest.mark.parametrize(("body", "code"), ANSWERS.values(), ids=ANSWERS.keys())
def test_an_authorisation_that_is_not_given(tmp_path, home, body, code):
    made = with_helper(machine(tmp_path / "machine", "strix"), pkexec=body)
    done = power(made, home, "set", "turbo", "--json")
    assert (done.code, f"[{code}]" in done.err) == (1, True)
    told = json.loads(done.out)["power"]
    assert (told["mode"], told["error"]["code"]) == (None, code)
    assert calls(made, "smi") == []


REFUSALS = {
    "old driver": ("echo '[xrt-smi] ERROR: DRM_IOCTL_AMDXDNA_SET_STATE IOCTL failed (err=-95): Operation not supported'"
                   " >&2; exit 1", "power.driver_old"),
    "not root": ("echo '[xrt-smi] ERROR: DRM_IOCTL_AMDXDNA_SET_STATE IOCTL failed (err=-13): Permission denied' >&2;"
                 " exit 1", "power.not_permitted"),
    "not root, older": ("echo '[xrt-smi] ERROR: DRM_IOCTL_AMDXDNA_SET_STATE IOCTL failed (err=13): Permission denied';"
                        " exit 0", "power.not_permitted"),
    "old xrt": ("echo \"ERROR: unrecognised option '--pmode'\" >&2; exit 1", "power.xrt_old"),
    "silent": ("exit 7", "power.failed"),
    "lies": ("echo 'Power mode is set to turbo'; exit 0", "power.not_taken"),
    "another one": ("printf performance > \"$(dirname \"$0\")/fake-reports/mode\"; exit 0", "power.not_taken"),
}  # fmt: skip


@pytest.mark.parametrize(("body", "code"), REFUSALS.values(), ids=REFUSALS.keys())
def test_what_xrt_smi_says_is_told_with_its_cause(made, home, body, code):
    real = made.root / SMI_PLACE
    text = real.read_text().replace("  :\nfi", f"  {body}\nfi")
    real.write_text(text)
    done = power(made, home, "set", "turbo")
    assert (done.code, done.out) == (1, "")
    assert re.search(rf"^starling: .+\. .+ \[{code}\]$", done.err.strip())
    if code == "power.not_taken":
        assert "turbo" in done.err
        assert ("performance" if "performance" in body else "default") in done.err


def test_root_needs_no_helper(tmp_path, home):
    made = machine(tmp_path / "machine", "strix")
    record_smi(made)
    status = made.root / "proc/self/status"
    status.write_text(re.sub(r"Uid:.*", f"Uid:\t{os.getuid()}", status.read_text()))
    closed_to_others(made.root)
    assert power(made, home, "set", "performance").code == 0
    assert calls(made, "smi") == [["configure", "-d", BDF, "--pmode", "performance"]]
    smi = made.root / SMI_PLACE
    smi.chmod(0o777)
    done = power(made, home, "set", "turbo")
    assert "no xrt-smi is installed that belongs to root alone" in done.err
    assert len(calls(made, "smi")) == 1


def test_without_an_npu(tmp_path, home):
    made = machine(tmp_path / "machine", "strix", "absent")
    assert "There is no NPU here" in power(made, home, "show").out
    shown = json.loads(power(made, home, "show", "--json").out)["power"]
    assert (shown["present"], shown["mode"], shown["way"]) == (False, None, "none")
    done = power(made, home, "set", "turbo")
    assert (done.code, "[power.no_npu]" in done.err) == (1, True)


@pytest.mark.parametrize("fault", ["smi_hangs", "smi_garbage", "smi_no_device", "no_xrt", "smi_missing"])
def test_a_mode_that_nothing_tells(tmp_path, home, fault):
    made = machine(tmp_path / "machine", "phoenix", fault)
    shown = json.loads(power(made, home, "show", "--json").out)["power"]
    assert (shown["present"], shown["mode"]) == (True, None)
    assert shown["problem"]


@pytest.mark.parametrize(("plugged", "word"), [("1", "mains"), ("0", "battery")])
def test_the_power_source_is_shown(made, home, plugged, word):
    made.write("/sys/class/power_supply/ACAD/type", "Mains\n")
    made.write("/sys/class/power_supply/ACAD/online", plugged)
    made.write("/sys/class/power_supply/BAT0/type", "Battery\n")
    made.write("/sys/class/power_supply/BAT0/status", "Full" if plugged == "1" else "Discharging")
    shown = power(made, home, "show").out
    assert f"Power source  {word}\n" in shown
    assert "Power mode    default" in shown
    assert "Automatic     off\n" in shown


def test_the_switches_that_xrt_never_had_are_nowhere():
    words = ("--turbo", "--power-profile", "--frequency max", "--power-mode", "--memory-bandwidth")
    for folder in ("app", "packaging", "resources", "kernels"):
        for path in (REPOSITORY / folder).rglob("*"):
            if path.is_file() and path.suffix in {"", ".py", ".sh", ".toml", ".desktop", ".policy", ".yml"}:
                text = path.read_text("utf-8", "replace")
                assert not [word for word in words if word in text], path
