"""Previews of voices over real sound, while the assistant runs."""

import time
import wave

import numpy as np
import pytest

from starling import locate
from starling.pipeline import events
from tests.helpers.espeak import speak
from tests.helpers.kokoro_model import build
from tests.helpers.pulse import RECORD_RATE, PulseServer, wait_until
from tests.helpers.service import Served

pytestmark = pytest.mark.pulse
SENTENCE = "The quick brown fox jumps over the lazy dog."
LOUD = 0.02
QUIET_S = 0.1


@pytest.fixture
def server(monkeypatch):
    with PulseServer() as running:
        running.apply(monkeypatch)
        running.microphone = running.add_microphone("mic", "Test Microphone")
        running.prime("out")
        yield running


def silent_since(out):
    """Monotonic time of the last loud sample that was recorded."""
    loud = np.flatnonzero(np.abs(out.samples) > LOUD)
    return out.first_at + loud[-1] / out.rate


def loud_s(samples):
    loud = np.flatnonzero(np.abs(samples) > LOUD)
    return (loud[-1] - loud[0]) / RECORD_RATE if loud.size else 0.0


def test_a_preview_sounds_and_the_reply_after_it_has_the_old_voice(tmp_path, server):
    with Served(tmp_path, tts__tier="demo", tts__voice="en-us", assistant__answer="everything") as app:
        app.wait(events.Ready)
        with server.recording("out.monitor") as out:
            app.service.preview(SENTENCE, "en-gb+f5", speed=1.5)
            (ended,) = app.wait(events.PreviewEnded)
            assert wait_until(lambda: loud_s(out.samples) > 1.0, 5)
        assert (ended.error, ended.tier, ended.voice) == (None, "demo", "en-gb+f5")
        assert ended.rtf < 1.0
        assert ended.time_to_first_audio_ms < 1000.0
        expected_s = loud_s(speak(SENTENCE, "en-gb+f5", RECORD_RATE)) / 1.5
        assert loud_s(out.samples) == pytest.approx(expected_s, rel=0.2)
        assert app.of(events.PreviewProgress)
        app.service.ask("what is two plus two")
        (reply,) = app.wait(events.ReplyEnded)
        assert (reply.reply.text, reply.reply.voice) == ("2 plus 2 is 4.", "en-us")
        assert app.settings.get("tts.voice") == "en-us"
        assert app.of(events.Heard) == []
    assert app.close_s < 2.0


@pytest.mark.alone
def test_it_is_silent_within_100_ms_of_a_stop(tmp_path, server):
    with Served(tmp_path, tts__tier="demo") as app:
        app.wait(events.Ready)
        with server.recording("out.monitor") as out:
            app.service.preview(SENTENCE * 5, "en-us")
            assert wait_until(lambda: loud_s(out.samples) > 0.5, 10)
            stopped_at = time.monotonic()
            app.service.stop_preview()
            (ended,) = app.wait(events.PreviewEnded)
            assert wait_until(lambda: time.monotonic() - silent_since(out) > 1.0, 5)
            assert silent_since(out) - stopped_at < QUIET_S
        assert ended.stopped


def test_a_microphone_that_hears_the_preview_does_not_take_it_for_speech(tmp_path, server):
    """The speaker stands beside the microphone: what is played comes back."""
    with Served(tmp_path, tts__tier="demo", assistant__answer="everything") as app:
        app.wait(events.Ready)
        said = "what is the date today"
        with server.recording("out.monitor") as out:
            app.service.preview(said, "en-us")
            app.wait(events.PreviewLoading)
            wav = tmp_path / "echo.wav"
            sound = speak(said, "en-us", 16_000)
            with wave.open(str(wav), "wb") as file:
                file.setparams((1, 2, 16_000, 0, "NONE", ""))
                file.writeframes((np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())
            app.wait(events.PreviewBegan)
            assert wait_until(lambda: loud_s(out.samples) > 0.1, 5)
            server.play_into(server.microphone, wav)
        (heard,) = app.wait(events.Heard)
        assert heard.utterance.verdict == "echo"
        assert app.of(events.ReplyBegan) == []


def test_voices_favourites_and_export(tmp_path, server):
    with Served(tmp_path, tts__tier="demo") as app:
        app.wait(events.Ready)
        build(locate.data_dir() / "models" / "tones", noise=True)
        app.service.set_favourite("af_heart", True)
        app.service.set_favourite("en-gb+f5", True)
        app.service.set_favourite("af_heart", False)
        assert app.wait(events.FavouritesChanged, 3)[-1].voices == ("en-gb+f5",)
        app.service.list_voices()
        (catalogue,) = app.wait(events.VoiceCatalogue)
        tiers = {tier.tier: tier for tier in catalogue.tiers}
        assert catalogue.favourites == ("en-gb+f5",)
        assert len(tiers["cpu"].voices) == 54
        assert [tier.tier for tier in catalogue.tiers if tier.in_use] == ["demo"]
        for count, (tier, voice) in enumerate((("cpu", "bf_emma"), ("demo", "en-gb")), 1):
            preview = events.Preview(SENTENCE, voice, tier, seed=7)
            path = tmp_path / f"{tier}.wav"
            app.service.export_preview(preview, str(path))
            exported = app.wait(events.PreviewExported, count)[-1]
            assert exported.error is None
            with wave.open(str(path)) as file:
                assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 24_000)
                assert file.getnframes() / 24_000 == pytest.approx(exported.audio_s, abs=0.01)
        said_s = speak(SENTENCE, "en-gb", 16_000).size / 16_000
        assert exported.audio_s == pytest.approx(said_s, rel=0.1)
        app.service.preview(SENTENCE, "bf_emma", "cpu")
        assert app.wait(events.PreviewEnded)[0].tier == "cpu"  # not the tier in use
        app.service.find_voices()
        found = app.wait(events.VoicesFound)[0]
        assert len(found.shown) == len(found.voices) > 100
    assert app.settings.get("tts.favourites") == "en-gb+f5"
    assert app.close_s < 2.0
