"""The root-owned helper: a copy of it with another list of programs, run as it would be by pkexec."""

import os
import subprocess
import sys
import time
import xml.etree.ElementTree as ET

import pytest

from starling.npu.power.modes import Mode
from starling.npu.power.setting import ACTION, ADDRESS, HELPER, PROGRAMS
from tests.helpers.machine_tools import script
from tests.helpers.power_machine import HELPER as SOURCE
from tests.helpers.power_machine import REPOSITORY, build_helper, closed_to_others

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the helper is for Linux")
BDF = "0000:c6:00.1"


@pytest.fixture
def top(tmp_path):
    folder = tmp_path / "top"
    record = tmp_path / "called"
    body = f'printf "%s\\n" "$@" > {record}\nenv > {tmp_path / "env"}\npwd > {tmp_path / "cwd"}'
    script(folder / "opt/bin/xrt-smi", body)
    script(folder / "usr/bin/xrt-smi", f"echo second > {record}")
    closed_to_others(folder)
    return folder


def run(top, *words, env=None, timeout_s=20.0):
    programs = (str(top / "opt/bin/xrt-smi"), str(top / "usr/bin/xrt-smi"))
    helper = build_helper(top / "libexec/starling-power", programs, top, timeout_s)
    return subprocess.run([helper, *words], env=env or {}, capture_output=True, timeout=30, check=False)


def called(top):
    path = top.parent / "called"
    return path.read_text().splitlines() if path.exists() else None


@pytest.mark.parametrize("mode", Mode)
def test_each_word_with_and_without_an_address(top, mode):
    assert run(top, mode).returncode == 0
    assert called(top) == ["configure", "--pmode", mode]
    assert run(top, mode, BDF).returncode == 0
    assert called(top) == ["configure", "-d", BDF, "--pmode", mode]


BAD = [
    (), ("",), ("turbo ",), ("Turbo",), ("turbo\n",), ("--turbo",), ("tur",), ("\uff54urbo",), ("turb\u043e",),
    (b"turbo\xff",), ("turbo", ""), ("turbo", "0"),
    ("turbo", "0000:c6:00.1 "), ("turbo", "0000:c6:00.1\n"), ("turbo", "0000:c6:00.8"),
    ("turbo", "0000:C6:00.1"), ("turbo", "0000:c6:20.1"), ("turbo", "../0:00.1"), ("turbo", "\u0660000:c6:00.1"),
    ("turbo", "-d"), ("turbo", "--help"), ("turbo", BDF, BDF), ("turbo", "x" * 10_000), ("x" * 100_000,),
]  # fmt: skip


@pytest.mark.parametrize("words", BAD, ids=[ascii(words)[:30] for words in BAD])
def test_anything_else_is_refused_before_a_process(top, words):
    done = run(top, *words)
    assert (done.returncode, called(top), done.stdout) == (64, None, b"")
    assert len(done.stderr) < 200


def test_the_environment_is_ignored(top, tmp_path):
    evil = tmp_path / "evil"
    evil.mkdir()
    (evil / "re.py").write_text("raise SystemExit('taken over')")
    (evil / "sitecustomize.py").write_text("raise SystemExit('taken over')")
    env = {
        "PYTHONPATH": str(evil), "PYTHONHOME": str(evil), "PYTHONSTARTUP": str(evil / "re.py"), "PATH": str(evil),
        "XILINX_XRT": str(evil), "STARLING_SYSROOT": str(evil), "IFS": "/", "BASH_ENV": str(evil / "re.py"),
    }  # fmt: skip
    assert run(top, "turbo", env=env).returncode == 0
    told = (tmp_path / "env").read_text()
    assert str(evil) not in told
    assert "PATH=/usr/sbin:/usr/bin:/sbin:/bin" in told
    assert (tmp_path / "cwd").read_text() == "/\n"


@pytest.mark.parametrize("place", ["opt/bin/xrt-smi", "opt/bin", "opt"])
def test_an_xrt_smi_that_others_can_write_is_passed_over(top, place):
    (top / place).chmod(0o777)
    assert run(top, "turbo").returncode == 0
    assert called(top) == ["second"]


def test_without_a_program_of_root_there_is_none(top):
    for place in ("opt/bin/xrt-smi", "usr/bin/xrt-smi"):
        (top / place).chmod(0o777)
    done = run(top, "turbo")
    assert (done.returncode, called(top)) == (69, None)
    assert b"no xrt-smi that belongs to root alone" in done.stderr


def test_a_link_is_followed_to_its_end(top, tmp_path):
    outside = script(tmp_path / "outside", f"echo outside > {top.parent / 'called'}")
    outside.chmod(0o777)
    (top / "opt/bin/xrt-smi").unlink()
    (top / "opt/bin/xrt-smi").symlink_to(outside)
    assert run(top, "turbo").returncode == 0
    assert called(top) == ["second"]


