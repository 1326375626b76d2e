"""Answers that no honest server gives: each ends in words or in the right file."""

from __future__ import annotations

import contextlib
import hashlib
import random
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from starling.core.errors import StarlingError
from starling.models import download
from starling.models.download import fetch
from starling.models.network import Control, Network
from starling.models.wanted import Wanted
from starling.models.web import retry_after_s

DATA = random.Random(2).randbytes(5000)
QUICK = Network(proxy="none", stall_s=2.0, attempts=3, backoff_s=0.01)
DIGITS = "9" * 5000
"""More than Python turns into a number."""


@contextlib.contextmanager
def answering(*answers: bytes) -> Iterator[str]:
    """A server that gives these answers, one for each connection; the last one for all others."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            for number in range(100):
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    connection.settimeout(5)
                    connection.recv(65536)
                    connection.sendall(answers[min(number, len(answers) - 1)])

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(5)


def answer(status: str, body: bytes = b"", **headers: object) -> bytes:
    lines = [f"HTTP/1.1 {status}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


GOOD = answer("200 OK", DATA, Content_Length=len(DATA), ETag='"a"')
CUT = answer("200 OK", DATA[:2000], Content_Length=len(DATA), ETag='"a"')


def get(url: str, folder: Path, pinned: bool = True, network: Network = QUICK) -> bytes:
    sha256 = hashlib.sha256(DATA).hexdigest() if pinned else ""
    size = len(DATA) if pinned else None
    fetch(Wanted("f", f"{url}/f", size, len(DATA), sha256), folder, network, Control(), lambda done, note: None)
    return (folder / "f").read_bytes()


@pytest.mark.parametrize("pinned", [True, False])
@pytest.mark.parametrize(
    "answers",
    [
        (answer("200 OK", DATA, Content_Length=DIGITS),),
        (CUT, answer("206 Partial", DATA[2000:], Content_Range=f"bytes {DIGITS}-4999/5000"), GOOD),
        (CUT, answer("206 Partial", DATA[2000:], Content_Range=f"bytes 2000-4999/{DIGITS}"), GOOD),
        (CUT, answer("206 Partial", DATA[2000:], Content_Range="bytes 2000-4999/0x1388"), GOOD),
        (CUT, answer("416 No", Content_Range=f"bytes */{DIGITS}", Content_Length=0), GOOD),
        (answer("503 Busy", Retry_After="Fri, 31 Dec 99999999999 23:59:59", Content_Length=0), GOOD),
        (answer("200 OK", DATA, X="y" * 70_000), GOOD),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n" + DATA, GOOD),
    ],
)
def test_numbers_and_headers_without_end(tmp_path, answers, pinned):
    with answering(*answers) as url:
        assert get(url, tmp_path, pinned) == DATA


def test_more_than_was_told_is_not_pinned(tmp_path):
    more = answer("206 Partial", DATA[2000:] + b"more", Content_Range="bytes 2000-4999/5000", ETag='"a"')
    with answering(CUT, more, GOOD) as url:
        assert get(url, tmp_path, pinned=False) == DATA


@pytest.mark.parametrize(
    "mirror", ["file:///etc", "ftp://127.0.0.1", "data:text/plain,", "/etc", "javascript:x", "http://"]
)
@pytest.mark.parametrize("pinned", [True, False])
def test_a_mirror_that_is_no_server_is_told_at_once(tmp_path, mirror, pinned):
    slow = Network(mirror + "/{path}", "none", 1.0, 10, 60.0)
    with pytest.raises(StarlingError) as caught:
        get("https://huggingface.co", tmp_path, pinned, slow)
    assert caught.value.code == "download.bad_url"


def test_a_redirect_to_a_way_that_others_can_change(tmp_path, monkeypatch):
    """What has no hash is taken from nobody but whom it was asked of, or over https."""
    monkeypatch.setattr(download, "is_trusted_way", lambda url: "elsewhere" not in url)
    with answering(answer("302 Found", Location="/elsewhere", Content_Length=0), GOOD) as url:
        with pytest.raises(StarlingError) as caught:
            get(url, tmp_path, pinned=False)
        assert caught.value.code == "download.insecure"
    with answering(answer("302 Found", Location="/elsewhere", Content_Length=0), GOOD) as url:
        assert get(url, tmp_path) == DATA


@pytest.mark.parametrize(
    "text", ["Fri, 31 Dec 99999999999 23:59:59", "Fri, 99 Abc 2020", "-1", DIGITS, "\x00", "\u0665"]
)
def test_waits_that_cannot_be_read(text):
    assert retry_after_s(text) is None
