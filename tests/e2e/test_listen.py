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


def test_texts_come_in_order_with_whole_first_words_and_the_replies_are_heard(server, tmp_path):
    sentences = ["what is the date today", "what is twenty three times seven"]
    with Listening(*STARTER, "--answer", "everything", env=server.env) as app:
        app.wait_for("ready")
        with server.recording("out.monitor") as heard:
            server.play_into(server.microphone, speech_wav(tmp_path / "said.wav", sentences))
            replies = app.wait_for("reply_ended", 2)
        assert [words(text) for text in app.texts()] == sentences
    assert replies[1]["text"] == "23 times 7 is 161."
    assert all(reply["played"] for reply in replies)
    assert app.process.returncode == 0
    assert app.stderr == ""
    last_s = replies[1]["audio_s"] + 1.0
    spoken = transcribed(heard.samples[-int(last_s * heard.rate) :], heard.rate)
    assert "times seven" in spoken
    assert "hundred" in spoken


def test_only_what_is_addressed_is_answered(server, tmp_path):
    aside = speech_wav(tmp_path / "aside.wav", ["what is the weather like"], pause_s=0.8)
    addressed = speech_wav(tmp_path / "addressed.wav", ["hey starling what time is it"], pause_s=0.8)
    with Listening(*STARTER, env=server.env) as app:
        app.wait_for("ready")
        server.play_into(server.microphone, aside)
        for _ in range(5):  # the starter was not taught the name and writes it "haste areling" one time in six
            server.play_into(server.microphone, addressed)
            if app.named("reply_began"):
                break
        (reply,) = app.wait_for("reply_ended")
    verdicts = [event["verdict"] for event in app.named("heard")]
    assert verdicts[0] == "not_addressed"
    assert verdicts[-1] == "answer"
    assert reply["text"].startswith("It is ")


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
