import errno
import sys
import tempfile
import time
from pathlib import Path

import pytest

from starling.npu.sysroot import READ_LIMIT, Sysroot
from starling.npu.tools import OUTPUT_LIMIT, run_tool


def test_a_tool_answers():
    result = run_tool(
        [sys.executable, "-c", "import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)"], 20
    )
    assert (result.returncode, result.stdout, result.stderr, result.ok) == (3, "out\n", "err\n", False)


def test_a_tool_that_hangs_is_killed_with_its_children():
    started = time.monotonic()
    script = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import time; time.sleep(60)'])"
    result = run_tool([sys.executable, "-c", script], 0.5)
    assert (result.returncode, result.problem) == (None, "no answer in 0.5 s")
    assert time.monotonic() - started < 10


def test_output_is_bounded():
    result = run_tool([sys.executable, "-c", f"print('x' * {OUTPUT_LIMIT + 10})"], 20)
    assert len(result.stdout) == OUTPUT_LIMIT


def test_a_tool_that_writes_without_end_is_killed_before_the_disk_is_full():
    started = time.monotonic()
    result = run_tool([sys.executable, "-c", "import os\nwhile True: os.write(1, b'x' * (1 << 20))"], 30)
    assert (result.returncode, result.problem) == (None, "it wrote more than 64 MiB")
    assert time.monotonic() - started < 10
    assert len(result.stdout) == OUTPUT_LIMIT


def test_without_room_for_its_output_a_tool_is_not_run(monkeypatch):
    def full():
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(tempfile, "TemporaryFile", full)
    result = run_tool([sys.executable, "-c", ""], 20)
    assert (result.returncode, result.problem) == (None, "No space left on device")


@pytest.mark.parametrize(
    ("make", "problem"), [(lambda path: None, "not found"), (lambda path: path.touch(0o644), "Permission denied")]
)
def test_a_tool_that_cannot_be_started(tmp_path: Path, make, problem):
    make(tmp_path / "tool")
    assert run_tool([str(tmp_path / "tool")], 1).problem == problem
    assert run_tool(["a\0b"], 1).problem


def test_the_environment_is_the_one_given():
    result = run_tool([sys.executable, "-c", "import os; print(os.environ.get('HOME'))"], 20, {"PATH": "/usr/bin"})
    assert result.stdout == "None\n"


def test_a_faked_root(tmp_path: Path, monkeypatch):
    monkeypatch.setenv("STARLING_SYSROOT", str(tmp_path))
    (tmp_path / "sys").mkdir()
    (tmp_path / "sys/id").write_bytes(b"0x1502\n\0")
    (tmp_path / "sys/huge").write_bytes(b"1" * (READ_LIMIT + 5))
    root = Sysroot.current()
    assert root.faked
    assert root.path("/sys/id") == tmp_path / "sys/id"
    assert root.number("/sys/id") == 0x1502
    assert root.number("/sys/none") is None
    assert root.text("/sys") == ""
    assert len(root.text("/sys/huge")) == READ_LIMIT
    monkeypatch.delenv("STARLING_SYSROOT")
    assert not Sysroot.current().faked
