import time

import numpy as np
import pytest

from starling.core.errors import StarlingError
from starling.core.results import SttOptions, Transcript
from starling.engine.failures import FailureKind, classify
from starling.engine.host import EngineProcess
from starling.models.library import starter
from starling.npu.report import Npu
from starling.npu.servers.found import Found, find, look
from starling.speech.stt import server, whisper
from tests.helpers import asr_server
from tests.helpers.espeak import speak

XDNA2 = Npu(present=True, usable=True, generation="XDNA2", driver="amdxdna 0.6.0", firmware="1.1.2.65")
OPTIONS = SttOptions(language="en", temperatures=(0.0,))
SENTENCES = ("what time is it", "set a timer for ten minutes")


@pytest.fixture
def flm():
    with asr_server.asr_server("FastFlowLM") as running:
        yield running


@pytest.fixture
def lemonade():
    with asr_server.asr_server("Lemonade") as running:
        yield running


def config(running, model="whisper-v3", recipe="flm", backend="npu", tier="advanced", **changes):
    values = {"url": running.url, "product": running.product, "model": model}
    return {**values, "recipe": recipe, "backend": backend, "tier": tier} | changes


def small(running, backend="npu", tier="advanced"):
    return config(running, "Whisper-Small", "whispercpp", backend, tier)


def noise(seconds=2.0, level=0.1):
    return (level * np.random.default_rng(0).standard_normal(int(seconds * 16000))).astype(np.float32)


def transcribe(engine, *clips, options=OPTIONS):
    arrays = {str(index): clip for index, clip in enumerate(clips)}
    (reply,) = engine.call("transcribe", options.to_json(), arrays)
    return [Transcript.from_json(item) for item in reply.data["transcripts"]]


def error_of(make):
    with pytest.raises(StarlingError) as caught:
        make()
    return caught.value


# -- right answers -----------------------------------------------------------------------------------------------


def test_speech_goes_to_the_server_and_comes_back_as_text(flm):
    hearing = whisper.create({"model": str(starter().path), "short_context": True, "threads": 2})
    flm.hear = lambda samples, fields: transcribe(hearing, samples)[0].text
    engine = server.create(config(flm))
    about = engine.describe()
    assert (about["tier"], about["provider"], about["model"]) == ("advanced", "server", "whisper-v3")
    assert about["placement"]["device"] == "npu"
    for transcript, sentence in zip(
        transcribe(engine, *(speak(one, "en-us") for one in SENTENCES)), SENTENCES, strict=True
    ):
        assert transcript.text.lower().rstrip(".?") == sentence
        assert transcript.placement.device == "npu"
        assert transcript.processing_s > 0


def test_nothing_is_invented(flm):
    (one,) = transcribe(server.create(config(flm)), noise(), options=SttOptions(words=True))
    assert (one.confidence, one.no_speech_prob, one.avg_logprob, one.words, one.language) == (None, None, None, (), "")
    assert one.audio_s == 2.0


def test_what_is_sent(flm, lemonade):
    transcribe(server.create(config(flm)), noise(), options=SttOptions(language="de", prompt="Grüße"))
    _, path, fields = [one for one in flm.requests if one[0] == "POST"][-1]
    assert (path, fields["model"], fields["language"]) == ("/audio/transcriptions", b"whisper-v3", b"de")
    assert "prompt" not in fields
    transcribe(server.create(small(lemonade)), noise(), options=SttOptions(prompt="Grüße"))
    _, _, fields = [one for one in lemonade.requests if one[1] == "/audio/transcriptions"][-1]
    assert fields["prompt"].decode() == "Grüße"
    assert "language" not in fields


def test_lemonade_loads_what_it_has_with_the_backend_that_is_wanted(lemonade):
    engine = server.create(small(lemonade))
    loads = [given for _, path, given in lemonade.requests if path == "/load"]
    assert loads == [{"model_name": "Whisper-Small", "whispercpp_backend": "npu"}]
    assert engine.describe()["placement"]["device"] == "npu"
    server.create(small(lemonade))
    assert len([1 for _, path, _ in lemonade.requests if path == "/load"]) == 1, "it is loaded already"


def test_the_graphics_processor_is_legacy_and_says_so(lemonade):
    engine = server.create(small(lemonade, "vulkan", "legacy"))
    (one,) = transcribe(engine, noise())
    assert one.placement.device == "igpu"
    assert engine.describe()["tier"] == "legacy"


@pytest.mark.parametrize(
    ("text", "expected", "dropped"),
    [
        (" Hello   there. ", "Hello there.", ""),
        ("[BLANK_AUDIO]", "", "non_speech_marker"),
        (" (music) hello", "hello", ""),
        ("no no no no no no no no no no", "no no", ""),
        ("", "", "no_speech"),
        ("   \n", "", "no_speech"),
        ("Thank you.", "Thank you.", ""),
        ("\x1b[2Jhello\x07 \ud83d", "[2Jhello", ""),
    ],
)
def test_the_filters_that_need_no_probabilities_apply(flm, text, expected, dropped):
    flm.hear = lambda samples, fields: text
    (one,) = transcribe(server.create(config(flm)), noise())
    assert one.dropped == dropped
    assert one.text == expected or (text.startswith("no no") and len(one.text) < 10)


