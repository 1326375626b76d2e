import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from starling.npu import setup_script
from starling.npu.environment import ENTRIES_MOST, XrtEnvironment, look, xrt_environment
from starling.npu.report import Npu, Pyxrt, Xrt
from starling.npu.sysroot import Sysroot

BASH = Path("/bin/bash")
needs_bash = pytest.mark.skipif(not BASH.exists(), reason="bash is not installed here")
GOOD = """\
XILINX_XRT=$(readlink -f "$(dirname "${BASH_SOURCE[0]}")")
echo "XILINX_XRT        : $XILINX_XRT"
export XILINX_XRT
export LD_LIBRARY_PATH=$XILINX_XRT/lib:$LD_LIBRARY_PATH
export PATH=$XILINX_XRT/bin:$PATH
export PYTHONPATH=$XILINX_XRT/python:$PYTHONPATH
export SECRET=x ANOTHER=y
"""


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("STARLING_HOME", str(tmp_path / "home"))


@pytest.fixture
def root(tmp_path):
    machine = tmp_path / "a machine"
    (machine / "opt/xilinx/xrt/python").mkdir(parents=True)
    (machine / "opt/xilinx/xrt/lib").mkdir()
    (machine / "bin").mkdir()
    (machine / "bin/bash").symlink_to(BASH)
    return Sysroot(machine)


def npu(root: Sysroot, script: str | None, *modules: str, place: str = "/opt/xilinx/xrt") -> Npu:
    setup = f"{place}/setup.sh" if script is not None else ""
    if script is not None:
        root.path(setup).write_text(script)
    return Npu(True, xrt=Xrt("2.21.75", place, setup, "", tuple(Pyxrt(path, "3.12", "") for path in modules)))


@needs_bash
def test_what_a_script_exports_is_taken_and_nothing_else(root, monkeypatch):
    monkeypatch.setenv("PATH", "/mine/bin")
    monkeypatch.setenv("LD_LIBRARY_PATH", "")
    monkeypatch.setenv("PYTHONPATH", "/of/our/python")
    real = str(root.path("/opt/xilinx/xrt").resolve())
    found = npu(root, GOOD)
    assert xrt_environment(found, root) == {
        "XILINX_XRT": real,
        "PATH": f"{real}/bin:/mine/bin",
        "LD_LIBRARY_PATH": f"{real}/lib",  # no empty entry: that would be the current folder
        "PYTHONPATH": f"{real}/python",
    }
    taken = look(found, root)
    assert (taken.source, taken.left_out, taken.refused, taken.problem) == ("/opt/xilinx/xrt/setup.sh", 2, 0, "")
    told = [finding.value for finding in taken.findings()]
    assert told == ["4 variables for engines that use XRT; left out: 2", f"XILINX_XRT={real}",
                    f"PATH += {real}/bin", f"LD_LIBRARY_PATH += {real}/lib",
                    f"PYTHONPATH += {real}/python"]  # fmt: skip


@needs_bash
def test_the_shell_has_nothing_of_ours(root, monkeypatch, tmp_path):
    seen = tmp_path / "seen"
    monkeypatch.setenv("PRIVATE_TOKEN", "secret")
    monkeypatch.setenv("BASH_ENV", str(tmp_path / "evil.sh"))
    monkeypatch.setenv("BASH_FUNC_source%%", "() { echo taken over; }")
    (tmp_path / "evil.sh").write_text(f"echo evil >> {seen}\n")
    look(npu(root, f"{GOOD}\ncat /proc/self/environ >> {seen}\n"), root)
    assert b"evil" not in seen.read_bytes()
    assert b"secret" not in seen.read_bytes()
    assert b"taken over" not in seen.read_bytes()


