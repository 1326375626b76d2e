"""What every test is held to: its own folders, no network, nothing left running, no warning in the log.

Autouse fixtures, so that they begin before a test's own fixtures and look after those have cleaned up. Threads and
processes of fixtures with a wider scope are older than the test and count as theirs.
"""

from __future__ import annotations

import gc
import ipaddress
import logging
import os
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

GRACE_S = 2.0
"""For a thread or process that has been told to end."""
_LIBRARY_THREADS = ("TMonitor",)  # tqdm keeps one for the whole process
_LIBRARY_CHILDREN = ("resource_tracker",)  # multiprocessing keeps one too

_started_at: dict[int, str] = {}
_refused: list[str] = []


def _is_local(host: object) -> bool:
    if host in (None, "", b"", "localhost", b"localhost"):
        return True
    text = host.decode(errors="replace") if isinstance(host, bytes) else str(host)
    try:
        return ipaddress.ip_address(text.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _refuse_network(event: str, args: tuple[Any, ...]) -> None:
    """An audit hook: sockets of this process reach this machine only."""
    if event in ("socket.connect", "socket.sendto"):
        address = args[1]
        host = address[0] if isinstance(address, tuple) and address else None  # a Unix socket's address is no tuple
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        host = args[0]
    else:
        return
    if not _is_local(host):
        _refused.append(f"{event} to {host!r} at {_where()}")
        raise AssertionError(f"tests have no network: {_refused[-1]}")


def _where() -> str:
    """The lines of Starling and its tests that led here, outermost first."""
    ours = [
        f"{Path(frame.filename).name}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_stack()
        if "site-packages" not in frame.filename
        and not frame.filename.startswith((sys.base_prefix + "/lib", "<"))
        and frame.filename != __file__
    ]
    return " > ".join(ours[-4:]) or "an unknown place"


def _remember_starts() -> None:
    """Note where each thread and process starts. For the whole run: pytest ends with the process."""
    start_thread = threading.Thread.start
    start_process = subprocess.Popen.__init__

    def start(self: threading.Thread) -> None:
        self._starling_started_at = _where()  # type: ignore[attr-defined]
        start_thread(self)

    def init(self: subprocess.Popen[Any], *args: Any, **kwargs: Any) -> None:
        start_process(self, *args, **kwargs)
        _started_at[self.pid] = _where()

    threading.Thread.start = start  # type: ignore[method-assign]
    subprocess.Popen.__init__ = init  # type: ignore[assignment, method-assign]


def pytest_configure() -> None:
    """Called by pytest once, where this module is a plugin or its names stand in a conftest."""
    sys.addaudithook(_refuse_network)
    _remember_starts()


def _children() -> dict[int, str]:
    """Living child processes: id to command line. Linux only; elsewhere none are seen."""
    me, found = str(os.getpid()), {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            state, parent = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
            if parent == me and state != "Z":
                found[int(folder.name)] = (folder / "cmdline").read_text().replace("\0", " ").strip()
        except OSError:
            continue  # ended while we looked
    return {pid: line for pid, line in found.items() if not any(name in line for name in _LIBRARY_CHILDREN)}


def _threads() -> set[threading.Thread]:
    return {thread for thread in threading.enumerate() if type(thread).__name__ not in _LIBRARY_THREADS}


def _settled(left: Callable[[], Any]) -> Any:
    """What ``left`` still returns once it is empty or the grace is over."""
    if left():
        gc.collect()  # long in a large process, and it stops every other thread
    end = time.monotonic() + GRACE_S
    while (rest := left()) and time.monotonic() < end:
        time.sleep(0.01)
    return rest


@pytest.fixture(autouse=True)
def nothing_left_running() -> Iterator[None]:
    """Fail the test that leaves a thread or a child process behind, and end the process."""
    threads, children = _threads(), set(_children())
    yield
    left = [
        f"thread {thread.name} (daemon: {thread.daemon}) started at "
        f"{getattr(thread, '_starling_started_at', 'an unknown place')}"
        for thread in _settled(lambda: _threads() - threads)
    ]
    for pid, line in _settled(lambda: {p: c for p, c in _children().items() if p not in children}).items():
        left.append(f"process {pid} ({line}) started at {_started_at.get(pid, 'an unknown place')}")
        os.kill(pid, signal.SIGKILL)
    if left:
        pytest.fail("left running:\n" + "\n".join(left), pytrace=False)


class _Warnings(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        place = f"{Path(record.pathname).name}:{record.lineno}"
        self.lines.append(f"{record.levelname} {record.name} at {place}: {record.getMessage()}")


@pytest.fixture(autouse=True)
def quiet_log(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail the test during which something was logged at WARNING or above; one that takes ``caplog`` looks itself."""
    handler = _Warnings()
    logging.getLogger().addHandler(handler)
    yield
    logging.getLogger().removeHandler(handler)
    if handler.lines and "caplog" not in request.fixturenames:
        pytest.fail("unexpected log records:\n" + "\n".join(handler.lines), pytrace=False)


@pytest.fixture(autouse=True)
def no_network() -> Iterator[None]:
    """Fail the test that asked for another machine, even where the code under test took the refusal in its stride."""
    _refused.clear()
    yield
    if _refused:
        pytest.fail("tests have no network:\n" + "\n".join(_refused), pytrace=False)


@pytest.fixture(autouse=True)
def private_folders(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings, data, cache and locks of a test lie in its own folder, for its child processes too.

    What is compiled for the emulated NPU is found by its contents, so one folder serves all.
    """
    run = tmp_path_factory.getbasetemp()
    monkeypatch.setenv("STARLING_CORES", str((run.parent if "PYTEST_XDIST_WORKER" in os.environ else run) / "cores"))
    monkeypatch.setenv("STARLING_HOME", str(tmp_path / "starling-home"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("STARLING_SPEECH_SERVERS", "none")  # one that runs here would change what ladders say
