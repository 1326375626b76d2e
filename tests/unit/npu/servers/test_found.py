import time

import pytest

from starling.npu.servers import found
from starling.npu.servers.found import find, look, places
from tests.helpers import asr_server


@pytest.fixture
def flm():
    with asr_server.asr_server("FastFlowLM") as running:
        yield running


@pytest.fixture
def lemonade():
    with asr_server.asr_server("Lemonade") as running:
        yield running


def routes(server):
    seen = look(server.product, server.url)
    assert seen.error is None, seen.error
    return [(route.model, route.recipe, route.backend, route.claims, route.reported) for route in seen.routes]


def test_other_places_may_be_named(monkeypatch):
    monkeypatch.setenv(
        "STARLING_SPEECH_SERVERS", "flm=x, fastflowlm=http://127.0.0.1:1/v1,Lemonade=http://h/v1,,Lemonade="
    )
    assert places() == (("FastFlowLM", "http://127.0.0.1:1/v1"), ("Lemonade", "http://h/v1"))
    assert [one.error.code for one in find()] == ["engine.server_failed", "server.not_local"]
    monkeypatch.setenv("STARLING_SPEECH_SERVERS", "none")
    assert find() == ()


def test_the_usual_places_are_on_the_loopback(monkeypatch):
    monkeypatch.delenv("STARLING_SPEECH_SERVERS", raising=False)
    assert [url for _, url in places()] == [
        "http://127.0.0.1:52625/v1",
        "http://127.0.0.1:13305/api/v1",
        "http://127.0.0.1:8000/api/v1",
    ]
    monkeypatch.setenv("FLM_SERVE_PORT", "5000")
    assert places()[0][1] == "http://127.0.0.1:5000/v1"
    for strange in ("x", "0", "70000", "-1", "5000@example.org", "٣", "9" * 5000):
        monkeypatch.setenv("FLM_SERVE_PORT", strange)
        assert places()[0][1] == "http://127.0.0.1:52625/v1"


def test_what_a_server_says_of_itself_can_be_shown(flm, lemonade):
    hostile = "\x1b]0;x\x07 1.\ud8000\u202e" + "y" * 100
    flm.answers["/version"] = {"version": hostile}
    lemonade.version = hostile
    lemonade.loaded = {"x": {"model_name": "Whisper-Small", "recipe": "whispercpp", "device": hostile}}
    for server in (flm, lemonade):
        seen = look(server.product, server.url)
        assert seen.error is None
        assert 0 < len(seen.version) <= 40
        assert (seen.version + "".join(seen.evidence)).isprintable()
        assert "".join("".join(route.evidence) for route in seen.routes).isprintable()
    flm.answers["/models"] = (500, {"error": hostile})
    message = look("FastFlowLM", flm.url).error.message
    assert message.isprintable()
    assert "1. 0" in message


def test_flm_is_found_though_its_list_hides_the_speech_model(flm):
    seen = look("FastFlowLM", flm.url)
    assert (seen.version, seen.error) == ("0.9.46", None)
    assert routes(flm) == [("whisper-v3", "flm", "npu", "npu", "npu")]
    assert "NPU is free" in seen.routes[0].evidence[0]


@pytest.mark.parametrize("status", [None, [], {}, {"npu_available": "yes"}, (500, {}), b"<html>"])
def test_flm_without_a_report_is_unknown(flm, status):
    flm.answers["/api/npu/status"] = status
    assert routes(flm) == [("whisper-v3", "flm", "npu", "npu", "unknown")]


def test_lemonade_tells_its_routes_the_npu_first(lemonade):
    assert routes(lemonade) == [
        ("Whisper-Small", "whispercpp", "npu", "npu", "unknown"),
        ("whisper-v3-turbo-FLM", "flm", "npu", "npu", "unknown"),
        ("Whisper-Small", "whispercpp", "vulkan", "igpu", "unknown"),
    ]
    assert not any(path == "/load" for _, path, _ in lemonade.requests), "a look changes nothing"


def test_what_is_not_installed_or_not_there_is_no_route(lemonade):
    lemonade.installed = {"whispercpp": ["cpu", "vulkan"]}
    assert routes(lemonade) == [("Whisper-Small", "whispercpp", "vulkan", "igpu", "unknown")]
    lemonade.models[0]["downloaded"] = False
    error = look("Lemonade", lemonade.url).error
    assert error.code == "engine.server_no_model"


