"""The app as a person uses it: speech into one null sink, the answer out of another."""

import re

import pytest
import soxr

from starling.core.results import SAMPLE_RATE, SttOptions
from starling.locate import shipped
from starling.speech.stt.whisper import create
from tests.helpers.listening import Listening, speech_wav
from tests.helpers.pulse import PulseServer

pytestmark = pytest.mark.pulse
STARTER = ("--stt", "legacy", "--model", "starter")


@pytest.fixture
def server():
    with PulseServer() as running:
        running.microphone = running.add_microphone("mic", "Test Microphone")
        running.prime("out")
        yield running


def words(text):
    return re.sub(r"[^a-z0-9' ]", "", text.lower()).strip()


def transcribed(samples, rate):
    engine = create({"model": str(shipped("resources", "starter")), "short_context": True})
    clip = soxr.resample(samples, rate, SAMPLE_RATE).astype("float32")[: 29 * SAMPLE_RATE]
    (reply,) = engine.call("transcribe", SttOptions().to_json(), {"0": clip})
    return words(reply.data["transcripts"][0]["text"])


def test_texts_come_in_order_with_whole_first_words_and_the_reply_is_heard(server, tmp_path):
    sentences = ["what is the weather like", "hey starling what is twenty three times seven"]
    with Listening(*STARTER, env=server.env) as app:
        app.wait_for("ready")
        with server.recording("out.monitor") as heard:
            server.play_into(server.microphone, speech_wav(tmp_path / "said.wav", sentences))
            (reply,) = app.wait_for("reply_ended")
        heard_texts = [words(text).replace("hay starling", "hey starling") for text in app.texts()]  # sounds the same
        assert heard_texts == sentences
    assert [event["verdict"] for event in app.named("heard")] == ["not_addressed", "answer"]
    assert reply["text"] == "23 times 7 is 161."
    assert reply["played"]
    assert app.process.returncode == 0
    assert app.stderr == ""
    spoken = transcribed(heard.samples, heard.rate)
    assert "times seven" in spoken
    assert "hundred" in spoken


def test_the_stop_phrase_silences_a_long_reply(server, tmp_path):
    question, stop = (speech_wav(tmp_path / f"{name}.wav", [text], pause_s=0.3) for name, text in
                      (("ask", "what can you do"), ("stop", "stop")))  # fmt: skip
    with Listening(*STARTER, "--answer", "everything", env=server.env) as app:
        app.wait_for("ready")
        server.play_into(server.microphone, question)
        app.wait_for("reply_began")
        server.play_into(server.microphone, stop)
        (reply,) = app.wait_for("reply_ended")
    assert reply["stopped"]
    assert [event["verdict"] for event in app.named("heard")] == ["answer", "stop"]


def test_a_second_listener_is_refused(server):
    with Listening(*STARTER, env=server.env) as app:
        app.wait_for("ready")
        with Listening(*STARTER, env=server.env) as second:
            assert second.process.wait(20) == 1
    assert "app.already_listening" in second.stderr
    assert "Traceback" not in second.stderr