def test_what_was_looked_at_is_what_runs(top, tmp_path):
    """A link on the way may lie in a folder of somebody else, who changes it after the look."""
    real = script(top / "lib/real", f'echo "$0" > {top.parent / "called"}')
    closed_to_others(top)
    (tmp_path / "open").mkdir(mode=0o777)
    (tmp_path / "open/link").symlink_to(real)
    (top / "opt/bin/xrt-smi").unlink()
    (top / "opt/bin/xrt-smi").symlink_to(tmp_path / "open/link")
    assert run(top, "turbo").returncode == 0
    assert called(top) == [str(real)]


def test_what_it_says_comes_through(top):
    script(top / "opt/bin/xrt-smi", "echo out; echo err >&2; exit 9")
    closed_to_others(top)
    done = run(top, "turbo")
    assert (done.returncode, done.stdout, done.stderr) == (9, b"out\n", b"err\n")


def test_one_that_hangs_is_ended_with_what_it_started(top, tmp_path):
    script(top / "opt/bin/xrt-smi", f"sleep 60 & echo $! > {tmp_path / 'pid'}; wait")
    closed_to_others(top)
    started = time.monotonic()
    assert run(top, "turbo", timeout_s=0.5).returncode == 124
    assert time.monotonic() - started < 10
    child = int((tmp_path / "pid").read_text())
    deadline_s = time.monotonic() + 5
    while _lives(child) and time.monotonic() < deadline_s:
        time.sleep(0.01)
    assert not _lives(child)


def _lives(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_helper_and_program_agree():
    names = {}
    source = SOURCE.read_text()
    exec(compile(source.partition("def main")[0], str(SOURCE), "exec"), names)
    assert source.startswith("#!/usr/bin/python3 -IS\n")
    assert names["MODES"] == tuple(Mode)
    assert names["PROGRAMS"] == PROGRAMS
    assert all(path.startswith("/") for path in PROGRAMS)
    assert names["ADDRESS"].pattern == ADDRESS.pattern
    assert (names["OWNER"], names["TOP"]) == (0, "/")
    assert os.access(SOURCE, os.X_OK)


def test_the_policy_names_the_helper():
    tree = ET.parse(REPOSITORY / f"packaging/linux/power/{ACTION.rpartition('.')[0]}.power.policy")
    actions = tree.findall("action")
    assert [action.get("id") for action in actions] == [ACTION]
    keys = {note.get("key"): note.text for note in actions[0].findall("annotate")}
    assert keys == {"org.freedesktop.policykit.exec.path": HELPER}  # no allow_gui: it gets no display
    defaults = {child.tag: child.text for child in actions[0].find("defaults")}
    assert defaults == {"allow_any": "auth_admin", "allow_inactive": "auth_admin", "allow_active": "auth_admin_keep"}


def install(*words):
    script = REPOSITORY / "packaging/linux/install-power.sh"
    return subprocess.run(["bash", script, *words], capture_output=True, text=True, timeout=30, check=False)


def test_installing_twice_and_removing_twice(tmp_path):
    root = tmp_path / "r o o t"
    assert "would run" in install("--dry-run", "--root", root).stdout
    assert not root.exists()
    assert install("--root", root).returncode == 0
    helper, policy = root / HELPER.lstrip("/"), root / "usr/share/polkit-1/actions"
    assert (helper.stat().st_mode & 0o777, helper.read_text()) == (0o755, SOURCE.read_text())
    assert [path.stat().st_mode & 0o777 for path in policy.iterdir()] == [0o644]
    before = helper.stat().st_mtime_ns
    assert install("--root", root).stdout.count("is there already") == 2
    assert helper.stat().st_mtime_ns == before
    helper.chmod(0o777)  # somebody opened it
    assert install("--root", root).returncode == 0
    assert helper.stat().st_mode & 0o777 == 0o755
    assert "would run" in install("--dry-run", "--remove", "--root", root).stdout
    assert helper.exists()
    for _ in range(2):
        assert install("--remove", "--root", root).returncode == 0
    assert not helper.parent.exists()
    assert list(policy.iterdir()) == []


def test_it_replaces_a_link_by_a_file(tmp_path):
    helper = tmp_path / HELPER.lstrip("/")
    helper.parent.mkdir(parents=True)
    (tmp_path / "victim").write_text("mine")
    helper.symlink_to(tmp_path / "victim")
    assert install("--root", tmp_path).returncode == 0
    assert not helper.is_symlink()
    assert (tmp_path / "victim").read_text() == "mine"


@pytest.mark.parametrize("words", [("--bad",), ("--root",), ("--root", ""), ("/somewhere",)])
def test_words_that_it_does_not_know(words):
    assert install(*words).returncode == 2
