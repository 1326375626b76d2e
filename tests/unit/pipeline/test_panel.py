import dataclasses
from functools import reduce

import pytest

from starling.core.errors import StarlingError
from starling.pipeline import events
from starling.pipeline.panel import REMEMBERED, Activity, DeviceView, Panel, Series, after

STT = events.EngineShown("stt", "ready", "legacy", "starter")
OPEN = events.MicrophoneChanged("open", "Mic")
LOST = events.MicrophoneChanged("lost", message="It is gone.", fix="Plug it in.")
READY = events.Ready("legacy:starter", "Mic")
UP = (STT, OPEN, READY)


def listening(mode="assistant", activation="always", muted=False, held=False):
    return events.Listening(mode, activation, muted, held)


def heard(rtf=0.02, latency=5.0):
    return events.Heard(events.Utterance(0, 1, "legacy", "m", 2.0, latency, latency, "x", processing_s=2.0 * rtf))


def reply(**fields):
    return events.ReplyEnded(events.Reply("x", **fields))


DICTATES = listening("dictation")
PAUSE = events.DictationSaid("pause", True)
STOPPED = events.Stopped(StarlingError("app.ended", "It ended."))


def panel(*happened):
    return reduce(after, happened, Panel())


@pytest.mark.parametrize(
    ("happened", "activity"),
    [
        ((), Activity.STARTING),
        ((STT, OPEN), Activity.STARTING),
        (UP, Activity.READY),
        ((*UP, listening(activation="hold")), Activity.WAITING),
        ((*UP, listening(activation="hold", held=True)), Activity.HEARING),
        ((*UP, events.SpeechBegan(1.0)), Activity.HEARING),
        ((*UP, events.SpeechBegan(1.0), events.SpeechDropped("noise")), Activity.READY),
        ((*UP, events.SpeechBegan(1.0), events.SpeechEnded()), Activity.TRANSCRIBING),
        ((*UP, events.SpeechBegan(1.0), events.SpeechEnded(), heard()), Activity.READY),
        ((*UP, events.SpeechBegan(1.0), events.SpeechEnded(), events.SpeechBegan(2.0)), Activity.HEARING),
        ((*UP, DICTATES, PAUSE), Activity.PAUSED),
        ((*UP, DICTATES, PAUSE, events.SpeechBegan(1.0)), Activity.PAUSED),
        ((*UP, DICTATES, PAUSE, listening("dictation", held=True)), Activity.HEARING),
        ((*UP, DICTATES, PAUSE, listening("dictation", muted=True)), Activity.MUTED),
        ((*UP, DICTATES, PAUSE, events.DictationSaid("resume", False)), Activity.READY),
        ((*UP, DICTATES, PAUSE, listening()), Activity.READY),
        ((*UP, events.ReplyBegan("x")), Activity.SPEAKING),
        ((*UP, events.ReplyBegan("x"), reply()), Activity.READY),
        ((*UP, events.ReplayBegan("t")), Activity.SPEAKING),
        ((*UP, events.ReplayBegan("t"), events.ReplayEnded("t")), Activity.READY),
        ((*UP, listening(muted=True)), Activity.MUTED),
        ((*UP, listening(mode="off")), Activity.OFF),
        ((*UP, listening(mode="off", muted=True)), Activity.OFF),
        ((*UP, events.SpeechBegan(1.0), listening(muted=True)), Activity.MUTED),
        ((*UP, events.ReplyBegan("x"), listening(muted=True)), Activity.SPEAKING),
        ((*UP, listening(muted=True), OPEN), Activity.MUTED),
        ((*UP, listening(muted=True), LOST), Activity.MUTED),
        ((*UP, events.ReplyBegan("x"), events.ReplyEnded(events.Reply(""), "t")), Activity.SPEAKING),
        ((*UP, LOST), Activity.NO_MICROPHONE),
        ((STT, LOST), Activity.NO_MICROPHONE),
        ((*UP, LOST, events.MicrophoneChanged("back", "Mic")), Activity.READY),
        ((*UP, events.SpeechBegan(1.0), LOST, events.MicrophoneChanged("back", "Mic")), Activity.READY),
        ((*UP, dataclasses.replace(STT, status="restarting")), Activity.RESTARTING),
        ((*UP, dataclasses.replace(STT, status="failed")), Activity.FAILED),
        ((events.Stopped(StarlingError("app.already_listening", "Taken.")),), Activity.FAILED),
    ],
)
def test_one_word_for_what_happens(happened, activity):
    assert panel(*happened).activity is activity