COMPUTED = [
    ("exit 1", "it failed (status 1)"),
    ("return 3", "it failed (status 3)"),
    ("false", "it failed (status 1)"),
    ("syntax ( error", "it failed (status"),
    ("exec true", "it ended without a result"),
    ("kill -9 $$", "it ended without a result"),
    ("exec 9>&-", "it ended without a result"),
    (":", "it does not set XILINX_XRT to a folder"),
    ("XILINX_XRT=/opt/xilinx/xrt", "it does not set XILINX_XRT to a folder"),
    ("export XILINX_XRT=", "it does not set XILINX_XRT to a folder"),
    ("export XILINX_XRT=relative/xrt", "it does not set XILINX_XRT to a folder"),
    ("export XILINX_XRT=$'/opt/a\\nb'", "it does not set XILINX_XRT to a folder"),
    ("export XILINX_XRT=/$(printf 'x%.0s' {1..5000})", "it does not set XILINX_XRT to a folder"),
    ("exit() { :; }; builtin exit 9", "it failed (status 9)"),
]


@needs_bash
@pytest.mark.parametrize(("script", "problem"), COMPUTED, ids=[script[:20] for script, _ in COMPUTED])
def test_a_script_that_does_not_help_is_replaced_by_what_is_known(root, script, problem):
    taken = look(npu(root, script, "/opt/xilinx/xrt/python/pyxrt.so"), root)
    assert taken.problem.startswith(problem)
    assert taken.source == "computed"
    real = str(root.path("/opt/xilinx/xrt"))
    assert taken.root == real
    assert dict(taken.added) == {
        "PATH": (f"{real}/bin",), "LD_LIBRARY_PATH": (f"{real}/lib",), "PYTHONPATH": (f"{real}/python",),
    }  # fmt: skip
    assert any("setup.sh was not used" in finding.value for finding in taken.findings())


@needs_bash
def test_a_script_that_hangs_is_left(root, monkeypatch):
    monkeypatch.setattr(setup_script, "TIMEOUT_S", 0.5)
    started = time.monotonic()
    taken = look(npu(root, "sleep 100 & read line </dev/tty; sleep 100"), root)
    assert taken.problem == "no answer in 0.5 s"
    assert time.monotonic() - started < 5


@needs_bash
def test_it_is_read_once_for_each_state_of_the_file(root, monkeypatch):
    runs = []
    run = setup_script.run
    monkeypatch.setattr(setup_script, "run", lambda *words: runs.append(words) or run(*words))
    found = npu(root, GOOD)
    assert look(found, root) == look(found, root)
    assert len(runs) == 1
    found = npu(root, GOOD + "export PATH=/new:$PATH\n")
    assert dict(look(found, root).added)["PATH"][0] == "/new"
    assert len(runs) == 2


@needs_bash
def test_a_script_that_prints_the_mark_of_a_report_or_floods_changes_nothing(root):
    noise = "printf 'XILINX_XRT=/evil\\0'; head -c 9000000 /dev/zero; head -c 9000000 /dev/zero >&2\n"
    assert look(npu(root, noise + GOOD), root).root == str(root.path("/opt/xilinx/xrt").resolve())


@needs_bash
def test_ten_thousand_variables_and_values_that_no_program_could_be_started_with(root):
    many = 'for i in {1..10000}; do export "V$i=$i"; done\nexport BIG=$(head -c 4000000 /dev/zero | tr "\\0" x)\n'
    taken = look(npu(root, GOOD + many), root)
    assert (taken.problem, taken.left_out) == ("", 10003)  # BIG, SECRET and ANOTHER too


@needs_bash
def test_folders_that_are_none_are_refused(root):
    lines = "export PYTHONPATH=relative:.::$'/with\\nnewline':/good:$'/with\\e[31m':/good\n"
    taken = look(npu(root, GOOD + lines), root)
    assert dict(taken.added)["PYTHONPATH"] == ("/good",)
    assert taken.refused == 4
    assert "4 folders refused" in [finding.value for finding in taken.findings()]


@needs_bash
def test_a_list_has_an_end(root):
    taken = look(npu(root, GOOD + "for i in {1..500}; do PATH=/p$i:$PATH; done\n"), root)
    assert len(dict(taken.added)["PATH"]) == ENTRIES_MOST


