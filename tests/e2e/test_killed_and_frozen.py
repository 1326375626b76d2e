"""What was said survives its engine and its sound server being killed and frozen."""

import os
import random
import re
import signal
import time

import pytest

from tests.helpers.listening import Listening, speech_wav
from tests.helpers.pulse import PulseServer

pytestmark = [pytest.mark.pulse, pytest.mark.alone]
OPTIONS = ("--stt", "legacy", "--model", "starter", "--answer", "nothing")
SENTENCES = ["what time is it", "set a timer for ten minutes", "what is twenty three times seven"]
WITHIN_S = 10.0
BACK_WITHIN_S = 3.0
TWENTY_TIMES = pytest.param(20, id="twenty times", marks=[pytest.mark.slow, pytest.mark.timeout(900)])
ROUNDS = [pytest.param(1, id="once"), TWENTY_TIMES]


@pytest.fixture
def server():
    with PulseServer() as running:
        running.microphone = running.add_microphone("mic", "Test Microphone")
        yield running


@pytest.fixture
def recordings(tmp_path):
    return [(text, speech_wav(tmp_path / f"{number}.wav", [text], pause_s=0.15)) for number, text in
            enumerate(SENTENCES)]  # fmt: skip


def words(text):
    return re.sub(r"[^a-z0-9 ]", "", text.lower()).strip()


def expect_text(app, number, text, since_s):
    heard = app.wait_for("heard", number, WITHIN_S + 5)[number - 1]
    assert time.monotonic() - since_s <= WITHIN_S
    assert words(heard["text"]) == text, heard
    return heard


@pytest.mark.parametrize("rounds", ROUNDS)
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "frozen"])
def test_the_recogniser(server, recordings, rounds, number):
    chance = random.Random(rounds)
    with Listening(*OPTIONS, env=server.env) as app:
        app.wait_for("ready")
        for count in range(1, rounds + 1):
            text, wav = recordings[count % len(recordings)]
            player = server.play_into(server.microphone, wav, wait=False)
            time.sleep(chance.uniform(0.0, 2.5))  # before, in and after the speech
            os.kill(app.recogniser_pid(), number)
            player.wait(30)
            expect_text(app, count, text, time.monotonic())
    assert app.process.returncode == 0
    assert "Traceback" not in app.stderr


@pytest.mark.parametrize("rounds", ROUNDS)
@pytest.mark.parametrize("frozen", [False, True], ids=["killed", "frozen"])
def test_the_sound_server(server, recordings, rounds, frozen):
    chance = random.Random(rounds)
    with Listening(*OPTIONS, env=server.env) as app:
        app.wait_for("ready")
        for count in range(1, rounds + 1):
            text, wav = recordings[count % len(recordings)]
            server.play_into(server.microphone, wav)
            time.sleep(chance.uniform(0.1, 0.9))  # before and after the endpoint
            (server.freeze if frozen else server.kill)()
            lost_s = time.monotonic()
            expect_text(app, count, text, lost_s)
            told = app.wait_for("microphone_changed", 1 + 2 * count - 1)[-1]
            assert told["state"] == "lost"
            (server.thaw if frozen else server.restart)()
            returned_s = time.monotonic()
            back = app.wait_for("microphone_changed", 1 + 2 * count)[-1]
            assert back["state"] == "back"
            assert time.monotonic() - returned_s <= BACK_WITHIN_S + 1.0  # the event and a loaded machine included
    assert app.process.returncode == 0
    assert "Traceback" not in app.stderr