@pytest.mark.parametrize(
    ("device", "recipe", "backend", "reported"),
    [
        ("npu", "whispercpp", "npu", "npu"),
        ("cpu", "whispercpp", "npu", "cpu"),
        ("npu", "whispercpp", "cpu", "unknown"),
        ("cpu|npu", "whispercpp", "npu", "unknown"),
        ("gpu npu", "whispercpp", "npu", "unknown"),
        ("none", "whispercpp", "npu", "unknown"),
        (None, "whispercpp", "npu", "unknown"),
        (7, "whispercpp", "npu", "unknown"),
        ("npu", "moonshine", "npu", "unknown"),
        ("NPU", "whispercpp", "", "npu"),
    ],
)
def test_the_report_of_a_loaded_model_is_taken_as_it_is(lemonade, device, recipe, backend, reported):
    lemonade.loaded = {
        "w": {
            "model_name": "Whisper-Small",
            "recipe": recipe,
            "device": device,
            "recipe_options": {"whispercpp_backend": backend},
        }
    }
    assert routes(lemonade)[0][:3] in (
        ("Whisper-Small", "whispercpp", "npu"),
        ("whisper-v3-turbo-FLM", "flm", "npu"),
    )
    (route,) = [one for one in routes(lemonade) if one[:3] == ("Whisper-Small", "whispercpp", "npu")]
    assert route[4] == reported


BROKEN = [
    asr_server.nothing,
    asr_server.nonsense,
    asr_server.break_off,
    asr_server.redirect,
    asr_server.flood,
    (500, {"error": "boom"}),
    (401, {"error": "no"}),
    b"<html>hello</html>",
    b"",
    b"[1, 2",
    b"[" * 100_000,
    None,
    5,
    [],
    {},
    {"data": None},
    {"data": [None, 5, "x", {"id": 7}, {"owned_by": None}]},
    {"status": "ok"},
    {"status": "ok", "all_models_loaded": {}},
]


@pytest.mark.parametrize("answer", BROKEN)
def test_whatever_answers_a_look_ends_in_words(flm, lemonade, answer):
    for path in ("/models", "/version", "/health", "/system-info", "/api/npu/status"):
        for server in (flm, lemonade):
            server.answers = {path: answer}
            seen = look(server.product, server.url)
            assert seen.error is None or seen.error.code.startswith("engine.server_")


def test_a_list_of_strange_models_is_survived(lemonade):
    good = lemonade.models[0]
    lemonade.models = [
        None, "x", {"id": None}, {"id": "a\nb", "recipe": "flm", "labels": ["transcription"]}, {"id": "x" * 999},
        {"id": "m", "recipe": ["flm"], "labels": ["transcription"]},
        {"id": "chat", "recipe": "flm", "labels": ["chat", "audio"]},
        good,
    ]  # fmt: skip
    assert {one[0] for one in routes(lemonade)} == {"Whisper-Small"}


def test_the_wrong_server_at_a_port_is_told(flm, lemonade):
    assert look("Lemonade", flm.url).error.code == "engine.server_failed"
    assert look("FastFlowLM", lemonade.url).error.code == "engine.server_other"


def test_all_places_are_asked_at_once_and_an_address_elsewhere_is_refused(flm, lemonade, monkeypatch):
    slow = found.http.Limits(connect=0.3, total=0.6)
    for module in ("found", "flm", "lemonade"):
        monkeypatch.setattr(f"starling.npu.servers.{module}.LOOK", slow)
    flm.answers["/models"] = lambda handler: time.sleep(1)
    began = time.monotonic()
    seen = find([("FastFlowLM", flm.url), ("Lemonade", "http://192.0.2.7/v1"), ("Lemonade", lemonade.url)])
    assert time.monotonic() - began < 3
    assert [one.error.code if one.error else "" for one in seen] == ["", "engine.server_failed", "server.not_local"]


def test_a_key_of_the_user_goes_to_lemonade_alone(flm, lemonade, monkeypatch):
    monkeypatch.setenv("LEMONADE_API_KEY", "secret")
    look("Lemonade", lemonade.url)
    look("FastFlowLM", flm.url)
    assert all(headers["authorization"] == "Bearer secret" for headers in lemonade.headers)
    assert not any("authorization" in headers for headers in flm.headers)