def test_without_bash_the_paths_are_computed(root):
    root.path("/bin/bash").unlink()
    taken = look(npu(root, GOOD), root)
    assert (taken.source, taken.problem) == ("computed", "there is no bash to read it with")


def test_a_setup_that_is_a_folder_or_gone(root):
    found = npu(root, GOOD)
    root.path("/opt/xilinx/xrt/setup.sh").unlink()
    assert look(found, root).source == "computed"
    root.path("/opt/xilinx/xrt/setup.sh").mkdir()
    assert look(found, root).source == "computed"


def test_no_xrt_no_variables(root):
    assert xrt_environment(Npu(True), root) == {}
    assert look(Npu(False), root) == XrtEnvironment()
    assert look(Npu(False), root).findings() == ()


def test_a_distributions_module_comes_without_the_systems_other_packages(root, monkeypatch):
    packages = root.path("/usr/lib/python3/dist-packages")
    packages.mkdir(parents=True)
    (packages / "pyxrt.cpython-312-x86_64-linux-gnu.so").write_bytes(b"module")
    (packages / "numpy.py").write_text("raise SystemExit('the system has this numpy')")
    module = "/usr/lib/python3/dist-packages/pyxrt.cpython-312-x86_64-linux-gnu.so"
    found = npu(root, None, module, place="/usr")
    for _ in range(2):  # the second finds the links in place
        env = xrt_environment(found, root)
        assert set(env) == {"PYTHONPATH"}
        folder = Path(env["PYTHONPATH"])
        assert [path.name for path in folder.iterdir()] == ["pyxrt.cpython-312-x86_64-linux-gnu.so"]
        assert (folder / "pyxrt.cpython-312-x86_64-linux-gnu.so").read_bytes() == b"module"
    code = "import importlib.util; print(importlib.util.find_spec('numpy').origin)"
    done = subprocess.run([sys.executable, "-c", code], env={**os.environ, **env}, capture_output=True, text=True)
    assert str(packages) not in done.stdout + done.stderr


def test_a_link_that_points_elsewhere_is_made_anew(root, tmp_path):
    path = "/usr/lib/python3.13/site-packages/pyxrt.so"
    found = npu(root, None, path, place="/usr")
    folder = Path(xrt_environment(found, root)["PYTHONPATH"])
    (folder / "pyxrt.so").unlink()
    (folder / "pyxrt.so").write_text("left over")
    assert xrt_environment(found, root)["PYTHONPATH"] == str(folder)
    assert os.readlink(folder / "pyxrt.so") == str(root.path(path))


def test_where_no_link_can_be_made_none_is_promised(root, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("STARLING_HOME", str(tmp_path / "file"))
    assert xrt_environment(npu(root, None, "/usr/lib/python3/dist-packages/pyxrt.so", place="/usr"), root) == {}


@pytest.mark.parametrize("output", ["", "m", "m\0", "m\0m\0", "m\00\0", "\0" * 50, "m\0x\0y\0z\0m\0"])
def test_garbage_for_a_report(output):
    assert setup_script.parse(output, "m").values == {}
    assert setup_script.parse(output, "m").problem


def test_two_engines_that_start_at_once_share_the_folder_with_the_module(tmp_path, monkeypatch):
    root = Sysroot(tmp_path)
    path = "/usr/lib/python3.13/site-packages/pyxrt.so"
    real = Path.symlink_to

    def as_another_does_it(self, target):
        link = self.with_name("pyxrt.so")
        if not link.is_symlink():
            real(link, target)
        real(self, target)

    monkeypatch.setattr(Path, "symlink_to", as_another_does_it)
    folder = Path(look(npu(root, None, path, place="/usr"), root).variables({})["PYTHONPATH"])
    assert os.readlink(folder / "pyxrt.so") == str(root.path(path))
    assert [one.name for one in folder.iterdir()] == ["pyxrt.so"]
