from __future__ import annotations

import contextlib
import errno
import gc
import hashlib
import io
import os
import random
import shutil
import socket
import ssl
import subprocess
import threading
from datetime import UTC, datetime

import pytest

from starling.core.errors import StarlingError
from starling.models import disk, download
from starling.models.download import fetch
from starling.models.network import Control, Network, Stopped
from starling.models.wanted import NOTE, PART, Wanted
from starling.models.web import is_trusted_way, retry_after_s, via_mirror
from tests.helpers.file_server import file_server, wait_for

DATA = random.Random(1).randbytes(300_000) + b"."
QUICK = Network(proxy="none", stall_s=0.4, attempts=3, backoff_s=0.01)


@pytest.fixture
def server():
    with file_server() as running:
        yield running


def wanted(server, data=DATA, pinned=True, name="f", **changes):
    given = {
        "name": name,
        "url": f"{server.url}/{name}",
        "size": len(data) if pinned else None,
        "about": 0 if pinned else len(data),
        "sha256": hashlib.sha256(data).hexdigest() if pinned else "",
    }
    return Wanted(**(given | changes))


def get(what, folder, network=QUICK, control=None, report=lambda done, note: None):
    return fetch(what, folder, network, control or Control(), report)


def fails(what, folder, network=QUICK):
    with pytest.raises(StarlingError) as caught:
        get(what, folder, network)
    assert not (folder / what.name).exists()
    return caught.value


def arrives(what, folder, data=DATA, network=QUICK):
    record = get(what, folder, network)
    assert (folder / what.name).read_bytes() == data
    assert (record.size, record.sha256) == (len(data), hashlib.sha256(data).hexdigest())
    assert sorted(path.name for path in folder.iterdir()) == [what.name]


@pytest.mark.parametrize("pinned", [True, False])
@pytest.mark.parametrize(
    ("fault", "more"),
    [
        ("", {}),
        ("drop", {"times": 2, "after": 1000}),
        ("stall", {"times": 1, "after": 1000}),
        ("500", {"times": 2}),
        ("503", {"times": 1}),
        ("408", {"times": 2}),
        ("429", {"times": 1}),
        ("garbage", {"times": 1}),
        ("empty", {"times": 1}),
    ],
)
def test_what_passes(server, tmp_path, fault, more, pinned):
    server.put("f", DATA, fault, **more)
    if fault == "empty" and pinned:
        assert fails(wanted(server), tmp_path).code == "download.stale_pin"
        return
    arrives(wanted(server, pinned=pinned), tmp_path)


@pytest.mark.parametrize("fault", ["no ranges", "no length"])
def test_a_server_without_ranges(server, tmp_path, fault):
    served = server.put("f", DATA, fault)
    (tmp_path / f"f{PART}").write_bytes(DATA[:5000])
    arrives(wanted(server), tmp_path)
    assert served.requests[0]["Range"] == "bytes=5000-"


def test_resumed_where_it_broke(server, tmp_path):
    served = server.put("f", DATA, "drop", times=1, after=1234)
    arrives(wanted(server), tmp_path)
    assert "Range" not in served.requests[0]
    assert served.requests[1]["Range"] == "bytes=1234-"
    assert served.requests[1]["If-Range"].startswith('"')


def test_resumed_by_another_process(server, tmp_path):
    server.put("f", DATA, "drop", after=2000)
    assert fails(wanted(server, pinned=False), tmp_path).code == "download.broken"
    here = (tmp_path / f"f{PART}").stat().st_size
    assert here == 6000  # three tries
    served = server.put("f", DATA)
    arrives(wanted(server, pinned=False), tmp_path)
    assert served.requests[0]["Range"] == f"bytes={here}-"


@pytest.mark.parametrize("pinned", [True, False])
def test_a_file_that_changed_meanwhile_is_not_spliced(server, tmp_path, pinned):
    new = os.urandom(len(DATA))
    server.put("f", DATA, "drop", times=1, after=2000, then=new)
    arrives(wanted(server, data=new, pinned=pinned), tmp_path, new)


