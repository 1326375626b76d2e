"""Conversations with a language model through the whole pipeline, over real sound and a real HTTP server."""

import threading
import time

import numpy as np
import pytest

from starling.pipeline import events
from tests.helpers.listening import speech_wav
from tests.helpers.llm_server import LlmServer, call, say, say_then_break, say_then_wait
from tests.helpers.pulse import PulseServer
from tests.helpers.service import Served

pytestmark = pytest.mark.pulse
LONG = (
    "The sky is blue because the air scatters short waves more than long ones. "
    "In the evening the light has a longer way to go, so the blue is gone and red is left. "
    "That is why sunsets are red, and why the sea looks blue on a clear day. And there is more to say."
)


@pytest.fixture
def sound(monkeypatch):
    with PulseServer() as running:
        running.apply(monkeypatch)
        running.microphone = running.add_microphone("mic", "Test Microphone")
        running.prime("out")
        yield running


@pytest.fixture
def server():
    with LlmServer() as running:
        yield running


@pytest.fixture
def served(tmp_path, sound, server):
    with Served(tmp_path, tts__tier="demo", assistant__answer="everything", assistant__llm_url=server.url) as app:
        app.wait(events.Ready)
        app.wait(events.MicrophoneChanged)
        yield app


@pytest.fixture
def speech(sound, tmp_path):
    def say_aloud(text, wait=True):
        wav = speech_wav(tmp_path / f"{abs(hash(text))}.wav", [text], pause_s=0.7)
        return sound.play_into(sound.microphone, wav, wait=wait)

    return say_aloud


def loud(samples):
    return bool(np.abs(samples).max(initial=0.0) > 0.02)


def rows(body, role):
    return [message["content"] for message in body["messages"] if message["role"] == role]


def test_the_first_clause_sounds_before_the_server_has_finished(served, sound, server):
    go = threading.Event()
    server.replies = [say_then_wait("The sky is blue because of the air, and", go, " there is more.")]
    with sound.recording("out.monitor") as out:
        served.service.ask("why is the sky blue")
        assert out.wait_for(loud, 10)
        assert server.finished == 0
        assert served.of(events.ReplyEnded) == []
        go.set()
        (ended,) = served.wait(events.ReplyEnded)
    assert ended.reply.text == "The sky is blue because of the air, and there is more."
    assert ended.reply.played
    assert not ended.reply.stopped
    began, grown = served.of(events.ReplyBegan)[0].text, [event.text for event in served.of(events.ReplyGrew)]
    assert all(later.startswith(earlier) for earlier, later in zip([began, *grown], grown, strict=False))
    assert grown[-1] == ended.reply.text
    assert served.wait(events.ConnectionShown, 2)[-1].state == "ready"


@pytest.mark.parametrize("how", ["stop", "press"])
def test_a_reply_is_interrupted_and_what_was_said_is_remembered(served, sound, server, how):
    server.replies = [say_then_wait(LONG)]
    with sound.recording("out.monitor") as out:
        served.service.ask("why is the sky blue")
        assert out.wait_for(loud, 10)
        time.sleep(0.5)  # somebody listens for a while
        began = time.monotonic()
        getattr(served.service, how)()
        (ended,) = served.wait(events.ReplyEnded)
        assert time.monotonic() - began < 1.0
        assert server.hung_up.wait(1)
    if how == "press":
        served.service.cancel()
    assert ended.reply.stopped
    assert ended.reply.error is None
    assert ended.reply.text.startswith("The sky is blue")
    assert ended.reply.said.startswith("The sky is blue")
    assert len(ended.reply.said) < len(LONG)
    served.service.ask("go on then")
    served.wait(events.ReplyEnded, 2)
    assert rows(server.asked[-1], "assistant") == [ended.reply.said.rstrip()]


def test_a_spoken_question_is_answered_and_a_change_confirmed_by_voice(served, server, speech):
    server.replies = [call(("set_timer", {"minutes": 10, "name": "pasta"})), say("Your pasta timer runs.")]
    served.service.ask("my pasta needs ten minutes")
    (asked,) = served.wait(events.ConfirmAsked)
    assert asked.question == "Shall I set a pasta timer for 10 minutes? Yes or no?"
    assert (asked.tool, asked.arguments) == ("set_timer", (("minutes", "10"), ("name", "pasta")))
    served.wait(events.ReplyEnded)
    time.sleep(0.6)  # the sound of the question is over
    speech("yes do it")
    assert served.wait(events.ConfirmEnded)[0] == events.ConfirmEnded(asked.turn, "yes")
    ended = served.wait(events.ReplyEnded, 2)[1]
    assert ended.reply.text == "Your pasta timer runs."
    served.service.ask("what timers do i have")
    assert "pasta timer" in served.wait(events.ReplyEnded, 3)[2].reply.text