def test_a_clip_without_audio_or_with_damage_or_too_long(flm):
    engine = server.create(config(flm))
    assert transcribe(engine, np.zeros(0, np.float32))[0].notes == ("no audio",)
    damaged = noise()
    damaged[5] = np.nan
    assert "1 damaged samples silenced" in transcribe(engine, damaged)[0].notes
    assert error_of(lambda: transcribe(engine, noise(31))).code == "stt.clip_too_long"


# -- lies --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "lie", [{"device": "cpu"}, {"device": "gpu"}, {"recipe_options": {"whispercpp_backend": "cpu"}}]
)
def test_a_silent_fall_to_the_cpu_is_caught_at_once(lemonade, lie):
    lemonade.loads_as = lie
    error = error_of(lambda: server.create(small(lemonade)))
    assert error.code == "engine.not_on_npu"
    assert classify(error.code, loading=False) is FailureKind.MODEL


def test_a_later_fall_to_the_cpu_is_caught_too(lemonade):
    engine = server.create(small(lemonade))
    transcribe(engine, noise())
    lemonade.loaded["Whisper-Small"]["device"] = "cpu"
    assert error_of(lambda: transcribe(engine, noise())).code == "engine.not_on_npu"


def test_the_graphics_processors_route_is_left_on_the_cpu_too(lemonade):
    """It was proven to be faster than our own engine, there."""
    (vulkan,) = [one for one in server.candidates(XDNA2, [look("Lemonade", lemonade.url)]) if one.tier == "legacy"]
    engine = server.create(vulkan.spec.config)
    assert transcribe(engine, noise())[0].placement.device == "igpu"
    lemonade.loaded["Whisper-Small"]["device"] = "cpu"
    error = error_of(lambda: transcribe(engine, noise()))
    assert (error.code, classify(error.code, loading=False)) == ("engine.not_on_igpu", FailureKind.MODEL)
    assert "asked for the graphics processor and reports the CPU" in error.message


def test_without_a_report_the_device_is_unknown(lemonade, flm):
    lemonade.loads_as = {"device": None}
    assert server.create(small(lemonade)).describe()["placement"]["device"] == "unknown"
    flm.npu_status = False
    (one,) = transcribe(server.create(config(flm)), noise())
    assert one.placement.device == "unknown"


def test_another_model_than_the_one_asked_for(flm, lemonade):
    flm.answers["/audio/transcriptions"] = {"model": "gemma3:4b", "text": "hello"}
    assert "another model" in error_of(lambda: server.create(config(flm))).message
    error = error_of(lambda: server.create(config(lemonade, "Whisper-Huge", "whispercpp")))
    assert error.code in ("engine.server_failed", "engine.server_no_model")
    lemonade.loaded = {"x": {"model_name": "Gone", "recipe": "whispercpp", "device": "npu"}}
    assert error_of(lambda: server.create(config(lemonade, "Gone", "whispercpp"))).code == "engine.server_no_model"


def test_flm_without_its_speech_model(flm):
    flm.asr = False
    error = error_of(lambda: server.create(config(flm)))
    assert error.code == "engine.server_no_model"
    assert "--asr 1" in error.fix


def test_a_server_that_hears_nothing_is_left(flm):
    engine = server.create(config(flm))
    flm.hear = lambda samples, fields: ""
    for _ in range(server.EMPTY_IN_A_ROW - 1):
        assert transcribe(engine, noise())[0].dropped == "no_speech"
    assert error_of(lambda: transcribe(engine, noise())).code == "engine.server_silent"


def test_quiet_clips_may_be_empty_for_ever_and_a_text_ends_the_count(flm):
    engine = server.create(config(flm))
    flm.hear = lambda samples, fields: ""
    for _ in range(6):
        transcribe(engine, noise(level=0.001), noise(0.3))
    for _ in range(3):
        transcribe(engine, noise(), noise())
        flm.hear = lambda samples, fields: "hello"
        transcribe(engine, noise())
        flm.hear = lambda samples, fields: ""


# -- breakage ----------------------------------------------------------------------------------------------------

PASSING = {
    "500": (500, {"error": {"message": "inference failed", "code": 500}}),
    "error with 200": {"error": {"message": "DRM_IOCTL_AMDXDNA_CREATE_HWCTX", "type": "server_error"}},
    "web page": b"<html>hello</html>",
    "half": b'{"text": "half',
    "empty": b"",
    "list": ["hello"],
    "number": {"text": 5},
    "none": {"text": None},
    "no text": {"segments": []},
    "huge": {"text": "x" * 100_000},
    "null character": {"text": "a\0b"},
    "nonsense": asr_server.nonsense,
    "nothing": asr_server.nothing,
    "broken off": asr_server.break_off,
    "flood": asr_server.flood,
    "redirect": asr_server.redirect,
    "deep": b"[" * 200_000,
}