def test_a_file_that_changed_under_the_same_etag_is_found_by_its_hash(server, tmp_path):
    new = os.urandom(len(DATA))
    server.put("f", DATA, "drop", times=1, after=2000, then=new, etag='"same"')
    arrives(wanted(server, data=new), tmp_path, new)


def test_without_hash_and_validator_it_begins_again(server, tmp_path):
    served = server.put("f", DATA, "drop", times=1, after=2000, etag="")
    arrives(wanted(server, pinned=False), tmp_path)
    assert "Range" not in served.requests[1]


def test_another_part_than_was_asked_for(server, tmp_path):
    server.put("f", DATA, "wrong range", times=2, after=2000)
    arrives(wanted(server), tmp_path)


def test_416_for_what_is_whole_already(server, tmp_path):
    served = server.put("f", DATA)
    (tmp_path / f"f{PART}").write_bytes(DATA)
    (tmp_path / f"f{NOTE}").write_text(f'{{"url": "{server.url}/f", "validator": "", "total": null}}')
    arrives(wanted(server, size=None, about=len(DATA)), tmp_path)
    assert served.asked == 1


def test_416_that_is_wrong(server, tmp_path):
    server.put("f", DATA, "416", times=1)
    (tmp_path / f"f{PART}").write_bytes(DATA[:100])
    arrives(wanted(server), tmp_path)


def test_a_whole_part_is_not_asked_for_again(server, tmp_path):
    (tmp_path / f"f{PART}").write_bytes(DATA)
    arrives(wanted(server), tmp_path)
    assert server.paths == []


def test_a_whole_file_from_before(server, tmp_path):
    (tmp_path / "f").write_bytes(DATA)
    arrives(wanted(server), tmp_path)
    assert server.paths == []
    (tmp_path / "f").write_bytes(DATA[:-1] + b"x")
    server.put("f", DATA)
    arrives(wanted(server), tmp_path)
    assert server.paths == ["f"]


def test_a_damaged_part_is_found_by_the_hash(server, tmp_path):
    server.put("f", DATA)
    (tmp_path / f"f{PART}").write_bytes(bytes(1000))
    arrives(wanted(server), tmp_path)


@pytest.mark.parametrize(
    ("fault", "more", "code"),
    [
        ("drop", {"after": 0}, "download.broken"),
        ("stall", {"after": 10}, "download.stalled"),
        ("drip", {"seconds": 0.05}, "download.stalled"),
        ("garbage", {}, "download.broken"),
        ("404", {}, "download.stale_pin"),
        ("410", {}, "download.stale_pin"),
        ("401", {}, "download.forbidden"),
        ("403", {}, "download.forbidden"),
        ("451", {}, "download.forbidden"),
        ("400", {}, "download.server"),
        ("500", {}, "download.server"),
        ("407", {}, "download.proxy"),
        ("416", {}, "download.broken"),
        ("429", {"seconds": 3600}, "download.busy"),
        ("too long", {}, "download.stale_pin"),
        ("too short", {}, "download.stale_pin"),
        ("endless", {}, "download.stale_pin"),
        ("html", {}, "download.web_page"),
        ("packed", {}, "download.broken"),
        ("flipped", {}, "download.corrupted"),
        ("redirect", {"location": "/f"}, "download.bad_redirect"),
        ("redirect", {"location": "file:///etc/passwd"}, "download.bad_redirect"),
        ("redirect", {"location": "ftp://127.0.0.1/f"}, "download.bad_redirect"),
        ("redirect", {"location": ""}, "download.bad_redirect"),
    ],
)
def test_what_fails(server, tmp_path, fault, more, code):
    server.put("f", DATA, fault, **more)
    error = fails(wanted(server), tmp_path)
    assert error.code == code
    assert error.message


