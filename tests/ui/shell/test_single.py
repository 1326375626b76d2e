"""One window for each user and home: who is first, how a second start reaches it, and what else knocks there."""

import os
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from starling.core.errors import StarlingError
from starling.remote import rendezvous
from starling.ui.shell import single
from starling.ui.shell.single import SingleInstance

SECOND = """
import os, sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from starling.core.errors import StarlingError
from starling.ui.shell import single
app = QCoreApplication([])
single.FROZEN_AFTER_S = float(sys.argv[3])
instance = single.SingleInstance(Path(sys.argv[1]), os.environ)
try:
    first = instance.enter(sys.argv[2])
except StarlingError as error:
    sys.exit(error.code)
print("first" if first else "raised", flush=True)
if first and len(sys.argv) > 4:
    app.exec()
"""


@pytest.fixture
def runtime(monkeypatch):
    """A short path, as a real one is: a socket's address is."""
    with tempfile.TemporaryDirectory(prefix="run") as folder:
        monkeypatch.setenv("XDG_RUNTIME_DIR", folder)
        yield Path(folder)


@pytest.fixture
def first(qtbot, tmp_path, runtime):
    instance = SingleInstance(tmp_path / "data", os.environ)
    assert instance.enter("")
    yield instance
    instance.close()


def second(data: Path, token: str = "", patience_s: float = 4.0, stay: bool = False, **more) -> subprocess.Popen:
    argv = [sys.executable, "-c", SECOND, str(data), token, str(patience_s), *(["stay"] if stay else [])]
    return subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more)


def address(data: Path) -> str:
    return (data / single.ADDRESS).read_text()


def knock(data: Path) -> socket.socket:
    link = socket.socket(socket.AF_UNIX)
    link.settimeout(5)
    link.connect(address(data))
    return link


def test_a_second_start_raises_the_first_and_ends(qtbot, first, tmp_path):
    began = time.monotonic()
    with qtbot.waitSignal(first.raised) as raised:
        process = second(tmp_path / "data", "token_TIME123")
    assert raised.args == ["token_TIME123"]
    qtbot.waitUntil(lambda: process.poll() is not None)
    assert process.communicate() == ("raised\n", "")
    assert process.returncode == 0
    assert time.monotonic() - began < 1


def test_a_strange_token_is_not_passed_on(qtbot, first, tmp_path):
    with qtbot.waitSignal(first.raised) as raised:
        process = second(tmp_path / "data", "two words\n")
    assert raised.args == [""]
    process.communicate(timeout=5)


def test_another_home_has_its_own(qtbot, first, tmp_path):
    other = SingleInstance(tmp_path / "other", os.environ)
    assert other.enter("")
    assert address(tmp_path / "other") != address(tmp_path / "data")
    other.close()


def test_the_second_finds_it_in_another_environment(qtbot, first, tmp_path):
    """A login over the network has no XDG_RUNTIME_DIR."""
    env = {name: value for name, value in os.environ.items() if name != "XDG_RUNTIME_DIR"}
    with qtbot.waitSignal(first.raised):
        process = second(tmp_path / "data", env=env)
    assert process.communicate(timeout=5)[0] == "raised\n"


def test_after_a_kill_the_next_is_first(qtbot, tmp_path, runtime):
    killed = second(tmp_path / "data", stay=True)
    assert killed.stdout.readline() == "first\n"
    killed.kill()
    killed.communicate()
    assert Path(address(tmp_path / "data")).is_socket()
    instance = SingleInstance(tmp_path / "data", os.environ)
    assert instance.enter("")
    with qtbot.waitSignal(instance.raised):
        process = second(tmp_path / "data")
    process.communicate(timeout=5)
    instance.close()


def test_a_frozen_first_is_told(first, tmp_path):
    """This test does not run the event loop while it waits: the first one is as good as stopped."""
    process = second(tmp_path / "data", patience_s=0.5)
    out, err = process.communicate(timeout=10)
    assert (out, err.strip(), process.returncode) == ("", "ui.first_not_answering", 1)


def test_it_waits_for_one_that_is_leaving(qtbot, first, tmp_path):
    first.deafen()
    process = second(tmp_path / "data")
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(0.4)
    first.close()
    assert process.communicate(timeout=5)[0] == "first\n"


