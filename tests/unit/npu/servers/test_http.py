import socket
import threading
import time

import pytest

from starling.core.errors import StarlingError
from starling.npu.servers import http
from tests.helpers import asr_server

QUICK = http.Limits(connect=0.5, total=0.6)


@pytest.fixture
def server():
    with asr_server.asr_server("FastFlowLM") as running:
        yield running


def ask(server, limits=QUICK, path="/models"):
    return http.exchange(http.place("FastFlowLM", server.url), path, limits)


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("http://127.0.0.1:52625/v1", "/v1"),
        ("http://127.0.0.1:52625/v1/", "/v1"),
        ("http://localhost:8000/api/v1", "/api/v1"),
        ("http://[::1]:8000", ""),
        ("http://127.8.9.1", ""),
    ],
)
def test_the_loopback_is_taken(url, path):
    assert http.place("x", url).path == path


@pytest.mark.parametrize(
    "url",
    [
        "http://192.168.1.2:8000/v1",
        "http://example.org/v1",
        "http://0.0.0.0:8000/v1",
        "http://127.0.0.1.example.org/v1",
        "http://127.0.0.1@example.org/v1",
        "http://user:word@127.0.0.1/v1",
        "https://127.0.0.1/v1",
        "ftp://127.0.0.1/v1",
        "http://127.0.0.1:99999/v1",
        "http://127.0.0.1:x/v1",
        "http://[::1",
        "http:///v1",
        "127.0.0.1:8000",
        "http://2130706433/v1",
        "http://127.0.0.1/v1?x=1",
        "",
        "file:///etc/passwd",
    ],
)
def test_any_other_address_is_refused(url):
    with pytest.raises(StarlingError) as caught:
        http.place("x", url)
    assert caught.value.code == "server.not_local"


def test_an_answer_is_whole(server):
    answer = ask(server)
    assert answer.status == 200
    assert answer.json()["object"] == "list"
    assert not answer.reason


@pytest.mark.parametrize(
    ("behaviour", "words"),
    [
        (asr_server.drip, "within"),
        (asr_server.drip_headers, "within"),
        (asr_server.flood, "more than"),
        (asr_server.break_off, "broke off"),
        (asr_server.nonsense, "as a web server does"),
        (asr_server.nothing, "broke off"),
        (asr_server.redirect, "another address"),
        (lambda handler: time.sleep(2), "within"),
    ],
)
def test_a_server_that_misbehaves_is_told_in_time(server, behaviour, words):
    server.answers["/models"] = behaviour
    began = time.monotonic()
    with pytest.raises(StarlingError) as caught:
        ask(server)
    assert caught.value.code == "engine.server_failed"
    assert words in caught.value.message
    assert time.monotonic() - began < 3
    assert not [thread for thread in threading.enumerate() if isinstance(thread, threading.Timer)]


def test_nobody_there():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(StarlingError) as caught:
        http.exchange(http.place("Lemonade", f"http://127.0.0.1:{port}"), "/", QUICK)
    assert "nothing listens" in caught.value.message


def test_somebody_who_never_takes_the_call():
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        with pytest.raises(StarlingError) as caught:
            http.exchange(http.place("Lemonade", f"http://127.0.0.1:{deaf.getsockname()[1]}"), "/", QUICK)
    assert caught.value.code == "engine.server_failed"


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ({"error": "No such file."}, "No such file"),
        ({"error": {"message": "Model\n not found"}}, "Model not found"),
        ({"detail": "x"}, "x"),
        ({"error": 5}, ""),
        ({"error": {"message": None}}, ""),
        (["error"], ""),
        ({"error": "y" * 900}, "y" * 199 + "…"),
        (b"<html>error", ""),
    ],
)
def test_the_servers_own_reason_is_one_short_line(server, value, reason):
    server.answers["/models"] = (500, value)
    assert ask(server).reason == reason


def test_no_proxy_is_asked(server, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://192.0.2.1:3128")
    monkeypatch.setenv("HTTP_PROXY", "http://192.0.2.1:3128")
    assert ask(server).status == 200


def test_a_key_is_sent(server):
    http.exchange(http.place("Lemonade", server.url, "secret"), "/models", QUICK)
    assert server.headers[-1]["authorization"] == "Bearer secret"
