import os
import socket
import sys

import pytest

from starling.core.errors import StarlingError
from starling.npu.report import Npu
from starling.npu.servers import http, owners
from starling.npu.servers.found import look
from starling.npu.sysroot import Sysroot
from starling.speech.stt.server import candidates
from tests.helpers import asr_server

HEAD = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
ME = 4321


def row(address, uid, state="0A"):
    return f"   0: {address} 00000000:0000 {state} 00000000:00000000 00:00000000 00000000  {uid}  0 1 1 0 100 0\n"


@pytest.fixture
def machine(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "getuid", lambda: ME, raising=False)
    (tmp_path / "proc/net").mkdir(parents=True)

    def build(*rows, six=()):
        (tmp_path / "proc/net/tcp").write_text(HEAD + "".join(rows))
        (tmp_path / "proc/net/tcp6").write_text(HEAD + "".join(six))
        return Sysroot(tmp_path)

    return build


@pytest.mark.parametrize(
    ("uid", "anothers"), [(0, False), (ME, False), (998, False), (1000, True), (1001, True), (65534, True)]
)
def test_a_system_service_and_ones_own_are_trusted(machine, uid, anothers):
    assert owners.is_anothers("127.0.0.1", 52625, machine(row("0100007F:CD91", uid))) is anothers


@pytest.mark.parametrize(
    ("rows", "six", "address", "owner"),
    [
        ((row("00000000:CD91", 1001),), (), "127.0.0.1", 1001),
        ((), (row("00000000000000000000000000000000:CD91", 1001),), "127.0.0.1", 1001),
        ((), (row("0000000000000000FFFF00000100007F:CD91", 1001),), "127.0.0.1", 1001),
        ((), (row("00000000000000000000000001000000:CD91", 1001),), "::1", 1001),
        ((row("00000000:CD91", ME), row("0100007F:CD91", 1001)), (), "127.0.0.1", 1001),
        ((row("0100007F:CD91", ME), row("00000000:CD91", 1001)), (), "127.0.0.1", ME),
        ((row("0100007F:CD92", 1001), row("0200007F:CD91", 1001)), (), "127.0.0.1", None),
        ((row("0100007F:CD91", 1001, "01"),), (), "127.0.0.1", None),
        (
            ("garbage\n", row("xx:CD91", 1), row("0100007F:zz", 1), row("01:CD91", 1), row(":", 1)),
            (),
            "127.0.0.1",
            None,
        ),
    ],
)
def test_who_listens(machine, rows, six, address, owner):
    assert owners.owner_of(address, 52625, machine(*rows, six=six)) == owner


def test_a_system_that_does_not_tell(tmp_path):
    assert not owners.is_anothers("127.0.0.1", 52625, Sysroot(tmp_path))


@pytest.mark.skipif(sys.platform != "linux", reason="/proc/net")
@pytest.mark.parametrize(("bound", "asked"), [("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "127.0.0.1"), ("::1", "::1")])
def test_the_real_tables(bound, asked):
    with socket.create_server((bound, 0), family=socket.AF_INET6 if ":" in bound else socket.AF_INET) as listener:
        port = listener.getsockname()[1]
        assert owners.owner_of(asked, port, Sysroot()) == os.getuid()
        assert not owners.is_anothers(asked, port, Sysroot())


def test_nothing_is_said_to_another_users_server(monkeypatch):
    monkeypatch.setattr(owners, "is_anothers", lambda address, port: True)
    with asr_server.asr_server("Lemonade") as server:
        where = http.place("Lemonade", server.url, "the key")
        with pytest.raises(StarlingError) as caught:
            http.exchange(where, "/health", http.Limits())
        assert server.requests == []
        assert caught.value.code == "engine.server_foreign"
        (one,) = candidates(Npu(present=True, generation="XDNA2"), [look("Lemonade", server.url)])
    assert one.spec is None
    assert "another user of this machine" in one.why_not