@pytest.mark.parametrize(
    ("happened", "view"),
    [
        ((), DeviceView()),
        ((OPEN,), DeviceView("open", "Mic")),
        ((OPEN, LOST), DeviceView("lost", "Mic", "It is gone.", "Plug it in.")),
        ((OPEN, events.MicrophoneChanged("samples_lost", message="busy", gap_s=0.1)), DeviceView("open", "Mic")),
        ((OPEN, listening(muted=True)), DeviceView("closed")),
        ((OPEN, listening(muted=True), OPEN), DeviceView("closed")),
        ((OPEN, listening(muted=True), listening()), DeviceView("opening")),
        ((listening(),), DeviceView("opening")),
        ((OPEN, listening(activation="hold")), DeviceView("open", "Mic")),
    ],
)
def test_the_microphone(happened, view):
    assert panel(*happened).microphone == view


def test_only_what_was_measured_is_in_the_series():
    assert panel(heard(rtf=0.02, latency=7.0)).stt_rtf == Series((0.02,))
    assert panel(heard(latency=7.0)).endpoint_to_text_ms.last == 7.0
    failed = events.Heard(events.Utterance(0, 1, "", "", 2.0, 1.0, 1.0, error={"code": "x", "message": "y"}))
    assert panel(failed).stt_rtf.last is None
    assert panel(failed).endpoint_to_text_ms.last is None
    spoken = panel(reply(audio_s=2.0, synthesis_s=0.5, time_to_first_audio_ms=12.0, voice="en-us"))
    assert (spoken.tts_rtf.last, spoken.first_sound_ms.last, spoken.voice) == (0.25, 12.0, "en-us")
    assert panel(reply(audio_s=2.0, synthesis_s=0.5, stopped=True)).tts_rtf.last is None


def test_series_keep_the_last_sixty():
    series = reduce(Series.plus, map(float, range(REMEMBERED + 5)), Series())
    assert len(series.values) == REMEMBERED
    assert (series.values[0], series.last) == (5.0, float(REMEMBERED + 4))


def test_live_text_goes_when_the_final_one_comes():
    assert panel(events.Partial("what is")).partial == "what is"
    assert panel(events.Partial("what is"), heard()).partial == ""
    assert panel(events.Partial("what is"), events.SpeechDropped("noise")).partial == ""


def test_both_engines_have_their_place():
    tts = events.EngineShown("tts", "ready", "demo", "")
    assert (panel(STT, tts).stt, panel(STT, tts).tts) == (STT, tts)


def test_nothing_goes_on_when_the_pipeline_has_ended_and_a_new_start_clears_it():
    ended = panel(*UP, events.SpeechBegan(1.0), events.SpeechEnded(), STOPPED)
    assert (ended.activity, ended.transcribing, ended.ready) == (Activity.FAILED, 0, False)
    assert (ended.microphone, ended.speaker) == (DeviceView(), DeviceView())
    assert after(ended, READY).activity is Activity.READY


def test_why_a_text_was_not_typed_stands_until_something_else_happens():
    missed = events.NotInserted("t1", "insert.excluded", "No.", "Type it.")
    assert panel(missed).not_inserted == missed
    assert panel(missed, listening(held=True)).not_inserted == missed
    for then in (events.Inserted("t2", "xtest"), events.SpeechBegan(1.0), listening("dictation")):
        assert panel(missed, then).not_inserted is None