@pytest.mark.parametrize("changed", [DATA[:-1] + b"x", DATA + b"x", DATA[:-1]])
def test_a_stale_pin_is_told_from_a_bad_network(server, tmp_path, changed):
    server.put("f", changed)
    error = fails(wanted(server, sha256=hashlib.sha256(DATA[:-1] + b"?").hexdigest()), tmp_path)
    assert error.code == "download.stale_pin"
    assert "The network is fine." in error.fix


def test_a_file_of_unknown_size_has_an_end(server, tmp_path):
    server.put("f", b"", "endless")
    error = fails(wanted(server, pinned=False, about=1000), tmp_path)
    assert error.code == "download.stale_pin"
    assert "too long" in error.message
    assert not (tmp_path / f"f{PART}").exists()


def test_nobody_answers(tmp_path):
    with file_server() as gone:
        pass
    assert fails(wanted(gone), tmp_path).code == "download.offline"


def test_redirects_that_are_followed(server, tmp_path):
    with file_server() as other:
        other.put("elsewhere", DATA)
        served = server.put("f", b"", "redirect", location=f"{other.url}/elsewhere")
        arrives(wanted(server), tmp_path)
        (tmp_path / "f").unlink()
        (tmp_path / f"f{PART}").write_bytes(DATA[:10])
        arrives(wanted(server), tmp_path)
        assert other.files["elsewhere"].requests[1]["Range"] == "bytes=10-"
        assert "Authorization" not in served.requests[0]


def test_more_redirects_than_anybody_needs(server, tmp_path):
    for number in range(9):
        server.put(f"f{number or ''}", b"", "redirect", location=f"/f{number + 1}")
    server.put("f9", DATA)
    assert fails(wanted(server), tmp_path).code == "download.bad_redirect"


def test_no_way_from_https_to_http():
    import urllib.request

    from starling.models.web import _Redirects

    request = urllib.request.Request("https://example.org/a")
    with pytest.raises(StarlingError) as caught:
        _Redirects().redirect_request(request, io.BytesIO(), 302, "", {}, "http://example.org/a")
    assert caught.value.code == "download.bad_redirect"
    assert _Redirects().redirect_request(request, io.BytesIO(), 302, "", {}, "https://other.org/a").full_url


def test_proxy(server, tmp_path):
    server.put("f", DATA)
    network = Network(proxy=server.url, attempts=1)
    arrives(wanted(server, url="http://127.0.0.1:9/f"), tmp_path, network=network)


# http.client leaves the answer of a proxy that refuses a tunnel to the garbage collector.
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_proxy_that_refuses(server, tmp_path):
    network = Network(proxy=server.url, attempts=1)
    error = fails(wanted(server, url="https://example.org/f"), tmp_path, network)
    assert error.code == "download.proxy"
    gc.collect()


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:1", "127.0.0.1:1", "http://"])
def test_no_proxy(server, tmp_path, proxy):
    assert fails(wanted(server), tmp_path, Network(proxy=proxy)).code == "download.bad_proxy"


