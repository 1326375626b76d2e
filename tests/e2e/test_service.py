"""The pipeline that a window drives, over real sound and real engines."""

import time

import pytest

from starling.pipeline import events
from tests.helpers.listening import speech_wav
from tests.helpers.pulse import PulseServer, wait_until
from tests.helpers.service import Served

pytestmark = pytest.mark.pulse


@pytest.fixture
def server(monkeypatch):
    with PulseServer() as running:
        running.apply(monkeypatch)
        running.microphone = running.add_microphone("mic", "Test Microphone")
        running.prime("out")
        yield running


@pytest.fixture
def speech(server, tmp_path):
    def say(text, wait=True):
        wav = speech_wav(tmp_path / f"{abs(hash(text))}.wav", [text], pause_s=0.7)
        return server.play_into(server.microphone, wav, wait=wait)

    return say


def recorders(server):
    """Capture streams on the test microphone besides the one that keeps it awake."""
    index = next(line.split()[0] for line in server.pactl("list", "short", "sources").splitlines() if "\tmic\t" in line)
    streams = server.pactl("list", "short", "source-outputs").splitlines()
    return sum(line.split()[1] == index for line in streams) - 1


@pytest.mark.alone
def test_live_text_grows_while_somebody_speaks_and_the_final_text_does_not_wait(tmp_path, speech):
    # A long hangover leaves time for a partial and the final call on a busy machine too.
    with Served(tmp_path, assistant__answer="everything", vad__hangover=2000) as app:
        app.wait(events.Ready)
        speech("what is twenty three times seven")
        (ended,) = app.wait(events.ReplyEnded)
        assert ended.reply.text == "23 times 7 is 161."
        (heard,) = app.of(events.Heard)
        partials = [event.text for event in app.of(events.Partial)]
        order = [event for event in app.events if isinstance(event, events.Partial | events.Heard)]
    assert partials
    assert all(text.startswith("What") for text in partials)
    assert isinstance(order[-1], events.Heard)
    assert heard.utterance.endpoint_to_text_ms < 100
    assert app.close_s < 2.0


def test_mute_really_closes_the_stream_and_unmute_hears_again(tmp_path, server, speech):
    with Served(tmp_path, assistant__answer="everything") as app:
        app.wait(events.Ready)
        app.wait(events.MicrophoneChanged)
        assert recorders(server) == 1
        app.service.set_muted(True)
        assert wait_until(lambda: recorders(server) == 0, 5)
        speech("what is the date today")
        assert app.of(events.SpeechBegan) == []
        app.service.set_muted(False)
        app.wait(events.MicrophoneChanged, 2)
        speech("what is the date today")
        assert app.wait(events.Heard)[0].utterance.text == "What is the date today?"


def test_the_talk_key_needs_no_wake_phrase_and_keeps_the_first_word(tmp_path, speech):
    with Served(tmp_path, listen__activation="hold") as app:
        app.wait(events.Ready)
        app.wait(events.MicrophoneChanged)
        speech("set a timer for two minutes")  # nobody holds the key
        assert app.of(events.SpeechBegan) == []
        player = speech("set a timer for ten minutes", wait=False)
        app.service.press()
        player.wait()
        app.service.release()
        assert app.wait(events.ReplyBegan)[0].text == "Timer set for 10 minutes."
    assert app.texts() == ["Set a timer for ten minutes."]


def test_turns_are_heard_again_recognised_again_and_forgotten(tmp_path, server, speech):
    with Served(tmp_path, assistant__answer="everything") as app:
        app.wait(events.Ready)
        speech("what is the date today")
        app.wait(events.ReplyEnded)
        turn = app.of(events.Heard)[0].utterance.turn
        with server.recording("out.monitor") as out:
            app.service.replay(turn)
            app.wait(events.ReplayEnded)
        assert abs(out.samples).max() > 0.05
        app.service.say_again(turn)
        assert app.wait(events.ReplayEnded, 2)[1].error is None
        assert len(app.of(events.Heard)) == 1  # Starling did not take its own sound for speech
        app.service.retry(turn, "starter")
        assert app.wait(events.Retried)[0].utterance.text == "What is the date today?"
        app.service.retry(turn, "no-such-model")
        assert app.wait(events.Retried, 2)[1].error["code"] == "model.unknown"
        app.service.recent(10)
        assert [past.turn for past in app.wait(events.PastTurns)[0].turns] == [turn]
        app.service.delete(turn)
        app.wait(events.TurnDeleted)
        app.service.recent(10)
        assert app.wait(events.PastTurns, 2)[1].turns == ()
        app.service.replay(turn)
        assert app.wait(events.ReplayEnded, 3)[2].error["code"] == "history.no_audio"


def test_typing_works_without_any_sound(tmp_path, monkeypatch):
    monkeypatch.setenv("PULSE_SERVER", "unix:/nonexistent")
    with Served(tmp_path, stt__tier="demo", stt__model="") as app:
        app.service.ask("what is two plus two")
        assert app.wait(events.ReplyBegan)[0].text == "2 plus 2 is 4."
        app.service.recent(5)
        began = time.monotonic()
    assert time.monotonic() - began < 2.5


def test_settings_change_what_runs(tmp_path, server, speech):
    with Served(tmp_path, assistant__answer="everything") as app:
        app.wait(events.Ready)
        app.settings.set("stt.tier", "demo")
        app.settings.set("vad.threshold", 0.3)
        app.service.watch_sound(True)
        app.service.apply()
        assert wait_until(lambda: any(shown.tier == "demo" and shown.status == "ready" and shown.family == "stt"
                                      for shown in app.of(events.EngineShown)), 20)  # fmt: skip
        assert wait_until(lambda: any(sound.threshold == 0.3 for sound in app.of(events.Sound)), 5)
        app.settings.set("stt.model", "no-such-model")
        app.settings.set("stt.tier", "legacy")
        app.service.apply()
        assert app.wait(events.Trouble)[0].error.code == "model.unknown"
        app.service.ask("what is two plus two")
        app.wait(events.ReplyEnded)


def test_a_second_service_says_that_the_first_listens(tmp_path, server):
    with Served(tmp_path / "a") as app:
        app.wait(events.Ready)
        with Served(tmp_path / "b") as second:
            (stopped,) = second.wait(events.Stopped)
    assert stopped.error.code == "app.already_listening"