def test_many_at_once_make_one(qtbot, tmp_path, runtime):
    several = [second(tmp_path / "data", stay=True) for _ in range(6)]
    lines = sorted(process.stdout.readline().strip() for process in several)
    assert lines == ["first"] + ["raised"] * 5
    for process in several:
        process.kill()
        process.communicate()


def test_nothing_is_left_but_the_lock(qtbot, tmp_path, runtime):
    instance = SingleInstance(tmp_path / "data", os.environ)
    instance.enter("")
    instance.close()
    instance.close()
    assert [path.name for path in (tmp_path / "data").iterdir()] == [single.LOCK]
    assert list(runtime.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_told(qtbot, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StarlingError) as caught:
        SingleInstance(tmp_path / "file" / "data", os.environ).enter("")
    assert caught.value.code == "app.data_unwritable"


@pytest.mark.parametrize(
    "message",
    [b"\n", b"raise\n", b"quit \n", b"raise a b\n", b"raise x\nraise y\n", b"\xff" * 99 + b"\n", b"x" * 9000],
)
def test_rubbish_is_cut_off(qtbot, first, tmp_path, message):
    with qtbot.assertNotEmitted(first.raised), knock(tmp_path / "data") as link:
        link.sendall(message)
        qtbot.waitUntil(lambda: ended(link), timeout=3000)
    assert still_raises(qtbot, first, tmp_path)


def test_the_silent_are_cut_off(qtbot, first, tmp_path, monkeypatch):
    monkeypatch.setattr(single, "SILENCE_MS", 50)
    with knock(tmp_path / "data") as link:
        qtbot.waitUntil(lambda: ended(link), timeout=3000)


def test_a_crowd_does_not_fill_it(qtbot, first, tmp_path):
    crowd = [knock(tmp_path / "data") for _ in range(single.MAX_LINKS + 5)]
    qtbot.waitUntil(lambda: sum(ended(link) for link in crowd) >= 5, timeout=3000)
    for link in crowd:
        link.close()
    assert still_raises(qtbot, first, tmp_path)


def test_half_a_message_and_gone(qtbot, first, tmp_path):
    with knock(tmp_path / "data") as link:
        link.sendall(b"rai")
    assert still_raises(qtbot, first, tmp_path)


def ended(link: socket.socket) -> bool:
    link.setblocking(False)
    try:
        return link.recv(100) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


def still_raises(qtbot, first, tmp_path) -> bool:
    with qtbot.waitSignal(first.raised):
        process = second(tmp_path / "data")
    return process.communicate(timeout=5)[0] == "raised\n"


def test_the_socket_is_the_users_alone(qtbot, first, tmp_path):
    path = Path(address(tmp_path / "data"))
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    if os.geteuid() or not shutil.which("setpriv"):
        pytest.skip("only root can try it as another user")
    code = f"import socket; socket.socket(socket.AF_UNIX).connect({str(path)!r})"
    as_nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "/usr/bin/python3", "-c", code]
    done = subprocess.run(as_nobody, capture_output=True, text=True, check=False)
    assert "PermissionError" in done.stderr


class TestRendezvous:
    def test_a_long_path_goes_elsewhere(self, tmp_path):
        deep = tmp_path / ("x" * 90)
        found = list(rendezvous.addresses(deep, {}, single.SOCKET))
        assert len(found) == 1
        assert len(found[0]) <= rendezvous.LONGEST_PATH
        Path(found[0]).parent.rmdir()

    def test_anothers_folder_is_not_used(self, tmp_path):
        real = tmp_path / "real"
        real.mkdir()
        (tmp_path / "link").symlink_to(real)
        assert not rendezvous.private(tmp_path / "link")
        (tmp_path / "file").write_text("")
        assert not rendezvous.private(tmp_path / "file")
        if os.geteuid() == 0:
            os.chown(real, 65534, 65534)
            assert not rendezvous.private(real)
            found = rendezvous.candidates(tmp_path, {"XDG_RUNTIME_DIR": str(real)})
            assert not any(folder.is_relative_to(real) for folder in found)

    def test_an_open_folder_is_closed(self, tmp_path):
        (tmp_path / "run").mkdir(0o755)
        assert rendezvous.private(tmp_path / "run")
        assert stat.S_IMODE((tmp_path / "run").stat().st_mode) == 0o700