@pytest.mark.parametrize("kind", PASSING)
def test_a_broken_answer_is_an_error_that_the_next_tier_mends(flm, kind):
    engine = server.create(config(flm))
    flm.answers["/audio/transcriptions"] = PASSING[kind]
    error = error_of(lambda: transcribe(engine, noise()))
    assert error.code == "engine.server_failed"
    assert classify(error.code, loading=False) is FailureKind.CRASH
    flm.answers.clear()
    assert transcribe(engine, noise())[0].text == "hello there"


def test_a_stall_is_ended(flm, monkeypatch):
    engine = server.create(config(flm))
    monkeypatch.setattr(server, "CALL_LIMIT_S", 0.5)
    flm.answers["/audio/transcriptions"] = lambda handler: time.sleep(1)
    assert "within 0.5 s" in error_of(lambda: transcribe(engine, noise())).message


def test_a_server_that_has_gone(flm):
    with asr_server.asr_server("FastFlowLM") as running:
        engine = server.create(config(running))
    assert error_of(lambda: transcribe(engine, noise())).code == "engine.server_failed"


def test_a_key_that_is_missing(lemonade):
    lemonade.answers["/health"] = (401, {"error": "Unauthorized"})
    error = error_of(lambda: server.create(small(lemonade)))
    assert error.code == "engine.server_key"


def test_a_load_that_fails_tells_the_servers_reason(lemonade):
    lemonade.answers["/load"] = (500, {"error": {"message": "Only one NPU backend at a time"}})
    assert "Only one NPU backend" in error_of(lambda: server.create(small(lemonade))).message


@pytest.mark.parametrize("url", ["http://192.168.1.5:52625/v1", "https://api.example.org/v1", "http://0.0.0.0/v1"])
def test_what_is_said_stays_here(flm, url):
    assert error_of(lambda: server.create(config(flm, url=url))).code == "server.not_local"


# -- candidates --------------------------------------------------------------------------------------------------


def test_candidates_the_npu_first(flm, lemonade):
    found = find([("Lemonade", lemonade.url), ("FastFlowLM", flm.url)])
    offered = server.candidates(XDNA2, found)
    assert [(one.tier, one.spec.config["recipe"], one.spec.config["backend"]) for one in offered] == [
        ("advanced", "whispercpp", "npu"),
        ("advanced", "flm", "npu"),
        ("advanced", "flm", "npu"),
        ("legacy", "whispercpp", "vulkan"),
    ]
    assert ("server", "Lemonade 10.5.1") in offered[0].versions
    assert ("driver", "amdxdna 0.6.0") in offered[0].versions
    assert not [pair for pair in offered[3].versions if pair[0] == "driver"]


def test_a_server_whose_report_says_cpu_is_legacy(lemonade):
    server.create(small(lemonade))
    lemonade.loaded["Whisper-Small"]["device"] = "cpu"
    tiers = {
        (one.tier, one.spec.config["backend"]) for one in server.candidates(XDNA2, [look("Lemonade", lemonade.url)])
    }
    assert ("legacy", "npu") in tiers
    assert ("advanced", "npu") in tiers  # flm:npu, which is not loaded


@pytest.mark.parametrize("npu", [Npu(present=False), Npu(present=True, generation="XDNA1")])
def test_an_npu_that_is_not_there_is_not_believed(flm, npu):
    (one,) = server.candidates(npu, [look("FastFlowLM", flm.url)])
    assert one.spec is None
    assert "on an NPU" in one.why_not


def test_nobody_there_is_one_clause():
    nobody = Found("Lemonade", "http://127.0.0.1:1/v1", error=StarlingError("engine.server_failed", "No."))
    for found in ([], [nobody]):
        (one,) = server.candidates(XDNA2, found)
        assert one.why_not == "no FastFlowLM or Lemonade answers on this machine"
        assert "flm serve --asr 1" in one.fix
    key = Found("Lemonade", "x", error=StarlingError("engine.server_key", "It wants a key.", "Give it."))
    (one,) = server.candidates(XDNA2, [key, nobody])
    assert (one.why_not, one.fix) == ("It wants a key", "Give it.")


def test_a_candidate_runs_as_an_engine_process(flm):
    (candidate,) = server.candidates(XDNA2, [look("FastFlowLM", flm.url)])
    process = EngineProcess(candidate.spec)
    try:
        process.wait_ready()
        assert process.describe()["placement"]["device"] == "npu"
        reply = process.call("transcribe", OPTIONS.to_json(), {"0": noise()}, 30)
        assert reply.data["transcripts"][0]["text"] == "hello there"
    finally:
        process.kill()
