"""The guards catch what they say: a file of tests that break them, run by a pytest of its own."""

import os
import re
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[3]

OFFENDERS = """
import logging, os, socket, subprocess, sys, threading
import pytest

release = threading.Event()

@pytest.fixture(scope="module")
def older():
    thread = threading.Thread(target=release.wait, name="older")
    thread.start()
    yield
    release.set()
    thread.join()

def test_good(older):
    thread = threading.Thread(target=int)
    thread.start()
    thread.join()
    subprocess.run([sys.executable, "-c", ""], check=True)
    logging.info("fine")
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()):
        pass
    assert os.environ["STARLING_HOME"].endswith("starling-home")

def test_thread(older):
    threading.Thread(target=release.wait, name="forgotten").start()

def test_child(older):
    global child
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])

def test_log(older):
    logging.getLogger("starling.x").warning("odd %d", 7)

def test_looks_at_the_log_itself(older, caplog):
    logging.warning("expected")
    assert caplog.messages == ["expected"]

def test_network(older):
    with socket.socket() as direct:
        try:
            direct.connect(("192.0.2.1", 80))
        except BaseException:
            pass
    try:
        socket.getaddrinfo("example.com", 80)
    except BaseException:
        pass

def test_reap(older):
    assert child.wait(5) != 0
"""


def line(word: str) -> int:
    return OFFENDERS[: OFFENDERS.index(word)].count("\n") + 1


def test_guards_catch_what_is_left(tmp_path: Path) -> None:
    (tmp_path / "test_offenders.py").write_text(OFFENDERS)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "tests.helpers.guards", "-p", "no:cacheprovider", "-rE", "-q", "."],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    failed = set(re.findall(r"^ERROR test_offenders.py::(\w+)", done.stdout, re.MULTILINE))
    assert failed == {"test_thread", "test_child", "test_log", "test_network"}, done.stdout + done.stderr
    assert "7 passed, 4 errors" in done.stdout
    assert (
        f"thread forgotten (daemon: False) started at test_offenders.py:{line('forgotten')} test_thread" in done.stdout
    )
    assert re.search(rf"process \d+ \(.*\) started at test_offenders.py:{line('sleep')} test_child", done.stdout)
    assert f"WARNING starling.x at test_offenders.py:{line('odd')}: odd 7" in done.stdout
    assert "socket.connect to '192.0.2.1' at test_offenders.py" in done.stdout
    assert "socket.getaddrinfo to 'example.com'" in done.stdout
