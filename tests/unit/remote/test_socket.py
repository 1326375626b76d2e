"""The socket as friends and strangers use it."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import socket
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from starling import locate
from starling.core.errors import StarlingError
from starling.remote import client, place, server
from tests.helpers.pulse import wait_until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Unix sockets and their owners")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    runtime = tmp_path / "runtime"
    runtime.mkdir(0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    monkeypatch.setenv("STARLING_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture(params=[False, True], ids=["unix", "loopback"])
def running(home: Path, request: pytest.FixtureRequest):
    asked: list[dict[str, object]] = []

    def answer(what):
        asked.append(what)
        match what.get("command"):
            case "refuse":
                raise StarlingError("x.no", "It cannot be.", "Do something else.")
            case "break":
                raise RuntimeError("private words")
        return {"mode": "dictation"}

    made = server.Server(home / "data", answer, loopback=request.param)
    made.start()
    yield made, asked
    made.close()
    assert not (home / "data" / place.FILE).exists()
    assert not list((home.parent / "runtime").iterdir())


def refused(request: dict[str, object]) -> str:
    with pytest.raises(StarlingError) as caught:
        client.ask(request, 2)
    assert caught.value.message.endswith(".")
    assert caught.value.fix.endswith(".")
    return caught.value.code


def raw(home: Path) -> socket.socket:
    said = json.loads((home / "data" / place.FILE).read_text())
    if "socket" in said:
        link = socket.socket(socket.AF_UNIX)
        link.connect(said["socket"])
    else:
        link = socket.create_connection(("127.0.0.1", said["port"]))
    link.settimeout(5)
    return link


def gone(link: socket.socket) -> bool:
    """Whether the other end hangs up."""
    with contextlib.closing(link), contextlib.suppress(ConnectionError):
        return link.recv(100) == b""
    return True


@pytest.mark.parametrize("env", [{}, {"XDG_DATA_HOME": "/d"}, {"XDG_DATA_HOME": " "}, {"STARLING_HOME": "/h"}])
def test_the_file_is_in_the_data_folder(env: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("XDG_DATA_HOME", "STARLING_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    assert place.address_file() == str(locate.data_dir() / place.FILE)


def test_a_request_and_its_reply(running) -> None:
    _, asked = running
    assert client.ask({"command": "press"})["mode"] == "dictation"
    assert asked[0]["command"] == "press"
    assert isinstance(asked[0]["at"], float)


def test_what_the_running_one_refuses_is_told(running) -> None:
    assert refused({"command": "refuse"}) == "x.no"
    with pytest.raises(StarlingError) as caught:
        client.ask({"command": "break"})
    assert "private" not in str(caught.value)
    assert client.ask({"command": "press"})["ok"] is True


def test_nobody_else_can_read_or_connect(running, home: Path) -> None:
    file = home / "data" / place.FILE
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    said = json.loads(file.read_text())
    if "socket" in said:
        assert stat.S_IMODE(os.stat(said["socket"]).st_mode) == 0o600
        assert stat.S_IMODE(os.stat(Path(said["socket"]).parent).st_mode) == 0o700


@pytest.mark.parametrize(
    "line",
    [b"\n", b"{}garbage\n", b"[]\n", b"\xff\xfe\n", b"[" * 4000 + b"\n", b'"press"\n', b"GET / HTTP/1.1\r\n\r\n"],
)
def test_what_is_no_request_is_answered_so(running, home: Path, line: bytes) -> None:
    _, asked = running
    with raw(home) as link:
        link.sendall(line)
        assert json.loads(link.makefile("rb").readline())["error"]["code"] in {"remote.bad_request", "remote.foreign"}
    assert asked == []


def test_a_huge_line_is_cut_off(running, home: Path) -> None:
    link = raw(home)
    with contextlib.suppress(ConnectionError):
        link.sendall(b"x" * 10_000_000)
    assert gone(link)
    assert client.ask({"command": "press"})["ok"] is True


def test_who_says_nothing_or_little_is_cut_off_and_delays_nobody(running, home: Path, monkeypatch) -> None:
    monkeypatch.setattr(server, "PATIENCE_S", 0.4)
    links = [raw(home) for _ in range(3)]
    links[1].sendall(b'{"command":')
    began_s = time.monotonic()
    assert client.ask({"command": "press"})["ok"] is True
    assert time.monotonic() - began_s < 0.3
    assert all(gone(link) for link in links)


def test_who_leaves_without_waiting_delays_nobody(running, home: Path) -> None:
    _, asked = running
    said = json.loads((home / "data" / place.FILE).read_text())
    for _ in range(50):
        link = raw(home)
        link.sendall(json.dumps({"command": "press", "token": said.get("token")}).encode() + b"\n")
        link.close()
    assert wait_until(lambda: len(asked) == 50, 5)
    assert client.ask({"command": "press"})["ok"] is True


def test_a_thousand_connections(running, home: Path) -> None:
    made, _ = running
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4096), hard))
    links: list[socket.socket] = []
    try:
        for _ in range(1000):
            links.append(raw(home))
        began_s = time.monotonic()
        assert client.ask({"command": "press"})["ok"] is True
        assert time.monotonic() - began_s < 1
        assert len(made._links) <= server.MAX_LINKS
    finally:
        for link in links:
            link.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_no_more_files_is_no_end(running, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system's limit, reached by this very process."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    made, _ = running
    link = socket.socket(made._listener.family)
    spare = [os.open("/dev/null", os.O_RDONLY)]
    resource.setrlimit(resource.RLIMIT_NOFILE, (spare[0] + 20, hard))
    try:
        with contextlib.suppress(OSError):
            while True:
                spare.append(os.open("/dev/null", os.O_RDONLY))
        link.connect(made._listener.getsockname())
        assert wait_until(lambda: made._deaf_until_s > 0, 5)
    finally:
        for number in spare:
            os.close(number)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        link.close()
    assert client.ask({"command": "press"})["ok"] is True


def test_another_users_connection_is_refused(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    made = server.Server(home / "data", lambda what: asked.append(what) or {})
    made.start()
    try:
        monkeypatch.setattr(server, "_is_mine", lambda link: False)
        assert refused({"command": "press"}) in {"remote.not_running", "remote.wrong_answer"}
        assert asked == []
    finally:
        made.close()


def test_another_users_socket_is_not_trusted(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = server.Server(home / "data", lambda what: {})
    made.start()
    try:
        monkeypatch.setattr(client.os, "geteuid", lambda: 4711)
        assert refused({"command": "press"}) == "remote.foreign"
    finally:
        monkeypatch.undo()
        made.close()


def test_a_wrong_token_is_refused(home: Path) -> None:
    asked: list[object] = []
    made = server.Server(home / "data", lambda what: asked.append(what) or {}, loopback=True)
    made.start()
    try:
        file = home / "data" / place.FILE
        said = json.loads(file.read_text())
        for token in ("", "x" * 64, "ü"):
            file.write_text(json.dumps({**said, "token": token}))
            assert refused({"command": "press"}) == "remote.foreign"
        assert asked == []
    finally:
        made.close()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (None, "remote.not_running"),
        ('{"socket": "/nonexistent/x.sock"}', "remote.not_running"),
        ('{"port": 1, "token": "x"}', "remote.not_running"),
        ("", "remote.stale"),
        ("[]", "remote.stale"),
        ("{}", "remote.stale"),
        ('{"socket": 5}', "remote.stale"),
        ('{"port": 99999, "token": "x"}', "remote.stale"),
        ("\x00\xff", "remote.stale"),
        ("[" * 60000, "remote.stale"),
        ('{"socket": "/dev/null"}', "remote.foreign"),
    ],
)
def test_what_an_earlier_one_left(home: Path, content: str | None, code: str) -> None:
    (home / "data").mkdir(parents=True)
    if content is not None:
        (home / "data" / place.FILE).write_text(content)
    expected = {code} | ({"remote.not_running", "remote.not_reachable"} if os.geteuid() == 0 else set())
    assert refused({"command": "press"}) in expected


def test_a_killed_ones_socket_is_replaced(home: Path) -> None:
    first = server.Server(home / "data", lambda what: {})
    first.start()
    path = json.loads((home / "data" / place.FILE).read_text())["socket"]
    stale = socket.socket(socket.AF_UNIX)
    first.close()
    os.makedirs(os.path.dirname(path), 0o700, exist_ok=True)
    stale.bind(path)
    stale.close()
    second = server.Server(home / "data", lambda what: {"mode": "off"})
    second.start()
    try:
        assert client.ask({"command": "state"})["mode"] == "off"
    finally:
        second.close()


def answering(path: Path, reply: bytes | None, ready: threading.Event) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        ready.set()
        link, _ = listener.accept()
        with link, contextlib.suppress(OSError):
            link.recv(4096)
            if reply is None:
                link.recv(1)  # until the client gives up
            else:
                link.sendall(reply)


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (b"", "remote.wrong_answer"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "remote.wrong_answer"),
        (b"{}\n", "remote.wrong_answer"),
        (b'{"ok": false}\n', "remote.wrong_answer"),
        (b'{"ok": false, "error": {"code": 1}}\n', "remote.wrong_answer"),
        (b"[" * 60000 + b"\n", "remote.wrong_answer"),
        (b"x" * 200_000, "remote.wrong_answer"),
        (None, "remote.not_answering"),
    ],
)
def test_wrong_answers(home: Path, reply: bytes | None, code: str) -> None:
    (home / "data").mkdir(parents=True)
    path, ready = home.parent / "s", threading.Event()
    (home / "data" / place.FILE).write_text(json.dumps({"socket": str(path)}))
    other = threading.Thread(target=answering, args=(path, reply, ready))
    other.start()
    ready.wait(5)
    try:
        with pytest.raises(StarlingError) as caught:
            client.ask({"command": "press"}, 0.5)
        assert caught.value.code == code
    finally:
        other.join(5)


def test_no_folder_for_a_socket_is_told(home: Path) -> None:
    home.parent.joinpath("home").write_text("a file where the folder would be")
    with pytest.raises(StarlingError) as caught:
        server.Server(home / "data", lambda what: {}, {"XDG_RUNTIME_DIR": ""}).start()
    assert caught.value.code == "remote.no_socket"


@pytest.mark.parametrize(
    ("words", "request_"),
    [
        (["ptt", "press"], {"command": "press"}),
        (["ptt", "toggle"], {"command": "toggle"}),
        (["mode"], {"command": "state"}),
        (["mode", "dictation"], {"command": "mode", "mode": "dictation"}),
        (["mode", "private"], {"command": "private", "on": True}),
        (["mode", "private", "off"], {"command": "private", "on": False}),
        (["ptt"], None),
        (["ptt", "jump"], None),
        (["ptt", "press", "press"], None),
        (["ptt", "-h"], None),
        (["mode", "off", "on"], None),
    ],
)
def test_words(words: list[str], request_: object) -> None:
    assert client.request_of(words) == request_


def test_nothing_heavy_is_imported() -> None:
    code = (
        "import sys; sys.argv = ['starling', 'ptt', 'press']\n"
        "from starling.__main__ import main; main()\n"
        "print([n for n in ('argparse', 'pathlib', 'platformdirs', 'typing', 'numpy', 'dataclasses', 'hashlib',"
        " 'subprocess', 'asyncio', 'starling.cli') if n in sys.modules])"
    )
    argv = [sys.executable, "-I", "-c", code]
    env = {"STARLING_HOME": "/nonexistent"}
    done = subprocess.run(argv, env=env, capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout == "[]\n", done.stdout
    assert "No Starling is running." in done.stderr