def test_a_certificate_that_nobody_vouches_for(server, tmp_path):
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not here to make a certificate")
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=127.0.0.1"]
    subprocess.run([*make, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with context.wrap_socket(socket.create_server(("127.0.0.1", 0)), server_side=True) as listener:
        accepted = []

        def answer():
            with contextlib.suppress(OSError):
                while True:
                    accepted.append(None)
                    with contextlib.suppress(ssl.SSLError):
                        listener.accept()[0].close()

        thread = threading.Thread(target=answer)
        thread.start()
        folder = tmp_path / "folder"
        folder.mkdir()
        url = f"https://127.0.0.1:{listener.getsockname()[1]}/f"
        assert fails(wanted(server, url=url), folder).code == "download.tls"
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
    thread.join()
    assert len(accepted) == 2  # told at once, not tried again


def test_a_first_download_wants_a_way_that_nobody_can_change(server, tmp_path):
    what = wanted(server, pinned=False, url="http://example.org/f")
    assert fails(what, tmp_path).code == "download.insecure"


@pytest.mark.parametrize("why", ["paused", "cancelled"])
@pytest.mark.parametrize("fault", ["stall", "slow", "500"])
def test_stopped_at_once_and_kept(server, tmp_path, why, fault):
    server.put("f", DATA, fault, after=5000, seconds=0.02)
    control, ended = Control(), threading.Event()

    def work():
        with pytest.raises(Stopped) as caught:
            get(wanted(server), tmp_path, Network(proxy="none", stall_s=30, backoff_s=30), control)
        assert caught.value.code == f"download.{why}"
        ended.set()

    thread = threading.Thread(target=work)
    thread.start()
    part = tmp_path / f"f{PART}"
    wait_for(lambda: server.files["f"].asked if fault == "500" else part.exists() and part.stat().st_size)
    control.stop(why)
    assert ended.wait(2)
    thread.join()
    assert fault == "500" or part.stat().st_size
    server.put("f", DATA)
    arrives(wanted(server), tmp_path)


def test_a_pause_can_become_a_cancel():
    control = Control()
    control.stop("paused")
    control.stop("cancelled")
    with pytest.raises(Stopped) as caught:
        control.check()
    assert caught.value.code == "download.cancelled"


def test_disk_full_while_writing(server, tmp_path, monkeypatch):
    server.put("f", DATA)
    real = download.os.fsync

    def full(handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(download.os, "fsync", full)
    error = fails(wanted(server), tmp_path)
    assert error.code == "model.disk_full"
    monkeypatch.setattr(download.os, "fsync", real)
    arrives(wanted(server), tmp_path)


def test_disk_is_looked_at_while_a_file_grows(server, tmp_path, monkeypatch):
    server.put("f", DATA)
    monkeypatch.setattr(download, "DISK_LOOK_BYTES", 1000)
    usage = shutil.disk_usage(tmp_path)._replace(free=disk.LEAST_FREE - 1)
    monkeypatch.setattr(disk.shutil, "disk_usage", lambda path: usage)
    assert fails(wanted(server), tmp_path).code == "model.disk_full"


def test_a_folder_that_may_not_be_written(server, tmp_path):
    server.put("f", DATA)
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StarlingError) as caught:
        get(wanted(server), tmp_path / "file")
    assert caught.value.code == "model.write_failed"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("7", 7.0),
        ("", None),
        ("soon", None),
        ("-1", None),
        ("Wed, 21 Oct 2026 07:28:10 GMT", 10.0),
        ("Wed, 21 Oct 2026 07:27:00 GMT", 0.0),
    ],
)
def test_retry_after(text, seconds):
    assert retry_after_s(text, datetime(2026, 10, 21, 7, 28, 0, tzinfo=UTC)) == seconds


HF = "https://huggingface.co/a/b/resolve/r/f.bin"


@pytest.mark.parametrize(
    ("url", "mirror", "expected"),
    [
        (HF, "", HF),
        (HF, "https://hf-mirror.com/", "https://hf-mirror.com/a/b/resolve/r/f.bin"),
        ("https://github.com/x", "https://hf-mirror.com", "https://github.com/x"),
        (HF, "http://nas/{host}/{path}", "http://nas/huggingface.co/a/b/resolve/r/f.bin"),
        ("https://github.com/x/y", "http://nas/{host}/{path}", "http://nas/github.com/x/y"),
    ],
)
def test_mirror(url, mirror, expected):
    assert via_mirror(url, mirror) == expected


@pytest.mark.parametrize(
    ("url", "trusted"),
    [("https://a.org", True), ("http://a.org", False), ("http://127.0.0.1:1/f", True), ("http://localhost/f", True)],
)
def test_ways_that_nobody_can_change(url, trusted):
    assert is_trusted_way(url) == trusted
