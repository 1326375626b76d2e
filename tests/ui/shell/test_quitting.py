"""The end by force: a process that hangs is ended, says where it hung, and the next run tells."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from starling.ui.shell import quitting
from starling.ui.shell.quitting import Deadline, forced_last_time

HANGS = """
import sys, threading
from pathlib import Path
from starling.ui.shell import quitting
quitting.QUIT_LIMIT_S = 0.3
quitting.Deadline(Path(sys.argv[1])).arm()
def hang():
    threading.Event().wait(20)
{how}
"""


@pytest.mark.parametrize(
    "how",
    ["hang()", "threading.Thread(target=hang).start()", "import ctypes; ctypes.PyDLL(None).sleep(20)"],
    ids=["main thread", "a thread that Python waits for", "with Python's lock held"],
)
@pytest.mark.skipif(sys.platform != "linux", reason="sleep of the C library")
def test_what_hangs_is_ended(tmp_path, caplog, how):
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", HANGS.format(how=how), str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert time.monotonic() - began < 5
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "")
    error = forced_last_time(tmp_path)
    assert error is not None
    assert error.code == "ui.quit_forced"
    assert "in hang" in (tmp_path / quitting.FORCED_REPORT).read_text() or "sleep" in how
    assert [record.getMessage() for record in caplog.records] == ["ui.quit_forced"]
    assert forced_last_time(tmp_path) is None


def test_what_ends_leaves_nothing(tmp_path):
    done = subprocess.run([sys.executable, "-c", HANGS.format(how=""), str(tmp_path)], check=False)
    assert done.returncode == 0
    assert list(tmp_path.iterdir()) == []


def test_a_process_killed_while_quitting_is_no_forced_end(tmp_path):
    deadline = Deadline(tmp_path)
    deadline.arm()
    deadline.arm()
    assert forced_last_time(tmp_path) is None
    deadline.disarm()
    deadline.disarm()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_stops_nobody(tmp_path):
    (tmp_path / "file").write_text("")
    deadline = Deadline(Path(tmp_path / "file" / "cache"))
    deadline.arm()
    deadline.disarm()
