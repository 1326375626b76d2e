"""A database of JACK's that nobody can lock any more, in a folder that stands for the machine's shared memory."""

import os
import sys

import pytest

from starling.audio import jack_leftovers, link
from starling.audio.devices import Route
from starling.audio.link import Link

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Linux only")


@pytest.fixture
def shared(tmp_path):
    folder = tmp_path / "shm" / f"jack_db-{os.getuid()}"
    folder.mkdir(parents=True)
    (folder / "__db.001").write_bytes(b"locked")
    (tmp_path / "proc" / "7").mkdir(parents=True)
    (tmp_path / "proc" / "7" / "comm").write_text("python\n")
    return folder.parent


def test_it_is_taken_away_once(shared, tmp_path):
    assert jack_leftovers.clear(shared, tmp_path / "proc")
    assert list(shared.iterdir()) == []
    assert not jack_leftovers.clear(shared, tmp_path / "proc")


def test_it_stays_while_a_server_runs(shared, tmp_path):
    (tmp_path / "proc" / "7" / "comm").write_text("jackd\n")
    assert not jack_leftovers.clear(shared, tmp_path / "proc")
    assert len(list(shared.rglob("*"))) == 2


def test_another_users_and_a_link_stay(tmp_path):
    (tmp_path / "jack_db-99999").mkdir()
    assert not jack_leftovers.clear(tmp_path, tmp_path)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / f"jack_db-{os.getuid()}").symlink_to(tmp_path / "elsewhere")
    jack_leftovers.clear(tmp_path, tmp_path)
    assert (tmp_path / "elsewhere").is_dir()


@pytest.mark.parametrize(("hung_s", "expected"), [(0.0, 1), (60.0, 0)])
def test_a_child_that_never_opened_its_device_has_it_taken_away(monkeypatch, hung_s, expected):
    cleared = []
    monkeypatch.setattr(link.jack_leftovers, "clear", lambda: cleared.append(True))
    monkeypatch.setattr(link, "HUNG_S", hung_s)
    monkeypatch.setattr(link, "route", lambda *_: Route(None, {"name": ""}))
    monkeypatch.setattr(link, "worker_argv", lambda mode: [sys.executable, "-c", "import sys; sys.stdin.read()"])
    Link("", "input", False, lambda *_: None).close()
    assert len(cleared) == expected