def test_a_change_is_refused_by_hand_and_the_question_is_silenced(served, server):
    server.replies = [call(("add_note", {"text": "buy milk"})), say("All right.")]
    served.service.ask("milk is out")
    (asked,) = served.wait(events.ConfirmAsked)
    served.service.confirm("another turn", True)
    assert served.wait(events.Trouble)[0].error.code == "assistant.not_asked"
    served.service.confirm(asked.turn, False)
    assert served.wait(events.ConfirmEnded)[0].outcome == "no"
    ended = served.wait(events.ReplyEnded, 2)[1]
    assert (ended.reply.text, ended.turn) == ("All right.", asked.turn)
    assert "the user said no" in rows(server.asked[-1], "tool")[0]
    served.service.ask("read my notes")
    assert served.wait(events.ReplyEnded, 3)[2].reply.text == "You have no notes."


def test_a_server_killed_in_mid_sentence_keeps_what_was_said_and_skills_go_on(served, sound, server):
    go = threading.Event()
    server.replies = [say_then_break("The sky is blue because of the air. It", go)]
    with sound.recording("out.monitor") as out:
        served.service.ask("why is the sky blue")
        assert out.wait_for(loud, 10)
        go.set()
        server.close()
        (ended,) = served.wait(events.ReplyEnded)
    assert ended.reply.text == "The sky is blue because of the air. It"
    assert ended.reply.error["code"] == "llm.broke_off"
    assert ended.reply.error["fix"]
    served.wait(events.ReplayEnded)  # the error is said aloud too
    served.service.ask("what is two plus two")
    assert served.wait(events.ReplyEnded, 2)[1].reply.text == "2 plus 2 is 4."
    served.service.ask("and why is that")
    assert served.wait(events.ReplyEnded, 3)[2].reply.error["code"] == "llm.unreachable"
    assert served.of(events.ConnectionShown)[-1].state == "failed"
    served.service.recent(5)
    past = served.wait(events.PastTurns)[0].turns
    assert past[0].replies[0][0] == "The sky is blue because of the air. It"


def test_settings_connect_and_disconnect_a_running_service(tmp_path, monkeypatch, server):
    monkeypatch.setenv("PULSE_SERVER", "unix:/nonexistent")
    with Served(tmp_path, stt__tier="demo", stt__model="") as app:
        app.service.ask("why is the sky blue")
        assert "no language model is connected" in app.wait(events.ReplyBegan)[0].text
        app.wait(events.ReplyEnded)
        app.settings.set("assistant.llm_url", server.url)
        app.service.apply()
        assert app.wait(events.ConnectionShown)[0].state == "untested"
        assert (server.listed, server.asked) == (0, [])  # nobody is asked before there is a question
        app.service.ask("why is the sky blue")
        assert app.wait(events.ReplyBegan, 2)[1].text.startswith("All")
        app.wait(events.ReplyEnded, 2)
        app.service.test_connection()
        tested = app.wait(events.ConnectionTested)[0]
        assert (tested.reply, tested.error, tested.local, tested.model) == ("All right.", None, True, "test-model")
        app.service.test_connection(server.url, "other")
        assert app.wait(events.ConnectionTested, 2)[1].error["code"] == "llm.model_missing"
        app.service.forget_conversation()
        app.wait(events.ConversationForgotten)
        app.service.save_key(server.url, "sk-secret")
        assert app.wait(events.KeyShown)[0].error["code"] in ("llm.no_keyring", "llm.keyring_locked")
        app.settings.set("assistant.llm_url", "")
        app.service.apply()
        assert app.wait(events.ConnectionShown, 3)[-1].state == "none"
    assert app.close_s < 2.0
    assert "sk-secret" not in "".join(path.read_text(errors="replace") for path in tmp_path.rglob("*.toml"))
